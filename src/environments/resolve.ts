import { type Region, checkBaseUrl, regionBaseUrls } from '../courier/regions.js';
import { Failure } from '../errors.js';
import { localEnvironment } from '../token/local.js';
import { checkKey } from './key.js';
import type { Keychain } from './keychain.js';
import { readableDefault, readableNames, recordOf } from './lookup.js';
import { isName, keyVariable } from './name.js';
import { isProductionKey } from './production.js';
import type { EnvironmentRecord } from './record.js';
import type { EnvironmentStore } from './store.js';
import type { VariableOrigin, Variables } from './variables.js';

/** What the command line says of the environment. */
export interface EnvironmentRequest {
  /** A key given by hand, as read, with the flag that gave it. */
  byHand?: { key: string; flag: '--api-key-stdin' | '--api-key-file' } | undefined;
  env?: string | undefined;
  /** What named it; `--env` unless given. */
  envSource?: string | undefined;
  region?: Region | undefined;
}

export interface EnvironmentSources {
  variables: Variables;
  store: EnvironmentStore;
  keychain: Keychain;
  /** Whether a variable is set, and to nothing: as a secret is, in CI, for a run that may not have it. */
  isEmpty?(name: string): boolean;
}

/** Which environment it is, before its key is read. */
export interface Choice {
  /** Null for a key that has no name: given by hand, or `COURIER_API_KEY`. */
  name: string | null;
  /** What won: `--env`, `COURIER_JWT_ENV`, `COURIER_API_KEY`, `default`, or the flag that gave the key. */
  source: string;
  /** Whether tokens come from the embedded Courier. */
  local: boolean;
  baseUrl: string;
  record: EnvironmentRecord | undefined;
  /** The key, unless it is in the keychain or there is none. */
  key: { text: string; source: string; fromFile: boolean } | undefined;
  /** What was set and does not count, by name. */
  unused: string[];
}

export interface Environment {
  choice: Choice;
  /** Empty for the embedded Courier. */
  apiKey: string;
  production: { known: boolean; how: 'recorded' | 'prefix' };
}

/** Where the embedded Courier is: nowhere on the network. */
const localBaseUrl = 'local:';

/**
 * First wins: a key by hand, `--env`, `COURIER_JWT_ENV`, `COURIER_API_KEY`, the default. Nothing is read of the
 * keychain yet.
 * @throws {Failure} `key.missing`, `environment.*` or a conflict
 */
export function chooseEnvironment(request: EnvironmentRequest, sources: EnvironmentSources): Choice {
  const { variables, store } = sources;
  const candidates = [
    request.byHand && { source: request.byHand.flag },
    request.env !== undefined && { source: request.envSource ?? '--env', name: request.env },
    named('COURIER_JWT_ENV', variables('COURIER_JWT_ENV')?.value),
    variables('COURIER_API_KEY') && { source: 'COURIER_API_KEY' },
  ].filter((candidate): candidate is Candidate => Boolean(candidate));
  const winner = candidates[0] ?? named('default', store.readDefault());
  if (!winner) throw new Failure('key.missing', { kept: readableNames(store), ...emptyOf('COURIER_API_KEY', sources) });
  const losers = candidates.slice(1).filter(({ name }) => name === undefined || name !== winner.name);
  const choice =
    winner.name === undefined ? unnamed(winner.source, request, sources) : byName(winner, request, sources);
  const set = losers.map(({ source }) => source);
  return { ...choice, unused: [...set, ...unusedDefault(winner, store), ...choice.unused] };
}

/** A default that `COURIER_API_KEY` overrides is easily forgotten; that `--env` does, is what was asked. */
function unusedDefault(winner: Candidate, store: EnvironmentStore): string[] {
  const name = winner.source === 'COURIER_API_KEY' ? readableDefault(store) : undefined;
  return name === undefined ? [] : [`the default environment ${name}`];
}

/** What a choice is called in messages. */
export function labelOf({ name, source }: Choice): string {
  return name ?? source;
}

/** What its key is called: a variable that gave it is what is to be put right. */
export function keyLabelOf(choice: Choice): string {
  return choice.key?.source.startsWith('COURIER_') ? choice.key.source : labelOf(choice);
}

