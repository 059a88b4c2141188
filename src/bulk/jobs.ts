import { Failure } from '../errors.js';
import { memo } from '../memo.js';
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
  firstRepeated?: { user: string; line: number | undefined };
  /** Minted by an earlier run. */
  before: number;
  /** Of other shards. */
  elsewhere: number;
}

export interface Planned {
  all: AskedOfAll;
  shard?: Shard | undefined;
  /** Those that an earlier run minted. */
  before: HashSet;
}

/**
 * The jobs that the records ask for.
 * @throws {Failure} what is wrong with what is asked for all; and, from the iteration, what `records` throws
 */
export function jobsOf(records: AsyncIterable<ReadRecord>, planned: Planned, passed: Passed): AsyncGenerator<Job> {
  return jobs(records, planned, asking(planned.all), passed);
}

async function* jobs(
  records: AsyncIterable<ReadRecord>,
  { shard, before }: Planned,
  ask: Ask,
  passed: Passed,
): AsyncGenerator<Job> {
  const seen = new HashSet();
  for await (const read of records) {
    const hash = hashOf(read.key);
    if (shard && shardOf(hash, shard.count) !== shard.index - 1) {
      passed.elsewhere += 1;
    } else if (isUser(read) && !seen.add(hash)) {
      passed.repeated += 1;
      passed.firstRepeated ??= { user: read.key, line: read.line };
    } else if (isUser(read) && before.has(hash)) {
      passed.before += 1;
    } else {
      yield 'problem' in read ? unread(read) : jobOf(read, ask);
    }
  }
}

/** Whether it is somebody, who is minted for once; each line that is nobody is told of. */
function isUser(read: ReadRecord): boolean {
  return 'problem' in read ? read.isNamed === true : read.key !== '';
}

function unread({ key, line, problem }: Extract<ReadRecord, { problem: unknown }>): Job {
  return { user: key, failure: new Failure('usage.user-line', { ...problem, ...placeOf({ line }) }) };
}

type Ask = (record: UserRecord) => { scopes: string[]; expiresIn: string; lifetimeSeconds: number };

function jobOf({ line, record }: { line?: number | undefined; record: UserRecord }, ask: Ask): Job {
  const { user } = record;
  try {
    assertUser(user, 'user');
    const { scopes, ...rest } = ask(record);
    return { user, asked: { user, scopes: [`user_id:${user}`, ...scopes], ...rest } };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { user, failure: new Failure(error.code, { ...error.facts, ...placeOf({ line }) }) };
  }
}

function placeOf({ line }: { line?: number | undefined }): { of?: string } {
  return line === undefined ? {} : { of: `line ${line}` };
}

/** Few records ask for something of their own, and those for few things: each is composed once. */
function asking(all: AskedOfAll): Ask {
  const compose = ({
    scopes = all.scopes,
    tenant = all.tenant,
    expiresIn = all.expiresIn,
  }: Omit<UserRecord, 'user'>) => {
    const lifetime = parseDuration(expiresIn);
    const problem = 'problem' in lifetime ? lifetime.problem : lifetime.seconds < 1 ? 'too-short' : undefined;
    if (problem) throw new Failure('duration.invalid', { option: 'expiresIn', value: expiresIn, problem });
    const lifetimeSeconds = 'seconds' in lifetime ? lifetime.seconds : 0;
    return { scopes: wantedScopes({ for: all.for, scopes, tenant }), expiresIn, lifetimeSeconds };
  };
  const ofAll = compose({});
  const own = memo((key: string) => compose(JSON.parse(key) as UserRecord));
  return ({ scopes, tenant, expiresIn }) =>
    (scopes ?? tenant ?? expiresIn) === undefined ? ofAll : own(JSON.stringify({ scopes, tenant, expiresIn }));
}
