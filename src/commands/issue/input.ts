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
}

/**
 * Opens what `--users` names, and reads as far as the first user: what cannot be read is told before a key is asked for.
 * Reading ends where `signal` says so.
 * @throws {Failure} `usage.file`, `usage.no-users` and what its first line is wrong by
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
  let bytes = 0;
  let line = 0;
  /** The lines that were read last, and where they stand. */
  let batch = { from: 0, to: 0, first: 1, last: 1 };
  async function* counted(chunks: Chunks): Chunks {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  async function* placed(batches: AsyncIterable<Line[]>): AsyncGenerator<Line[]> {
    for await (const lines of batches) {
      batch = { from: batch.to, to: bytes, first: lines[0]!.number, last: lines.at(-1)!.number };
      yield lines;
    }
  }
  // Many users stand in one chunk: where among them it is counts, too.
  const readBytes = () => {
    const part = (line - batch.first + 1) / (batch.last - batch.first + 1);
    return batch.from + (batch.to - batch.from) * part;
  };
  async function* told(): AsyncGenerator<ReadRecord> {
    try {
      const chunks = counted(users === '-' ? stdin.chunks(signal) : files.chunks(users, signal));
      for await (const record of usersOf(placed(linesOf(chunks, longestLine)), format)) {
        line = record.line ?? line;
        yield record;
      }
    } catch (error) {
      if (error instanceof Failure) throw error;
      const errno = errnoOf(error);
      const problem = errno === 'ENOENT' ? 'there is no such file (for one user: --user)' : errno;
      const reason = line === 0 ? problem : `${problem}, after line ${line}`;
      throw new Failure('usage.file', { option: '--users', path: users === '-' ? '' : users, reason });
    }
  }
  const records = told();
  const first = await records.next();
  if (first.done) throw new Failure('usage.no-users', { path: users });
  async function* all(): AsyncGenerator<ReadRecord> {
    yield first.value as ReadRecord;
    yield* records;
  }
  return { records: all(), readPart: () => (size ? readBytes() / size : undefined) };
}
