import { inspect } from 'node:util';
import type { Region } from '../courier/regions.js';
import type { Transport } from '../courier/transport.js';
import { checkKey } from '../environments/key.js';
import { Failure } from '../errors.js';
import { baseUrlOf, network, withoutKey } from '../outside.js';
import { sentenceOf, speaking, spoken } from '../speaking.js';
import { judged } from '../untyped.js';
import { realClock } from './clock.js';
import { type AskedOfAll, type Shard, jobsOf } from './jobs.js';
import { type UserToken, resultOf } from './result.js';
import { type MintingAt, type RunOutside, mintAll } from './run.js';
import { HashSet } from './seen.js';
import { type ReadRecord, type UserRecord, recordIn } from './users.js';

export interface IssueTokensOptions {
  apiKey: string;
  /** For every user; surface ids; without them and without `scopes`, the how-to's set. */
  for?: string[];
  /** Alone they replace the default set, with `for` they add to it. What a user asks for replaces them. */
  scopes?: string[];
  tenant?: string;
  /** In the grammar of the npm package `ms`; `1d` unless given. */
  expiresIn?: string;
  /** The most requests at once; 64 unless given. */
  concurrency?: number;
  /** The most requests a second; as many as are answered unless given. */
  perSecond?: number;
  /** The `index`th, from 1, of `count` parts of the users: by a hash of the id, the same everywhere. */
  shard?: Shard;
  /** `us` unless given. */
  region?: Region;
  /** Courier somewhere else than in a region; https, or loopback. */
  baseUrl?: string;
  /** Per attempt, the body included, in milliseconds; 10 000 unless given. */
  timeoutMs?: number;
  /** Aborted, no more users are taken: those under way come, and then `interrupted.signal` is thrown. */
  signal?: AbortSignal;
  /** Instead of the network. */
  transport?: Transport;
}

/** A user id, or one who asks for something else than all others. */
export type UserToMint = string | UserRecord;

/**
 * Mints a token for each user, once, through Courier's `POST /auth/issue-token`, as `issue --users` does: many at once, at the pace
 * that Courier takes, with five retries; `Retry-After` is obeyed by all. Results come as they are ready; users are taken no faster than
 * results are, so that neither is ever kept. Who gets no token has an `error` in its place.
 * @throws {Failure} at once for options that could never mint; and, from the iteration, what ends a run: `key.refused`,
 * `courier.unreachable` before anything was minted, `interrupted.signal` and others
 */
export function issueTokens(
  users: AsyncIterable<UserToMint> | Iterable<UserToMint>,
  options: IssueTokensOptions,
): AsyncGenerator<UserToken, void, void> {
  return speaking(() => {
    const { all, at, limits, shard, signal, transport } = judgedOptions(options);
    if (typeof users === 'string' || !isIterable(users))
      throw new Failure('usage.value', {
        option: 'users',
        value: typeof users,
        reason: 'it takes users that can be iterated over: a list, not one text',
      });
    const jobs = jobsOf(
      recordsOf(begun(users)),
      { all, shard, before: new HashSet() },
      { repeated: 0, before: 0, elsewhere: 0 },
    );
    return results(async () =>
      mintAll(
        jobs,
        { ...at, transport: withoutKey(transport ?? (await manyOver()), at.apiKey) },
        limits,
        outside(signal),
      ),
    );
  });
}

async function* results(run: () => Promise<ReturnType<typeof mintAll>>): AsyncGenerator<UserToken, void, void> {
  try {
    for await (const outcome of await run()) yield resultOf(outcome, sentenceOf);
  } catch (error) {
    throw spoken(error);
  }
}

/** A readline interface has lines from the moment it is made, and loses those that come before it is asked for an iterator. */
function begun<T>(users: AsyncIterable<T> | Iterable<T>): AsyncIterable<T> | Iterable<T> {
  if (!(Symbol.asyncIterator in users)) return users;
  const iterator = users[Symbol.asyncIterator]();
  return { [Symbol.asyncIterator]: () => iterator };
}

async function* recordsOf(users: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<ReadRecord> {
  for await (const user of users)
    yield typeof user === 'string' ? { key: user, record: { user } } : recordIn(user, () => inspect(user));
}

async function manyOver(): Promise<Transport> {
  const { sendMany } = await network();
  return { send: sendMany };
}

function outside(signal: AbortSignal | undefined): RunOutside {
  return {
    ...realClock,
    random: Math.random,
    signal,
  };
}

function judgedOptions(options: IssueTokensOptions) {
  // What callers without types give.
  const given: Partial<IssueTokensOptions> = judged(
    options,
    {
      apiKey: 'text',
      for: 'list',
      scopes: 'list',
      tenant: 'text',
      expiresIn: 'text',
      concurrency: 'any',
      perSecond: 'any',
      shard: 'any',
      region: 'text',
      baseUrl: 'text',
      timeoutMs: 'any',
      signal: 'any',
      transport: 'any',
    },
    { surfaces: 'for', scope: 'scopes', rate: 'perSecond', timeout: 'timeoutMs', key: 'apiKey', ttl: 'expiresIn' },
  );
  const {
    concurrency = 64,
    perSecond,
    shard,
    timeoutMs = 10_000,
    expiresIn = '1d',
    tenant,
    scopes,
    signal,
    transport,
  } = given;
  const wrong = (option: string, value: unknown, reason: string) =>
    new Failure('usage.value', { option, value: String(value), reason });
  if (!isWhole(concurrency, 1000)) throw wrong('concurrency', concurrency, 'it takes a number from 1 to 1000');
  if (perSecond !== undefined && !(Number.isFinite(perSecond) && perSecond > 0))
    throw wrong('perSecond', perSecond, 'it takes a number above 0');
  if (!isWhole(timeoutMs, 2 ** 31 - 1)) throw wrong('timeoutMs', timeoutMs, 'it takes a number of milliseconds');
  if (shard !== undefined && !isShard(shard))
    throw wrong('shard', JSON.stringify(shard), 'it takes an index, from 1, and a count: { index: 3, count: 8 }');
  const all: AskedOfAll = { for: given.for, scopes, tenant, expiresIn };
  const at: Omit<MintingAt, 'transport'> = {
    baseUrl: baseUrlOf(given),
    apiKey: checkKey(given.apiKey ?? '', 'apiKey'),
    environment: 'apiKey',
    timeoutMs,
  };
  return { all, at, limits: { concurrency, perSecond }, shard, signal, transport };
}

function isShard(value: unknown): boolean {
  const { index, count = 0 } = Object(value) as Partial<Shard>;
  return isWhole(count, 1e9) && isWhole(index, count);
}

function isWhole(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
}

function isIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
}