/** Reads the key of a choice: from the keychain if that is where it is. */
export async function openEnvironment(choice: Choice, keychain: Keychain): Promise<Environment> {
  const { name, record } = choice;
  if (choice.local) return { choice, apiKey: '', production: { known: false, how: 'recorded' } };
  const apiKey = choice.key
    ? checkKey(choice.key.text, choice.key.source, choice.key)
    : await keychain.get(record?.account ?? '', name ?? '');
  const recorded = record?.production ?? false;
  const production = { known: recorded || isProductionKey(apiKey), how: recorded ? 'recorded' : 'prefix' } as const;
  return { choice, apiKey, production };
}

interface Candidate {
  source: string;
  name?: string;
}

function named(source: string, name: string | undefined): Candidate | undefined {
  return name === undefined ? undefined : { source, name };
}

/** A key by hand or `COURIER_API_KEY`. */
function unnamed(source: string, request: EnvironmentRequest, { variables }: EnvironmentSources): Choice {
  const variable = variables('COURIER_API_KEY');
  const key = request.byHand
    ? { text: request.byHand.key, source, fromFile: true }
    : { text: variable?.value ?? '', source, fromFile: false };
  const origin = request.byHand ? 'shell' : (variable?.origin ?? 'shell');
  const own = request.region ? undefined : ownServer(source, origin, variables);
  const unused = request.region && variables('COURIER_BASE_URL') ? ['COURIER_BASE_URL'] : [];
  const baseUrl = own ?? regionBaseUrls[request.region ?? 'us'];
  return { name: null, source, local: false, record: undefined, key, baseUrl, unused };
}

/**
 * What `COURIER_BASE_URL` says, for a key that it goes with. Both must come from the same place: a URL from a file that
 * came with a repository must not receive the shell's key, nor the other way round.
 * @throws {Failure} `usage.mixed-sources` or `usage.base-url`
 */
export function ownServer(source: string, keyOrigin: VariableOrigin, variables: Variables): string | undefined {
  const url = variables('COURIER_BASE_URL');
  if (!url) return undefined;
  if (url.origin === keyOrigin) return checkBaseUrl(url.value);
  const from = (name: string, origin: VariableOrigin) =>
    `${name} (${origin === 'shell' ? 'the shell' : 'the env file'})`;
  throw new Failure('usage.mixed-sources', { key: from(source, keyOrigin), url: from('COURIER_BASE_URL', url.origin) });
}

function byName(winner: Candidate, request: EnvironmentRequest, sources: EnvironmentSources): Choice {
  const { variables, store } = sources;
  const name = winner.name!;
  const unused = variables('COURIER_BASE_URL') ? ['COURIER_BASE_URL'] : [];
  const base = { name, source: winner.source, unused };
  if (name === localEnvironment) {
    const region = request.region ? ['--region'] : [];
    const nowhere = { local: true, baseUrl: localBaseUrl, record: undefined, key: undefined };
    return { ...base, ...nowhere, unused: [...region, ...unused] };
  }
  const variable = isName(name) ? variables(keyVariable(name)) : undefined;
  const record = variable
    ? store.read(name)
    : recordOf(name, winner.source, store, emptyOf(keyVariable(name), sources));
  const baseUrl = baseUrlOf(name, record, request.region);
  if (variable)
    return {
      ...base,
      source: `${winner.source}, key from ${keyVariable(name)}`,
      local: false,
      baseUrl,
      record,
      key: { text: variable.value, source: keyVariable(name), fromFile: false },
      unused: record ? [`the stored key of ${name}`, ...unused] : unused,
    };
  const key = record?.key == null ? undefined : { text: record.key, source: name, fromFile: false };
  return { ...base, local: false, baseUrl, record, key };
}

/** The variable that would have given the key. */
function emptyOf(name: string, { isEmpty }: EnvironmentSources): { empty?: string } {
  return isEmpty?.(name) ? { empty: name } : {};
}

/** @throws {Failure} `usage.region-with-base-url`: a key kept for another server must not go to a region */
function baseUrlOf(name: string, record: EnvironmentRecord | undefined, region: Region | undefined): string {
  if (record?.baseUrl && region)
    throw new Failure('usage.region-with-base-url', { environment: name, baseUrl: record.baseUrl });
  return record?.baseUrl ? checkBaseUrl(record.baseUrl) : regionBaseUrls[region ?? record?.region ?? 'us'];
}
