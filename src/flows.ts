import { close, createReadStream, fdatasync, fstatSync, open, statSync, write } from 'node:fs';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import type { Chunks, Sink } from './context.js';
import { Failure, errnoOf } from './errors.js';
import { byThread, inThread } from './streams.js';

/** What flows through: input in chunks, and output at the pace of its reader. Neither keeps signals waiting. */

/** Larger chunks outlive a young generation of the heap, and cost more than they spare. */
const chunkBytes = 65_536;

/**
 * A file in chunks; a pipe, too, such as a shell's `<(…)`. Ends where `signal` says so.
 * @throws what node:fs throws, and what is like it for a file that became shorter meanwhile
 */
export async function* fileChunks(path: string, signal: AbortSignal): Chunks {
  const stats = statSync(path);
  // A thread that reads a pipe would keep the process from ending.
  const stream = stats.isFIFO()
    ? new Socket({
        fd: await inThread<number>(signal, (done) => open(path, 'r', done)),
        readable: true,
        writable: false,
      })
    : createReadStream(path, { highWaterMark: chunkBytes });
  let bytes = 0;
  for await (const chunk of streamChunks(stream, signal)) {
    bytes += chunk.length;
    yield chunk;
  }
  // It ends like any other, and perhaps within a line: nobody would miss what is missing.
  if (stats.isFile() && bytes < stats.size && !signal.aborted)
    throw Object.assign(new Error(path), { code: 'it was cut short meanwhile' });
}

/**
 * The same of a descriptor, from where it stands.
 * @throws what node:fs throws
 */
export async function* fdChunks(fd: number, signal: AbortSignal): Chunks {
  yield* streamChunks(createReadStream('', { fd, highWaterMark: chunkBytes }), signal);
}

/** What a stream gives, until it ends or `signal` says so. */
export async function* streamChunks(
  stream: NodeJS.ReadableStream & AsyncIterable<unknown>,
  signal: AbortSignal,
): Chunks {
  const interrupted = () => (stream as Socket).destroy();
  if (signal.aborted) interrupted();
  signal.addEventListener('abort', interrupted, { once: true });
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', interrupted);
    interrupted();
  }
}

/** What a power cut may cost, in milliseconds. */
const syncEveryMs = 1000;

const [writeSome, syncData, closeFile] = [promisify(write), promisify(fdatasync), promisify(close)];

/** Texts to a descriptor, in their order: those of one turn of the event loop go together. A file is synced at intervals. */
export function sinkTo(fd: number, roomLength: number): Sink {
  const before = fstatSync(fd);
  const isFile = before.isFile();
  const encode = encoderOf();
  let texts: string[] = [];
  let length = 0;
  let synced = performance.now();
  let isOpen = true;
  // Of a file of our own: in what a shell opened others may write, too.
  let size = isFile && fd > 2 ? before.size : undefined;
  let failure: Failure | undefined;
  let flushing: Promise<void> | undefined;
  let syncing: Promise<void> | undefined;

  const flush = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (texts.length > 0 && isOpen) {
        const together = encode(texts.join(''));
        texts = [];
        length = 0;
        isOpen = await writeAllTo(fd, together);
        if (size !== undefined) size += together.length;
        if (isFile && performance.now() - synced > syncEveryMs) syncNow();
      }
    } catch (error) {
      failure = asFailure(error);
    }
    // In the same turn: what is written after the last look would be nobody's.
    flushing = undefined;
  };
  // Two runs that go on with one file would mint for the same users, and one that writes it anew would leave the other's behind.
  const judgeAlone = () => {
    if (size === undefined) return;
    const now = fstatSync(fd);
    if (now.size !== size || now.nlink < Math.min(before.nlink, 1)) throw new Failure('output.shared', {});
  };
  // What is written meanwhile does not wait for it.
  const syncNow = () => {
    synced = performance.now();
    judgeAlone();
    syncing ??= syncData(fd)
      .catch((error: unknown) => {
        failure = asFailure(error);
      })
      .finally(() => {
        syncing = undefined;
      });
  };
  return {
    get isOpen() {
      return isOpen;
    },
    write(text) {
      if (failure) throw failure;
      // Nobody would read it.
      if (!isOpen) return undefined;
      texts.push(text);
      length += text.length;
      flushing ??= flush();
      return length > roomLength ? flushing : undefined;
    },
    async end() {
      await flushing;
      await syncing;
      if (failure) throw failure;
      try {
        judgeAlone();
        if (isFile) await syncData(fd);
        // The streams of the process stay.
        if (fd > 2) await closeFile(fd);
      } catch (error) {
        throw asFailure(error);
      }
    },
  };
}

/**
 * Encodes one text at a time, into the same memory: new memory for each costs more than encoding. What is ASCII, as nearly all is, is
 * encoded in a quarter of the time that Buffer.from takes.
 */
function encoderOf(): (text: string) => Buffer {
  const encoder = new TextEncoder();
  let bytes = Buffer.alloc(0);
  return (text) => {
    if (bytes.length < text.length) bytes = Buffer.allocUnsafeSlow(text.length);
    const { read, written } = encoder.encodeInto(text, bytes);
    return read === text.length ? bytes.subarray(0, written) : Buffer.from(text);
  };
}

function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('output.failed', { reason: errnoOf(error) });
}

/** False when the reader went away. */
async function writeAllTo(fd: number, bytes: Buffer): Promise<boolean> {
  for (let done = 0; done < bytes.length;) {
    try {
      const { bytesWritten } = await byThread(writeSome(fd, bytes, done, bytes.length - done, null));
      done += bytesWritten;
    } catch (error) {
      const reason = errnoOf(error);
      if (reason === 'EPIPE') return false;
      if (reason !== 'EAGAIN') throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  return true;
}
