import type { Command } from 'commander';
import { type Asked, checkGrant } from '../checks/grant.js';
import { longLifetimeSeconds } from '../checks/time.js';
import { knownPrefix } from '../environments/key.js';
import { isProductionScope } from '../environments/production.js';
import { type Choice, type Environment, keyLabelOf, labelOf } from '../environments/resolve.js';
import { Failure } from '../errors.js';
import { say, toJson } from '../output/escape.js';
import { shellWord } from '../output/shell.js';
import { relative } from '../output/times.js';
import { type Finding, exitCodeOf } from '../report.js';
import { composeScopes, suggestionFor } from '../scopes/compose.js';
import { entryOf } from '../scopes/match.js';
import { type Claims, readClaims } from '../token/claims.js';
import type { Jwt } from '../token/decode.js';
import { isLocal } from '../token/local.js';
import { isoOrNull } from '../token/time.js';
import { dryRun } from './dry-run.js';
import { chooseFor, environmentView, open, keyText } from './environment.js';
import { mintToken } from './mint.js';
import { type KeyOptions, addKeyOptions, examples, list, once, oneOf, seconds } from './options.js';
import { type Act, type Tools, canPrompt } from './tools.js';
import { pasteable } from './words.js';

interface IssueOptions extends KeyOptions {
  user?: string;
  for?: string[];
  scope?: string[];
  tenant?: string;
  expiresIn?: string;
  output?: 'token' | 'env';
  dryRun?: boolean;
  allowProduction?: boolean;
}

export function define(command: Command, act: Act): void {
  addKeyOptions(command)
    .argument('[user]')
    .option('-u, --user <id>', 'whose token it is: one user', once('--user'))
    .option('--for <surfaces>', 'what the token is for: inbox, toast, preferences, push, …', list('--for'))
    .option(
      '--scope <scopes>',
      "scopes of your own: alone instead of the how-to's set, with --for besides",
      list('--scope'),
    )
    .option('--tenant <id>', "Courier Create's scopes for this tenant only", once('--tenant'))
    .option('--expires-in <duration>', 'how long it lives: 30m, 12h, 7d (default: 1d)', once('--expires-in'))
    .option('--output <format>', 'token, or env: COURIER_JWT=… lines', oneOf('--output', ['token', 'env'] as const))
    .option('--dry-run', 'print the request as curl, and send nothing')
    .option('--allow-production', 'mint from a production key')
    .addHelpText(
      'after',
      examples(
        ['courier-jwt issue --user alice', "the how-to's scopes, for a day"],
        ['courier-jwt issue -u alice --env local', 'no key, no network'],
        ['courier-jwt issue -u alice --for inbox,push | pbcopy', 'one token on the clipboard'],
        ['courier-jwt issue -u alice --expires-in 1h --json', 'with what was granted'],
      ),
    )
    .action(act(issue));
  // Only to say what was meant: `issue alice`.
  command.usage('--user <id> [options]');
}

/** What is asked of Courier, judged. `expiresIn` is sent as it was given: Courier reads the same grammar. */
type Asking = Asked & { expiresIn: string };

async function issue(options: IssueOptions, tools: Tools, [word]: (string | undefined)[]): Promise<number> {
  const asked = askedBy(options, word, tools.flags.json);
  if (options.dryRun) return dryRun({ ...asked, warnings: requestWarnings(asked) }, options, tools);
  const choice = await chooseFor(options, tools);
  const environment = await open(choice, tools);
  await confirmProduction(environment, options, tools);
  const before = [...requestWarnings(asked), ...keyWarnings(environment, tools)];
  before.forEach(tools.console.warn);
  const token = await mintToken({ ...choice, apiKey: environment.apiKey, label: keyLabelOf(choice) }, asked, tools);
  const claims = readClaims(token.payload);
  if (isProductionScope(claims.tenantScope) && !environment.production.known && !options.allowProduction)
    throw new Failure('production.unconfirmed', { environment: labelOf(choice), how: 'minted' });
  tools.console.maskInActions(token.raw);
  const after = [...checkGrant(claims, asked), ...localWarning(token, choice)];
  after.forEach(tools.console.warn);
  print({ token, claims, asked, choice, warnings: [...before, ...after] }, options, tools);
  return exitCodeOf(after);
}

