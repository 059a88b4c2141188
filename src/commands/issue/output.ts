import type { Shard } from '../../bulk/jobs.js';
import { linesOf } from '../../bulk/lines.js';
import { type Earlier, keptOf, readEarlier } from '../../bulk/resume.js';
import { HashSet } from '../../bulk/seen.js';
import type { Sink } from '../../context.js';
import { Failure, errnoOf } from '../../errors.js';
import type { Tools } from '../tools.js';
import type { UsersOptions } from './options.js';

/** In characters: it is what a kill would cost, besides what is under way. */
const room = 32_768;

/** A token is shorter, with whatever a user may be called. In characters. */
const longestWritten = 1024 * 1024;

/**
 * What is wrong with where it is to be written, before anything is asked or minted.
 * @throws {Failure} `usage.file-exists` or `usage.conflict`
 */
export function judgeOutput({ users, out, resume }: UsersOptions, { context, flags }: Tools): void {
  const { stdin, files } = context;
  const isUsers = (path: string) =>
    users === '-' ? stdin.isFrom(path) : users !== undefined && files.isSame(users, path);
  // Those who have no token yet would be lost, and nobody could go on.
  if (resume !== undefined && (isUsers(resume) || isUsers(besideOf(files.target(resume), 'resuming'))))
    throw new Failure('usage.conflict', { options: ['--users', '--resume'], reason: 'they are one file' });
  if (out !== undefined && (isUsers(out) || isUsers(besideOf(files.target(out), 'writing'))))
    throw new Failure('usage.conflict', { options: ['--users', '--out'], reason: 'they are one file' });
  if (out !== undefined && !flags.yes && files.isFile(out))
    throw new Failure('usage.file-exists', { option: '--out', path: out });
}

/** What an earlier run wrote, after which a new line can follow: its users are there once, and its lines whole. */
export async function takeUp(path: string | undefined, shard: Shard | undefined, tools: Tools): Promise<Earlier> {
  const { files } = tools.context;
  // What is no file is judged by whoever opens it for writing: a pipe would never be read to its end.
  if (path === undefined || !files.isFile(path)) return { minted: new HashSet(), count: 0, expired: 0, isSound: true };
  const { signal } = new AbortController();
  const lines = () => linesOf(files.chunks(path, signal), longestWritten);
  try {
    let last: number | undefined;
    async function* watched() {
      for await (const chunk of files.chunks(path!, signal)) {
        last = chunk.at(-1);
        yield chunk;
      }
    }
    const earlier = await readEarlier(linesOf(watched(), longestWritten), path);
    if (earlier.isSound && (last === undefined || last === newline)) return earlier;
    await rewrite(path, keptOf(lines(), earlier.minted, shard), tools);
    return earlier;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('usage.file', { option: '--resume', path, reason: errnoOf(error) });
  }
}

const newline = 10;

function besideOf(path: string, end: 'resuming' | 'writing'): string {
  return `${path}.${end}`;
}

/** Beside it first: whatever happens, one of the two is whole. */
async function rewrite(name: string, texts: AsyncIterable<string>, { context: { files } }: Tools): Promise<void> {
  const path = files.target(name);
  const beside = besideOf(path, 'resuming');
  const sink = await files.sink(beside, 'anew', room);
  try {
    for await (const text of texts) {
      const full = sink.write(text);
      if (full) await full;
    }
    await sink.end();
    await files.replace(path, beside);
  } catch (error) {
    await files.remove(beside);
    throw error;
  }
}

/** Where results go. */
export interface Output {
  sink: Sink;
  /** Before the first result: until then what was there stays. */
  begin(): Promise<void>;
  /** What ended the run came before the first result. */
  giveUp(): Promise<void>;
}

export async function openOutput({ out, resume }: UsersOptions, { context, flags }: Tools): Promise<Output> {
  const { files, stdout } = context;
  const nothing = async () => {};
  if (resume !== undefined)
    return {
      sink: await opened('--resume', resume, files.sink(resume, 'append', room)),
      begin: nothing,
      giveUp: nothing,
    };
  if (out === undefined) return { sink: await stdout.sink(room), begin: nothing, giveUp: nothing };
  if (!flags.yes || !files.isFile(out)) {
    const sink = await opened('--out', out, files.sink(out, 'new', room));
    return { sink, begin: nothing, giveUp: async () => files.remove(out) };
  }
  const path = files.target(out);
  const beside = besideOf(path, 'writing');
  const sink = await opened('--out', out, files.sink(beside, 'anew', room));
  return { sink, begin: async () => files.replace(path, beside), giveUp: async () => files.remove(beside) };
}

async function opened(option: string, path: string, sink: Promise<Sink>): Promise<Sink> {
  try {
    return await sink;
  } catch (error) {
    throw new Failure('usage.unwritable', { option, path, reason: errnoOf(error) });
  }
}
