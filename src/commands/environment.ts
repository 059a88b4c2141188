import * as util from 'node:util';
import { checkKey } from '../environments/key.js';
import {
  type Choice,
  type Environment,
  type EnvironmentRequest,
  type EnvironmentSources,
  chooseEnvironment,
  openEnvironment,
} from '../environments/resolve.js';
import { keysIn, variablesOf } from '../environments/variables.js';
import { Failure } from '../errors.js';
import { say } from '../output/escape.js';
import type { KeyOptions } from './options.js';
import { limitBytes, readTextFile } from './text-file.js';
import { type Tools, canPrompt } from './tools.js';

/**
 * Which environment the flags, the variables and the store choose; what was set in vain is named on stderr. `source`:
 * what named it.
 */
export async function chooseFor(options: KeyOptions, tools: Tools, source = '--env'): Promise<Choice> {
  const { env, region } = tools.flags;
  const byHand = await keyByHand(options, tools);
  const request: EnvironmentRequest = { byHand, env, envSource: source, region };
  const choice = chooseEnvironment(request, await environmentSources(tools));
  const winner = choice.source.replace(/^default/, 'the default environment');
  // It goes with a key that has no name: then it was the region that overrode it, and no other key.
  const over = (unused: string) => (unused === 'COURIER_BASE_URL' && choice.name === null ? '--region' : winner);
  for (const unused of choice.unused) tools.console.note(say`note: ${unused} is not used: ${over(unused)} wins.`);
  return choice;
}

/** The environment of a name that no flag gave. `source`: what named it. */
export function chooseNamed(
  env: string,
  source: string | undefined,
  sources: EnvironmentSources,
  tools: Tools,
): Choice {
  const choice = chooseEnvironment({ env, envSource: source, region: tools.flags.region }, sources);
  // What else is set is not for it; only a variable in a stored key's place is worth a word.
  const replaced = choice.unused.find((unused) => unused.startsWith('the stored key'));
  if (replaced) tools.console.note(say`note: ${replaced} is not used: ${choice.source} wins.`);
  return choice;
}

/** A choice with its key. The key is redacted from here on. */
export async function open(choice: Choice, tools: Tools): Promise<Environment> {
  const environment = await openEnvironment(choice, tools.context.keychain);
  tools.secrets.add(environment.apiKey);
  return environment;
}

/** As JSON has it, documented in README. */
export function environmentView({ name, source, baseUrl }: Choice) {
  return { name, source, baseUrl };
}

/** Whose key it is and where it goes. */
export function keyText({ name, source, local, baseUrl }: Choice): string {
  const environment = name === null ? source : `${name} (${source})`;
  return `${environment}, ${local ? 'the embedded Courier' : baseUrl}`;
}

export async function environmentSources(tools: Tools): Promise<EnvironmentSources> {
  const { variables, store, keychain } = tools.context;
  const envFile = await readEnvFile(tools);
  for (const key of keysIn(envFile)) tools.secrets.add(key);
  return {
    variables: variablesOf(variables, envFile),
    store,
    keychain,
    isEmpty: (name) => variables[name] === '' && !envFile[name],
  };
}

/** The key that a flag names a source for, judged; undefined without such a flag. */
export async function keyByHand(options: KeyOptions, tools: Tools): Promise<EnvironmentRequest['byHand']> {
  const { apiKeyStdin, apiKeyFile } = options;
  if (apiKeyStdin && apiKeyFile !== undefined)
    throw new Failure('usage.conflict', { options: ['--api-key-stdin', '--api-key-file'] });
  if (!apiKeyStdin && apiKeyFile === undefined) return undefined;
  const flag = apiKeyStdin ? '--api-key-stdin' : '--api-key-file';
  const text = apiKeyStdin ? await readKeyFromStdin(tools) : await readTextFile('--api-key-file', apiKeyFile!, tools);
  tools.secrets.add(text.trim());
  return { key: checkKey(text, flag, { fromFile: true }), flag };
}

/** Typed on a terminal a key would be echoed: there it is asked for. */
async function readKeyFromStdin(tools: Tools): Promise<string> {
  const { prompts, stdin } = tools.context;
  return canPrompt(tools) ? prompts.secret('API key (not shown):') : ((await stdin.read(limitBytes)) ?? '');
}

async function readEnvFile(tools: Tools): Promise<Record<string, string | undefined>> {
  const path = tools.flags.envFile;
  if (path === undefined) return {};
  if (!('parseEnv' in util))
    throw new Failure('usage.file', { option: '--env-file', path, reason: 'that needs Node 20.12 or later' });
  const text = await readTextFile('--env-file', path, tools);
  return util.parseEnv(text.replace(/^\uFEFF/, ''));
}
