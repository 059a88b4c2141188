import { Failure } from '../errors.js';
import { assertUser, wantedScopes } from '../scopes/compose.js';
import { parseDuration } from '../token/duration.js';
import type { Job } from './run.js';
import { HashSet, hashOf, shardOf } from './seen.js';
import type { ReadRecord, UserRecord } from './users.js';

/** What is asked for every user whose record does not say otherwise. */
export interface AskedOfAll {
  for?: string[] | undefined;
  scopes?: string[] | undefined;
  tenant?: string | undefined;
  expiresIn: string;
}

/** The `index`th (from 1) of `count` parts. */
export interface Shard {
  index: number;
  count: number;
}

/** What became of records that are no jobs. */
export interface Passed {
  /** Named before: each user is minted for once. */
  repeated: number;
  firstRepeated?: { user: string; line: number };
  /** Minted by an earlier run. */
  before: number;
  /** Of other shards. */
  elsewhere: number;
}

/**
 * The jobs that the records ask for. `before` has those that an earlier run minted.
 * @throws {Failure} what `records` throws
 */
export async function* jobsOf(
  records: AsyncIterable<ReadRecord>,
  { all, shard, before }: { all: AskedOfAll; shard?: Shard | undefined; before: HashSet },
  passed: Passed,
): AsyncGenerator<Job> {
  const seen = new HashSet();
  const ask = asking(all);
  for await (const read of records) {
    const hash = hashOf(read.key);
    if (shard && shardOf(hash, shard.count) !== shard.index - 1) {
      passed.elsewhere += 1;
    } else if ('failure' in read) {
      yield { user: read.key, failure: read.failure };
    } else if (before.has(hash)) {
      passed.before += 1;
    } else if (seen.add(hash)) {
      yield jobOf(read, ask);
    } else {
      passed.repeated += 1;
      passed.firstRepeated ??= { user: read.key, line: read.line };
    }
  }
}

type Ask = (record: UserRecord) => { scopes: string[]; expiresIn: string; lifetimeSeconds: number };

function jobOf({ line, record }: { line: number; record: UserRecord }, ask: Ask): Job {
  const { user } = record;
  try {
    assertUser(user, 'user');
    const { scopes, ...rest } = ask(record);
    return { user, asked: { user, scopes: [`user_id:${user}`, ...scopes], ...rest } };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { user, failure: new Failure(error.code, { ...error.facts, of: `line ${line}` }) };
  }
}

/** Few records ask for something of their own, and those for few things: each is composed once. */
const mostKept = 1000;

function asking(all: AskedOfAll): Ask {
  const kept = new Map<string, ReturnType<Ask>>();
  const compose = ({
    scopes = all.scopes,
    tenant = all.tenant,
    expiresIn = all.expiresIn,
  }: Omit<UserRecord, 'user'>) => {
    const lifetime = parseDuration(expiresIn);
    if ('problem' in lifetime)
      throw new Failure('duration.invalid', { option: 'expiresIn', value: expiresIn, problem: lifetime.problem });
    if (lifetime.seconds < 1)
      throw new Failure('duration.invalid', { option: 'expiresIn', value: expiresIn, problem: 'too-short' });
    return {
      scopes: wantedScopes({ for: all.for, scopes, tenant }),
      expiresIn,
      lifetimeSeconds: lifetime.seconds,
    };
  };
  const ofAll = compose({});
  return ({ scopes, tenant, expiresIn }) => {
    if (scopes === undefined && tenant === undefined && expiresIn === undefined) return ofAll;
    const key = JSON.stringify([scopes, tenant, expiresIn]);
    const known =
      kept.get(key) ??
      compose({
        ...(scopes && { scopes }),
        ...(tenant !== undefined && { tenant }),
        ...(expiresIn !== undefined && { expiresIn }),
      });
    if (kept.size < mostKept) kept.set(key, known);
    return known;
  };
}
