import { closeSync, open, read, readFileSync, statSync, writeSync } from 'node:fs';
import { Failure, errnoOf } from './errors.js';

/** Files, pipes and terminals by their descriptors: cheaper than Node's streams, which cost 4 ms to load. */

/** Writes it all, waiting for a slow reader; false when the reader went away. */
export function writeAll(fd: number, bytes: Buffer): boolean {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      const reason = errnoOf(error);
      if (reason === 'EPIPE') return false;
      if (reason !== 'EAGAIN') throw new Failure('output.failed', { reason });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  return true;
}

const chunkBytes = 65_536;

/**
 * All of it as text, or undefined when there is more than `limitBytes`.
 * @throws {Failure} `interrupted.signal`, or `usage.file`
 */
export async function readAll(fd: number, limitBytes: number, interruption: AbortSignal): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  for (let total = 0; ;) {
    const chunk = await readChunk(fd, interruption);
    if (chunk.length === 0) return textOf(Buffer.concat(chunks));
    total += chunk.length;
    if (total > limitBytes) return undefined;
    chunks.push(chunk);
  }
}

async function readChunk(fd: number, interruption: AbortSignal): Promise<Buffer> {
  try {
    return await inThread(interruption, (done) => {
      const buffer = Buffer.alloc(chunkBytes);
      read(fd, buffer, 0, chunkBytes, null, (error, count) => done(error, buffer.subarray(0, count)));
    });
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = errnoOf(error);
    if (reason === 'EOF') return Buffer.alloc(0);
    if (reason !== 'EAGAIN') throw new Failure('usage.file', { option: 'stdin', path: '', reason });
    await sleep(10, interruption);
    return await readChunk(fd, interruption);
  }
}

/** The same of a file. One that is a pipe or a terminal may keep its reader waiting: in a thread, to be interrupted. */
export async function readFile(
  path: string,
  limitBytes: number,
  interruption: () => AbortSignal,
): Promise<string | undefined> {
  const stats = statSync(path);
  // Those of /proc have no size and no end.
  if (stats.isDirectory() || (stats.isFile() && stats.size > 0))
    return stats.size > limitBytes ? undefined : textOf(readFileSync(path));
  const signal = interruption();
  const fd = await inThread<number>(signal, (done) => open(path, 'r', done));
  try {
    return await readAll(fd, limitBytes, signal);
  } finally {
    closeSync(fd);
  }
}

/** UTF-8, or the UTF-16 that Windows PowerShell redirects. */
function textOf(bytes: Buffer): string {
  return bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString('utf16le').slice(1) : bytes.toString('utf8');
}

let threads = 0;

/** Whether a thread of Node's opens, reads or writes: it cannot be called off, and `process.exit` would wait for it. */
export function isInThread(): boolean {
  return threads > 0;
}

/** Work that a thread of Node's does. */
export async function byThread<T>(work: Promise<T>): Promise<T> {
  threads += 1;
  try {
    return await work;
  } finally {
    threads -= 1;
  }
}

/** The same, to be interrupted: the thread is left to itself then. */
export async function inThread<T>(
  interruption: AbortSignal,
  work: (done: (error: Error | null, value: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const interrupted = () => reject(new Failure('interrupted.signal', {}));
    interruption.addEventListener('abort', interrupted, { once: true });
    threads += 1;
    work((error, value) => {
      threads -= 1;
      interruption.removeEventListener('abort', interrupted);
      if (error) reject(error);
      else resolve(value);
    });
  });
}

/** Rejects with `interrupted.signal` when it is interrupted. Of no time at all it is the next turn, in which signals are heard. */
export async function sleep(ms: number, interruption: AbortSignal): Promise<void> {
  // Node runs timers that are due one after another, and in between nobody hears of a signal.
  if (ms === 0) await new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve, reject) => {
    const interrupted = () => {
      clearTimeout(timer);
      reject(new Failure('interrupted.signal', {}));
    };
    if (ms === 0 && !interruption.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(() => {
      interruption.removeEventListener('abort', interrupted);
      resolve();
    }, ms);
    if (interruption.aborted) interrupted();
    interruption.addEventListener('abort', interrupted, { once: true });
  });
}
