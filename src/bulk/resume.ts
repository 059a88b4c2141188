import { fieldOf, parseJson } from '../courier/answers.js';
import { Failure } from '../errors.js';
import type { Shard } from './jobs.js';
import type { Line } from './lines.js';
import { HashSet, hashOf, shardOf } from './seen.js';

/** What an earlier run has written. */
export interface Earlier {
  /** Those who have a token that is still good. */
  minted: HashSet;
  count: number;
  /** How many tokens have expired: their users are minted for anew. */
  expired: number;
  /** Whether a new line can follow, and no user would be there twice. */
  isSound: boolean;
}

/**
 * Reads what `issue --users` wrote: tokens, and users who got none. `now` in seconds. A line may be torn by whatever ended the run that wrote it.
 * @throws {Failure} `usage.resume` for a line that is none of that
 */
export async function readEarlier(
  batches: AsyncIterable<Line[]>,
  path: string,
  now = Date.now() / 1000,
): Promise<Earlier> {
  const minted = new HashSet();
  let count = 0;
  let expired = 0;
  let isSound = true;
  for await (const lines of batches)
    for (const { number, text } of lines) {
      const written = writtenIn(text, now);
      if (written?.isExpired) expired += 1;
      if (!written && !isTorn(text) && !isEnd(text)) throw new Failure('usage.resume', { path, line: number });
      if (written?.isMinted && minted.add(hashOf(written.user))) count += 1;
      else isSound = false;
    }
  return { minted, count, expired, isSound };
}

/** The beginning of a line, or all that a power cut has left of it. One that is whole is somebody's list of users. */
function isTorn(text: string): boolean {
  const isBegun = text.startsWith(beginning) || beginning.startsWith(text.replaceAll('\0', ''));
  return isBegun && parseJson(text) === undefined;
}

const beginning = '{"user":';

/** What `--json` writes behind all others, where something ended the run. */
function isEnd(text: string): boolean {
  return typeof fieldOf(fieldOf(parseJson(text), 'error'), 'code') === 'string';
}

/**
 * The lines to keep: each user who has a token, once, and who got none but is of another shard. The others are minted for now.
 */
export async function* keptOf(
  batches: AsyncIterable<Line[]>,
  minted: HashSet,
  shard: Shard | undefined,
  now = Date.now() / 1000,
): AsyncGenerator<string> {
  const seen = new HashSet();
  for await (const lines of batches)
    for (const { text } of lines) {
      const written = writtenIn(text, now);
      if (!written) continue;
      const hash = hashOf(written.user);
      const isElsewhere = shard !== undefined && shardOf(hash, shard.count) !== shard.index - 1;
      const isKept = written.isMinted || (isElsewhere && !minted.has(hash));
      if (isKept && seen.add(hash)) yield `${text}\n`;
    }
}

interface Written {
  user: string;
  isMinted: boolean;
  isExpired: boolean;
}

/** A token that has expired is as good as none. */
function writtenIn(text: string, now: number): Written | undefined {
  const value = parseJson(text);
  const user = fieldOf(value, 'user');
  if (typeof user !== 'string') return undefined;
  const hasToken = typeof fieldOf(value, 'token') === 'string';
  if (!hasToken && fieldOf(value, 'error') === undefined) return undefined;
  const isExpired = hasToken && Date.parse(String(fieldOf(value, 'expiresAt'))) <= now * 1000;
  return { user, isMinted: hasToken && !isExpired, isExpired };
}
