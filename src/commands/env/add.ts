import type { Command } from 'commander';
import { regionBaseUrls } from '../../courier/regions.js';
import { keepEnvironment } from '../../environments/keep.js';
import { checkKey, knownPrefix, maskKey } from '../../environments/key.js';
import { readableDefault } from '../../environments/lookup.js';
import { checkName, keyVariable } from '../../environments/name.js';
import { isProductionKey, isProductionScope } from '../../environments/production.js';
import type { EnvironmentRecord, Storage } from '../../environments/record.js';
import { Failure, familyOf, isFailure } from '../../errors.js';
import { say, toJson } from '../../output/escape.js';
import { localEnvironment } from '../../token/local.js';
import { environmentSources } from '../environment.js';
import { type KeyOptions, addKeyOptions, examples, oneOf } from '../options.js';
import { type Act, type Tools, canPrompt, orSay } from '../tools.js';
import { type Place, placeOf, readKey } from './given-key.js';
import { probe } from './probe.js';
import { viewOf, workspaceName } from './view.js';

interface AddOptions extends KeyOptions {
  fromEnv?: boolean;
  storage?: Storage;
  /** False with `--no-check`. */
  check: boolean;
  replace?: boolean;
}

export function define(command: Command, act: Act): void {
  addKeyOptions(command)
    .option('--from-env', 'take the key from COURIER_API_KEY_<NAME>, else from COURIER_API_KEY')
    .option(
      '--storage <where>',
      'keychain or file (default: the keychain where there is one)',
      oneOf('--storage', ['keychain', 'file'] as const),
    )
    .option('--no-check', 'keep the key without asking Courier')
    .option('--replace', 'a new key for an environment that is there')
    .addHelpText(
      'after',
      examples(
        ['courier-jwt env add test', 'asks for the key, hidden'],
        ['op read op://dev/courier/key | courier-jwt env add test --api-key-stdin', 'from a secret manager'],
        ['courier-jwt env add eu --region eu --from-env', 'from COURIER_API_KEY'],
        ['courier-jwt env add test --replace', 'rotation: the old key stays until the new one is proved'],
      ),
    )
    .action(act(add));
}

async function add(options: AddOptions, tools: Tools, [name = '']: (string | undefined)[]): Promise<number> {
  judgeUsage(name, options, tools);
  const { console, context, flags, secrets } = tools;
  const before = existing(name, options, tools);
  const { variables } = await environmentSources(tools);
  const given = await readKey(name, options, variables, tools);
  secrets.add(given.text);
  const apiKey = checkKey(given.text, given.source);
  if (!knownPrefix(apiKey))
    console.warn({ code: 'key.unknown-prefix', status: 'warn', subject: 'that key', facts: {} });
  const place = placeOf(given, before, variables, tools);
  const claims = options.check
    ? await proved(name, apiKey, place, !options.replace, tools)
    : { tenantId: null, tenantScope: null };
  if (before) await confirmSame(name, before, claims, tools);
  const { record, fellBack } = await keepEnvironment(
    name,
    {
      key: apiKey,
      keyHint: maskKey(apiKey),
      ...place,
      ...claims,
      production: isProductionKey(apiKey) || isProductionScope(claims.tenantScope),
      addedAt: new Date(context.now() * 1000).toISOString(),
    },
    {
      storage: options.storage ?? before?.storage,
      isNew: !options.replace,
      replaces: before,
      newId: context.newId,
    },
    context,
  );
  if (fellBack) console.note('there is no keychain here: the key is in a file that only you can read.');
  const where = record.storage === 'keychain' ? 'the keychain' : `${context.store.directory}/environments/${name}.json`;
  const kept = say`kept ${name} (${options.check ? workspaceName(claims) : 'not proved'}) in ${where}`;
  // Not before: the key may have been typed for long, and somebody else may have chosen.
  const isFirst = readableDefault(context.store) === undefined;
  if (isFirst) await orSay(`${kept}.`, context.store.writeDefault(name), tools);
  console.note(`${kept}${isFirst ? '; it is the default' : ''}.`);
  if (variables(keyVariable(name)) && !options.fromEnv)
    console.note(say`note: ${keyVariable(name)} is set, and wins over the key that is kept.`);
  if (flags.json) console.result(toJson({ environment: viewOf(name, record, isFirst) }));
  return 0;
}

function judgeUsage(name: string, options: AddOptions, tools: Tools): void {
  checkName(name, 'env add');
  if (name === localEnvironment) throw new Failure('usage.reserved-name', { name, action: 'added' });
  const sources = [
    options.apiKeyStdin && '--api-key-stdin',
    options.apiKeyFile !== undefined && '--api-key-file',
    options.fromEnv && '--from-env',
  ].filter((flag): flag is string => Boolean(flag));
  if (sources.length > 1) throw new Failure('usage.conflict', { options: sources });
  if (sources.length === 0 && !canPrompt(tools)) {
    const option = '--api-key-stdin, --api-key-file or --from-env';
    throw new Failure('usage.missing', { option, command: 'env add' });
  }
  if (options.replace && !options.check) {
    const reason = 'the old key is not given up for one that was not proved';
    throw new Failure('usage.conflict', { options: ['--replace', '--no-check'], reason });
  }
}

/** The record that is to be replaced. A broken one can be: the new key is proved all the same. */
function existing(name: string, { replace }: AddOptions, { context }: Tools): EnvironmentRecord | undefined {
  try {
    const record = context.store.read(name);
    if (record && !replace) throw new Failure('usage.exists', { name });
    return record;
  } catch (error) {
    if (replace && isFailure(error, 'environment.broken')) return undefined;
    throw error;
  }
}

/** `canSkip`: whether the key could be kept without. */
async function proved(name: string, apiKey: string, { region, baseUrl }: Place, canSkip: boolean, tools: Tools) {
  const target = { local: false, apiKey, baseUrl: baseUrl ?? regionBaseUrls[region], label: name };
  try {
    const { tenantId, tenantScope } = await probe(target, tools);
    return { tenantId, tenantScope };
  } catch (error) {
    if (canSkip && error instanceof Failure && familyOf(error.code) === 'courier')
      tools.console.note('--no-check keeps the key without asking Courier.');
    throw error;
  }
}

/** A new key of another workspace or environment is a mistake until somebody says otherwise. */
async function confirmSame(
  name: string,
  before: EnvironmentRecord,
  now: { tenantId: string | null; tenantScope: string | null },
  tools: Tools,
): Promise<void> {
  const known = before.tenantId !== null || before.tenantScope !== null;
  const same = before.tenantId === now.tenantId && before.tenantScope === now.tenantScope;
  if (!known || same || tools.flags.yes) return;
  const facts = { name, before: workspaceName(before), after: workspaceName(now) };
  if (!canPrompt(tools)) throw new Failure('environment.different', facts);
  const question = say`The new key is of ${facts.after}, and ${name} is of ${facts.before}. Replace it?`;
  if (!(await tools.context.prompts.confirm(question)))
    throw new Failure('usage.declined', { what: `replacing ${name}` });
}
