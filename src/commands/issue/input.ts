import { type Line, linesOf } from '../../bulk/lines.js';
import { type ReadRecord, type UsersFormat, longestLine, usersOf } from '../../bulk/users.js';
import type { Chunks } from '../../context.js';
import { Failure, errnoOf } from '../../errors.js';
import type { Tools } from '../tools.js';
import type { UsersOptions } from './options.js';

/** The users, as they are read. */
export interface UsersInput {
  records: AsyncGenerator<ReadRecord>;
  /** How much of it has been read, from 0 to 1; undefined for what has no length. */
  readPart(): number | undefined;
  /** How many have been read. */
  count(): number;
}

/**
 * Opens what `--users` names, and reads as far as the first user: what cannot be read is told before a key is asked for.
 * Reading ends where `signal` says so.
 * @throws {Failure} `usage.file`, `usage.no-users`, `interrupted.signal` and what its first line is wrong by
 */
export async function openUsers(
  { users = '', usersColumn: column }: UsersOptions,
  signal: AbortSignal,
  { context, console }: Tools,
): Promise<UsersInput> {
  const { stdin, files } = context;
  if (users === '-' && stdin.isTerminal) console.note('a user id a line, then Ctrl-D:');
  const isCsv = column !== undefined || /\.csv$/i.test(users);
  const format: UsersFormat = isCsv ? { kind: 'csv', column } : { kind: 'lines' };
  const size = users === '-' ? undefined : files.size(users);
  const places = new Places();
  let line = 0;
  let count = 0;
  async function* told(): AsyncGenerator<ReadRecord> {
    try {
      const chunks = places.chunks(users === '-' ? stdin.chunks(signal) : files.chunks(users, signal));
      for await (const record of usersOf(places.lines(linesOf(chunks, longestLine)), format)) {
        line = record.line ?? line;
        count += 1;
        yield record;
      }
    } catch (error) {
      throw error instanceof Failure ? error : unreadable(users, line, error);
    }
  }
  const records = told();
  const first = await records.next();
  if (signal.aborted) throw new Failure('interrupted.signal', {});
  if (first.done) throw new Failure('usage.no-users', { path: users });
  return {
    records: after(first.value, records),
    count: () => count,
    readPart: () => (size === undefined ? undefined : places.bytesBehind(line) / size),
  };
}

const problems: Record<string, string> = {
  ENOENT: 'there is no such file (for one user: --user)',
  EISDIR: 'it is a folder',
};

function unreadable(users: string, line: number, error: unknown): Failure {
  const errno = errnoOf(error);
  const problem = problems[errno] ?? errno;
  const reason = line === 0 ? problem : `${problem}, after line ${line}`;
  return new Failure('usage.file', { option: '--users', path: users === '-' ? '' : users, reason });
}

async function* after<T>(first: T, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

/** By its first line: further down it is an error of that line. */
function isBinary(chunk: Buffer): boolean {
  const end = chunk.indexOf('\n');
  const line = chunk.subarray(0, end === -1 ? chunk.length : end);
  const isUtf16 = line[0] === 0xff && line[1] === 0xfe;
  const isGzip = line[0] === 0x1f && line[1] === 0x8b;
  return isGzip || (line.includes(0) && !isUtf16);
}

/** Where lines stand among the bytes of a stream: many of them are in one chunk. */
class Places {
  #bytes = 0;
  #batch = { from: 0, to: 0, first: 1, last: 1 };

  async *chunks(chunks: Chunks): Chunks {
    for await (const chunk of chunks) {
      if (this.#bytes === 0 && isBinary(chunk))
        throw Object.assign(new Error(), { code: 'it is no text: save a spreadsheet as CSV, unpack an archive' });
      this.#bytes += chunk.length;
      yield chunk;
    }
  }

  async *lines(batches: AsyncIterable<Line[]>): AsyncGenerator<Line[]> {
    for await (const lines of batches) {
      this.#batch = { from: this.#batch.to, to: this.#bytes, first: lines[0]!.number, last: lines.at(-1)!.number };
      yield lines;
    }
  }

  /** About so many bytes are read with a line of those that came last. */
  bytesBehind(line: number): number {
    const { from, to, first, last } = this.#batch;
    return from + ((to - from) * (line - first + 1)) / (last - first + 1);
  }
}