function askedBy(options: IssueOptions, word: string | undefined, json: boolean | undefined): Asking {
  if (word !== undefined)
    throw new Failure('usage.excess', { command: 'issue', suggestion: pasteable(['issue', '--user', word]) });
  if (options.user === undefined) throw new Failure('usage.missing', { option: '--user <id>', command: 'issue' });
  if (json && options.output) throw new Failure('usage.conflict', { options: ['--json', '--output'] });
  if (options.dryRun && options.output)
    throw new Failure('usage.conflict', { options: ['--dry-run', '--output'], reason: 'no token is minted' });
  const { user, expiresIn = '1d', for: surfaces, scope, tenant } = options;
  const lifetimeSeconds = seconds('--expires-in', { least: 1 })(expiresIn);
  return { user, expiresIn, lifetimeSeconds, scopes: composeScopes({ user, for: surfaces, scopes: scope, tenant }) };
}

/** A production key mints what opens a real user's inbox: `--yes` is not enough. */
async function confirmProduction({ choice, production }: Environment, options: IssueOptions, tools: Tools) {
  if (!production.known || options.allowProduction) return;
  const environment = labelOf(choice);
  if (!canPrompt(tools)) throw new Failure('production.unconfirmed', { environment, how: production.how });
  const question = say`${environment} is production. Mint a token that opens ${options.user ?? ''}'s real inbox?`;
  if (!(await tools.context.prompts.confirm(question)))
    throw new Failure('usage.declined', { what: 'minting a production token' });
}

function requestWarnings({ scopes, lifetimeSeconds }: Asking): Finding[] {
  const unknown = scopes.filter((scope) => entryOf(scope) === undefined);
  const long: Finding = { code: 'expiry.long', status: 'warn', facts: { lifetimeSeconds } };
  return [
    ...unknown.map((scope): Finding => {
      const suggestion = suggestionFor(scope);
      return { code: 'scope.unknown', status: 'warn', subject: scope, facts: suggestion ? { suggestion } : {} };
    }),
    ...(lifetimeSeconds > longLifetimeSeconds ? [long] : []),
  ];
}

function keyWarnings({ choice, apiKey }: Environment, { context }: Tools): Finding[] {
  const { name, record, source } = choice;
  if (choice.local) return [];
  if (record?.storage === 'file' && name !== null && context.store.isExposed(name))
    return [{ code: 'environment.exposed', status: 'warn', subject: name, facts: {} }];
  if (record || knownPrefix(apiKey)) return [];
  return [{ code: 'key.unknown-prefix', status: 'warn', subject: `the key from ${source}`, facts: {} }];
}

function localWarning(token: Jwt, choice: Choice): Finding[] {
  return choice.local || isLocal(token) ? [{ code: 'signature.local', status: 'warn', facts: {} }] : [];
}

interface Minted {
  token: Jwt;
  claims: Claims;
  asked: Asking;
  choice: Choice;
  warnings: Finding[];
}

function print(minted: Minted, options: IssueOptions, { console, context, flags }: Tools): void {
  const { raw } = minted.token;
  if (!flags.json) console.note(summary(minted, context.now()));
  console.result(flags.json ? toJson(document(minted)) : options.output === 'env' ? envLines(minted) : raw, raw);
}

/** The JSON of `issue`, documented in README. */
function document({ token, claims, asked, choice, warnings }: Minted) {
  return {
    token: token.raw,
    user: asked.user,
    scopes: asked.scopes,
    granted: claims.scopes,
    expiresAt: isoOrNull(claims.expiresAt),
    environment: environmentView(choice),
    warnings,
  };
}

function envLines({ token, claims, asked }: Minted): string {
  const expiresAt = isoOrNull(claims.expiresAt);
  const lines = [`COURIER_JWT=${token.raw}`, `COURIER_JWT_USER=${shellWord(asked.user)}`];
  return [...lines, ...(expiresAt ? [`COURIER_JWT_EXPIRES_AT=${expiresAt}`] : [])].join('\n');
}

function summary({ claims, asked, choice }: Minted, now: number): string {
  const expiry = claims.expiresAt === null ? 'never expires' : `expires ${relative(claims.expiresAt - now)}`;
  const count = `${claims.scopes.length} scopes`;
  return say`minted for ${asked.user}: ${claims.tenantScope ?? 'no environment'}, ${count}, ${expiry}; key: ${keyText(choice)}`;
}
