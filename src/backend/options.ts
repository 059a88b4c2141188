import type { Region } from '../courier/regions.js';
import type { Transport } from '../courier/transport.js';
import { checkKey } from '../environments/key.js';
import { Failure } from '../errors.js';
import { Secrets } from '../output/secrets.js';
import { baseUrlOf } from '../outside.js';
import { composeScopes } from '../scopes/compose.js';
import { parseDuration } from '../token/duration.js';
import { judged } from '../untyped.js';
import { type Endpoint, failureEntry } from './endpoint.js';
import { type Log, logLine, safely } from './log.js';
import { mintFor } from './mint.js';
import { type CacheOptions, tokensBy } from './tokens.js';

export interface TokenHandlerOptions<Context = unknown> {
  /**
   * The key, or what gives it whenever a token is minted: from a store that rotates it, say. Undefined, as a variable that
   * is not set, is refused.
   */
  apiKey: Key | (() => Key | Promise<Key>);
  /**
   * Who is signed in: the user id of the session, or null. `context` is what the handler was called with besides: of
   * `handler.node` it is Node's own request, with `session` and all else that middleware put there.
   */
  authenticate(request: Request, context: Context): Session | Promise<Session>;
  /** What the tokens are for: `inbox`, `toast`, `preferences`, `push`, …; the how-to's scopes unless given. */
  surfaces?: string[];
  /** Alone they replace the how-to's scopes, with `surfaces` they add to them. */
  scopes?: string[];
  /** How long a token lives: `1h`; `1d` unless given. */
  expiresIn?: string;
  /** Pages of other origins that may call, with their cookies: `https://app.example.com`. None unless given. */
  cors?: { origins: string[] };
  /** Gives a token again until a fraction of its life is left (a quarter), to 10 000 users. No cache unless given. */
  cache?: boolean | Partial<CacheOptions>;
  /** Told of each token that is minted, and of each call that got none. A line of JSON on stdout unless given. */
  log?: Log;
  /** `us` unless given. */
  region?: Region;
  /** Courier somewhere else than in a region; https, or loopback. */
  baseUrl?: string;
  /** How long Courier may take, with what is tried again, in milliseconds; 10 000 unless given. */
  timeoutMs?: number;
  /** Instead of the network. */
  transport?: Transport;
}

export type Session = string | null | undefined;
type Key = string | undefined;

type Judged<Context> = Omit<Endpoint, 'userOf'> & Pick<TokenHandlerOptions<Context>, 'authenticate'>;

/**
 * All but who asks, judged.
 * @throws {Failure} `key.malformed`, `usage.value` and others, for what could never mint
 */
export function judgedOptions<Context>(options: TokenHandlerOptions<Context>): Judged<Context> {
  const given = judged(
    options,
    {
      apiKey: 'any',
      authenticate: 'function',
      surfaces: 'list',
      scopes: 'list',
      expiresIn: 'text',
      cors: 'any',
      cache: 'any',
      log: 'function',
      region: 'text',
      baseUrl: 'text',
      timeoutMs: 'any',
      transport: 'any',
    },
    {
      for: 'surfaces',
      scope: 'scopes',
      key: 'apiKey',
      ttl: 'expiresIn',
      origins: 'cors',
      logger: 'log',
      timeout: 'timeoutMs',
    },
  );
  const { apiKey, authenticate, surfaces, scopes, expiresIn = '1d', timeoutMs = 10_000, transport } = given;
  if (typeof authenticate !== 'function') throw wrong('authenticate', undefined, 'it takes a function');
  const secrets = new Secrets();
  if (typeof apiKey !== 'function') secrets.add(judgedKey(apiKey));
  if (!(Number.isFinite(timeoutMs) && timeoutMs > 0 && timeoutMs <= longestTimeoutMs))
    throw wrong('timeoutMs', timeoutMs, 'it takes a number of milliseconds');
  if (transport !== undefined && !(isObject(transport) && 'send' in transport))
    throw wrong('transport', transport, 'it takes an object that can send');
  const lifetime = parseDuration(expiresIn);
  if ('problem' in lifetime)
    throw new Failure('duration.invalid', { option: 'expiresIn', value: expiresIn, problem: lifetime.problem });
  const scopesFor = (user: string) => composeScopes({ user, for: surfaces, scopes });
  scopesFor('somebody');
  const origins = originsOf(given.cors);
  const log = safely(given.log ?? logLine, secrets);
  const minting = {
    key: async () => judgedKey(typeof apiKey === 'function' ? await apiKey() : apiKey),
    baseUrl: baseUrlOf(given),
    scopesFor,
    expiresIn,
    lifetimeSeconds: lifetime.seconds,
    timeoutMs,
    transport,
    log,
    secrets,
  };
  return {
    tokenFor: tokensBy({
      mint: async (user) => mintFor(user, minting),
      cache: cacheOf(given.cache),
      // Where servers are frozen between requests, time that only runs on is frozen, too.
      now: () => Date.now() / 1000,
      onStale: (user, error) => log({ ...failureEntry(error, user), status: 200 }),
    }),
    allows: (origin) => origins.has(origin),
    log,
    authenticate,
  };
}

/** What a timer of Node can wait for. */
const longestTimeoutMs = 2 ** 31 - 1;

/** @throws {Failure} `usage.value`: any origin at all could read the tokens of whoever visits it */
function originsOf(cors: { origins: string[] } | undefined): Set<string> {
  if (cors !== undefined && !isObject(cors)) throw wrong('cors', cors, 'it takes an object with origins');
  const { origins } = judged(cors, { origins: 'list' }) as { origins?: string[] };
  const isOne = (origin: string) =>
    !origin.includes('*') && URL.canParse(origin) && new URL(origin).origin === origin.replace(/\/$/, '');
  const wrongOne = origins?.find((origin) => !isOne(origin));
  if (wrongOne !== undefined)
    throw wrong('cors.origins', wrongOne, 'it takes origins, such as https://app.example.com, each by name');
  return new Set(origins?.map((origin) => new URL(origin).origin));
}

/** @throws {Failure} */
function cacheOf(cache: boolean | Partial<CacheOptions> | undefined): CacheOptions | undefined {
  if (cache === undefined || cache === false) return undefined;
  if (cache !== true && !isObject(cache)) throw wrong('cache', cache, 'it takes true, or an object');
  const { untilLeft = 0.25, maxUsers = 10_000 } = judged(cache === true ? {} : cache, {
    untilLeft: 'any',
    maxUsers: 'any',
  });
  // With 0 it would give tokens that end on the way.
  if (!(Number.isFinite(untilLeft) && untilLeft > 0 && untilLeft <= 1))
    throw wrong('cache.untilLeft', untilLeft, 'it takes a number above 0, and 1 at most');
  if (!Number.isInteger(maxUsers) || maxUsers < 1) throw wrong('cache.maxUsers', maxUsers, 'it takes a whole number');
  return { untilLeft, maxUsers };
}

/**
 * Callers without types, an environment without the variable, and stores give what is no text.
 * @throws {Failure} `key.malformed`
 */
function judgedKey(key: unknown): string {
  return checkKey(typeof key === 'string' ? key : '', 'apiKey');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(option: string, value: unknown, reason: string): Failure {
  return new Failure('usage.value', { option, value: String(value), reason });
}
