import { fieldOf, parseJson } from '../courier/answers.js';
import { Failure } from '../errors.js';
import type { Shard } from './jobs.js';
import type { Line } from './lines.js';
import { HashSet, hashOf, shardOf } from './seen.js';

/** What an earlier run has written. */
export interface Earlier {
  /** Those who have a token. */
  minted: HashSet;
  count: number;
  /** Whether a new line can follow, and no user would be there twice. */
  isSound: boolean;
}

/**
 * Reads what `issue --users` wrote: tokens, and users who got none. A line may be torn by whatever ended the run that wrote it.
 * @throws {Failure} `usage.resume` for a line that is none of that
 */
export async function readEarlier(batches: AsyncIterable<Line[]>, path: string): Promise<Earlier> {
  const minted = new HashSet();
  let count = 0;
  let isSound = true;
  for await (const lines of batches)
    for (const { number, text } of lines) {
      const written = writtenIn(text);
      if (!written && !isTorn(text) && !isEnd(text)) throw new Failure('usage.resume', { path, line: number });
      if (written?.isMinted && minted.add(hashOf(written.user))) count += 1;
      else isSound = false;
    }
  return { minted, count, isSound };
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
): AsyncGenerator<string> {
  const seen = new HashSet();
  for await (const lines of batches)
    for (const { text } of lines) {
      const written = writtenIn(text);
      if (!written) continue;
      const hash = hashOf(written.user);
      const isElsewhere = shard !== undefined && shardOf(hash, shard.count) !== shard.index - 1;
      const isKept = written.isMinted || (isElsewhere && !minted.has(hash));
      if (isKept && seen.add(hash)) yield `${text}\n`;
    }
}

function writtenIn(text: string): { user: string; isMinted: boolean } | undefined {
  const value = parseJson(text);
  const user = fieldOf(value, 'user');
  if (typeof user !== 'string') return undefined;
  const isMinted = typeof fieldOf(value, 'token') === 'string';
  return isMinted || fieldOf(value, 'error') !== undefined ? { user, isMinted } : undefined;
}
