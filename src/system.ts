import { setMaxListeners } from 'node:events';
import {
  type Stats,
  appendFileSync,
  fstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Context, Input, Stream } from './context.js';
import { refuseNodeDebug } from './courier/node-debug.js';
import type { WideNetwork } from './courier/transport.js';
import { fileStore } from './environments/files.js';
import { keychainProcess } from './environments/keychain-process.js';
import { keychain } from './environments/keychain.js';
import { Failure } from './errors.js';
import { isInThread, readAll, readFile, sleep, writeAll } from './streams.js';

/** The real outside. With bin, the only file that touches `process`. `keychainScript` is `bin/keychain.cjs`. */
export function system(keychainScript: string): Context {
  const interruption = interruptions();
  const stdin = input(0, interruption);
  const stderr = stream(2, { optional: true });
  let network: Promise<WideNetwork> | undefined;
  const prompting = async () => {
    refuseNodeDebug(process.env, 'streams');
    return {
      ...(await import('./output/prompts.js')),
      streams: { input: process.stdin, output: process.stderr, signal: interruption() },
    };
  };
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
      network ??= import('./courier/https.js').then(({ networkTransport }) => networkTransport(process.env));
      return network;
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
    files: {
      read: (path, limitBytes) => readFile(path, limitBytes, interruption),
      isFile: (path) => statsOf(path)?.isFile() === true,
      isSame: (path, other) => isSame(statsOf(path), statsOf(other)),
      write: async (path, text, { isNew = false } = {}) =>
        writeFileSync(asFile(path), text, { flag: isNew ? 'wx' : 'w' }),
      append: async (path, text) => appendFileSync(asFile(path), text),
      async *chunks(path, signal) {
        const { fileChunks } = await import('./flows.js');
        yield* fileChunks(path, signal);
      },
      size(path) {
        const stats = statsOf(path);
        return stats?.isFile() ? stats.size : undefined;
      },
      async sink(path, how, room) {
        const { sinkTo } = await import('./flows.js');
        // Its old rights would be kept otherwise, and its old owner.
        if (how === 'anew') rmSync(asFile(path), { force: true });
        // Always behind what is there: another run that takes it for its own is noticed, and nothing of it overwritten.
        return sinkTo(openSync(asFile(path), how === 'append' ? 'a' : 'ax', 0o600), room);
      },
      remove: async (path) => rmSync(path, { force: true }),
      target: (path) => (statsOf(path) ? realpathSync(path) : path),
      replace: async (path, by) => renameSync(by, path),
    },
    async run(command, variables, { hasStdin }) {
      const { runChild } = await import('./child.js');
      // A signal that came meanwhile is told in the next turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (interruption().aborted) throw new Failure('interrupted.signal', {});
      // From here on Ctrl-C is the command's.
      process.removeAllListeners('SIGINT');
      const onTerminal = () => [0, 1, 2].some(isTerminal);
      const { code, signal } = await runChild(command, variables, { us: process, onTerminal, hasStdin });
      return signal === null ? code : dieOf(signal, code);
    },
    get interruption() {
      return interruption();
    },
    stopped: async () => stopped(interruption()),
    sleep: async (ms) => sleep(ms, interruption()),
    sweeper,
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
  // As node:os has it, which costs half a millisecond to load.
  return join(variables.HOME || home(), '.config', 'courier-jwt');
}

/** A user that the system does not know, as in containers, has what Debian gives those without: nothing is ever there. */
function home(): string {
  try {
    return homedir() || userInfo().homedir;
  } catch {
    return '/nonexistent';
  }
}

/** What is written to a pipe that nobody reads would wait for ever. */
function asFile(path: string): string {
  const stats = statsOf(path);
  if (!stats || stats.isFile() || stats.isDirectory()) return path;
  throw Object.assign(new Error(path), { code: 'it is no file' });
}

/** Undefined for what is not there, or cannot be looked at: why, is heard by whoever opens it. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function isSame(one: Stats | undefined, other: Stats | undefined): boolean {
  return one !== undefined && one.dev === other?.dev && one.ino === other.ino;
}

/** Ends the process. Where it cannot exit, it dies of the interrupt itself, which a shell reports as 130 too. */
export function exit(code: number): void {
  if (code !== 130 || !isInThread()) process.exit(code);
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
}

/** What signals end a process without a core: whoever waits for it then sees that it was a signal. */
const plainEnds = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL', 'SIGPIPE', 'SIGALRM', 'SIGUSR1', 'SIGUSR2'];

/** Ends this process by a signal; where that does not, the exit code is what a shell would say. */
async function dieOf(signal: NodeJS.Signals, code: number): Promise<number> {
  if (!plainEnds.includes(signal)) return code;
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  return new Promise((resolve) => setTimeout(() => resolve(code), 100));
}

/** Aborts on the first Ctrl-C; the second ends the process. An AbortController costs half a millisecond: made when it is asked for. */
function interruptions(): () => AbortSignal {
  let interrupted = false;
  let controller: AbortController | undefined;
  process.on('SIGINT', () => {
    if (interrupted) exit(130);
    interrupted = true;
    controller?.abort();
  });
  return () => {
    controller ??= listened(new AbortController());
    if (interrupted) controller.abort();
    return controller.signal;
  };
}

/** Each request that is under way listens: many are no leak. */
function listened(controller: AbortController): AbortController {
  setMaxListeners(0, controller.signal);
  return controller;
}

/**
 * By itself V8 lets what is new grow to 48 MB before it looks at it, and what is old to as much again, though nearly nothing
 * of that is in use any more.
 */
async function sweeper(): Promise<() => void> {
  const [v8, vm] = await Promise.all([import('node:v8'), import('node:vm')]);
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as (how?: { type: 'minor' }) => void;
  let times = 0;
  return () => {
    times += 1;
    // Node 20 takes any `type` for the minor one.
    if (times % 128 === 0) collect();
    else collect({ type: 'minor' });
  };
}

/** Only what waits for it handles SIGTERM: anything else ends by it at once. */
async function stopped(interruption: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (interruption.aborted) resolve();
    interruption.addEventListener('abort', () => resolve(), { once: true });
    process.once('SIGTERM', resolve);
  });
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
    get isFile() {
      return fstatSync(fd).isFile();
    },
    write(text) {
      try {
        open &&= writeAll(fd, Buffer.from(text));
      } catch (error) {
        if (!optional) throw error;
      }
    },
    async sink(room) {
      const { sinkTo } = await import('./flows.js');
      return sinkTo(fd, room);
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

function input(fd: number, interruption: () => AbortSignal): Input {
  return {
    get isTerminal() {
      return isTerminal(fd);
    },
    read: async (limitBytes) => readAll(fd, limitBytes, interruption()),
    isFrom: (path) => isSame(statsOf(path), fstatSync(fd)),
    async *chunks(signal) {
      const { fdChunks, streamChunks } = await import('./flows.js');
      const stats = fstatSync(fd);
      // Of a folder process.stdin has nothing, and says so to nobody.
      const isOnDisk = stats.isFile() || stats.isDirectory();
      yield* isOnDisk ? fdChunks(fd, signal) : streamChunks(process.stdin, signal);
    },
  };
}
