import { closeSync, fstatSync, openSync, read, readSync, statSync, writeSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Context, Input, Stream } from './context.js';
import type { Transport } from './courier/transport.js';
import { fileStore } from './environments/files.js';
import { keychainProcess } from './environments/keychain-process.js';
import { keychain } from './environments/keychain.js';
import { Failure, errnoOf } from './errors.js';

/** The real outside. With bin, the only file that touches `process`. `keychainScript` is `bin/keychain.cjs`. */
export function system(keychainScript: string): Context {
  const interruption = interruptionOf();
  const stdin = input(0, interruption);
  const stderr = stream(2, { optional: true });
  let transport: Promise<Transport> | undefined;
  const prompting = async () => ({
    ...(await import('./output/prompts.js')),
    streams: { input: process.stdin, output: process.stderr, signal: interruption },
  });
  return {
    stdout: stream(1),
    stderr,
    stdin,
    variables: process.env,
    now: () => Date.now() / 1000,
    store: fileStore(configDirectory(process.env)),
    keychain: keychain(keychainProcess(process.execPath, keychainScript, process.env, interruption), {
      onTerminal: () => stdin.isTerminal && stderr.isTerminal,
    }),
    async network() {
      // One for all, so that connections are kept.
      transport ??= import('./courier/https.js').then(({ networkTransport }) => networkTransport(process.env));
      return transport;
    },
    prompts: {
      async confirm(question) {
        const { askConfirm, streams } = await prompting();
        return askConfirm(question, streams);
      },
      async secret(question) {
        const { askSecret, streams } = await prompting();
        return askSecret(question, streams);
      },
    },
    files: { read: (path, limitBytes) => readFile(path, limitBytes) },
    interruption,
    sleep: (ms) => sleep(ms, interruption),
    random: Math.random,
    newId,
  };
}

/** `$COURIER_JWT_CONFIG_DIR`, else `$XDG_CONFIG_HOME/courier-jwt`, else `~/.config/courier-jwt`; `%APPDATA%` on Windows. */
function configDirectory(variables: Record<string, string | undefined>): string {
  if (variables.COURIER_JWT_CONFIG_DIR) return variables.COURIER_JWT_CONFIG_DIR;
  if (variables.XDG_CONFIG_HOME) return join(variables.XDG_CONFIG_HOME, 'courier-jwt');
  if (process.platform === 'win32' && variables.APPDATA) return join(variables.APPDATA, 'courier-jwt');
  // An empty HOME would make it the current folder, which may be anybody's.
  return join(homedir() || userInfo().homedir, '.config', 'courier-jwt');
}

/** Whether a thread of Node's waits for stdin: it cannot be called off, and `process.exit` would wait for it. */
let waitingForStdin = false;

/** Ends the process. Where it cannot exit, it dies of the interrupt itself, which a shell reports as 130 too. */
export function exit(code: number): void {
  if (code !== 130 || !waitingForStdin) process.exit(code);
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
}

/** Aborts on the first Ctrl-C; the second ends the process. */
function interruptionOf(): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) exit(130);
    controller.abort();
  });
  return controller.signal;
}

/** A version 4 UUID. It tells things apart and keeps nothing secret: node:crypto would cost 7 ms to load. */
function newId(): string {
  const pattern = 'xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx';
  return pattern.replace(/[xv]/g, (kind) =>
    (Math.floor(Math.random() * (kind === 'v' ? 4 : 16)) + (kind === 'v' ? 8 : 0)).toString(16),
  );
}

/** `optional`: what cannot be written is left unsaid, for the work and its artifact do not depend on it. */
function stream(fd: number, { optional = false } = {}): Stream {
  let open = true;
  return {
    get isTerminal() {
      return isTerminal(fd);
    },
    write(text) {
      try {
        open &&= writeAll(fd, Buffer.from(text));
      } catch (error) {
        if (!optional) throw error;
      }
    },
  };
}

/** Files, pipes and /dev/null are told apart without Node's streams, which cost 4 ms to load. */
function isTerminal(fd: number): boolean {
  try {
    const { rdev } = fstatSync(fd);
    return rdev !== 0 && rdev !== statSync('/dev/null').rdev && standardStream(fd).isTTY === true;
  } catch {
    return false;
  }
}

function standardStream(fd: number): { isTTY?: boolean } {
  if (fd === 0) return process.stdin;
  return fd === 1 ? process.stdout : process.stderr;
}

/** Writes it all, waiting for a slow reader; false when the reader went away. Cheaper than `process.stdout` for a line. */
function writeAll(fd: number, bytes: Buffer): boolean {
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

function input(fd: number, interruption: AbortSignal): Input {
  return {
    get isTerminal() {
      return isTerminal(fd);
    },
    async read(limitBytes) {
      return new Promise((resolve, reject) => {
        const interrupted = () => reject(new Failure('interrupted.signal', {}));
        interruption.addEventListener('abort', interrupted, { once: true });
        readAll(fd, limitBytes, interruption).then(resolve, reject);
      });
    },
  };
}

const chunkBytes = 65_536;

/** Undefined when there is more than `limitBytes`. */
async function readAll(fd: number, limitBytes: number, interruption: AbortSignal): Promise<string | undefined> {
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
    waitingForStdin = true;
    return await new Promise((resolve, reject) => {
      read(fd, Buffer.alloc(chunkBytes), 0, chunkBytes, null, (error, count, buffer) =>
        error ? reject(error) : resolve(buffer.subarray(0, count)),
      );
    });
  } catch (error) {
    const reason = errnoOf(error);
    if (reason === 'EOF') return Buffer.alloc(0);
    if (reason !== 'EAGAIN') throw new Failure('usage.file', { option: 'stdin', path: '', reason });
    await sleep(10, interruption);
    return await readChunk(fd, interruption);
  } finally {
    waitingForStdin = false;
  }
}

function readFile(path: string, limitBytes: number): string | undefined {
  const fd = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let total = 0; ;) {
      const buffer = Buffer.alloc(chunkBytes);
      const count = readSync(fd, buffer);
      if (count === 0) return textOf(Buffer.concat(chunks));
      total += count;
      if (total > limitBytes) return undefined;
      chunks.push(buffer.subarray(0, count));
    }
  } finally {
    closeSync(fd);
  }
}

/** UTF-8, or the UTF-16 that Windows PowerShell redirects. */
function textOf(bytes: Buffer): string {
  return bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString('utf16le').slice(1) : bytes.toString('utf8');
}

async function sleep(ms: number, interruption: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const interrupted = () => {
      clearTimeout(timer);
      reject(new Failure('interrupted.signal', {}));
    };
    const timer = setTimeout(() => {
      interruption.removeEventListener('abort', interrupted);
      resolve();
    }, ms);
    if (interruption.aborted) interrupted();
    interruption.addEventListener('abort', interrupted, { once: true });
  });
}
