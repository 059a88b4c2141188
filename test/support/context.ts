import { resolve } from 'node:path';
import { run } from '../../src/cli.js';
import type { Context, Sink, Stream } from '../../src/context.js';
import type { HttpRequest, HttpResponse, WideNetwork, Transport } from '../../src/courier/transport.js';
import type { Keychain } from '../../src/environments/keychain.js';
import type { EnvironmentRecord } from '../../src/environments/record.js';
import type { EnvironmentStore } from '../../src/environments/store.js';
import { Failure } from '../../src/errors.js';

/** 2026-01-01T00:00:00Z, in seconds: when every in-memory test takes place. */
export const now = 1_767_225_600;

export interface Outside {
  variables?: Record<string, string>;
  /** What stands on stdin; undefined for a terminal. */
  stdin?: string;
  terminal?: boolean;
  /** Nobody stops it; else it is stopped at once. */
  runsOn?: boolean;
  files?: Record<string, string>;
  records?: Record<string, EnvironmentRecord>;
  default?: string;
  transport?: Transport;
  openSocket?: (url: string) => Promise<{ status: number }>;
  keychain?: Keychain;
  /** Answers to prompts, in order. */
  answers?: (string | boolean)[];
  /** Given the store before the command runs. */
  onStore?: (store: EnvironmentStore) => void;
}

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
  store: EnvironmentStore;
  /** The questions that were asked. */
  asked: string[];
  requests: HttpRequest[];
  /** The files that were written. */
  written: Record<string, string>;
  /** The commands that were run. */
  ran: { command: string[]; variables: Record<string, string>; hasStdin: boolean }[];
}

/** Runs a command line in a Context made of memory. */
export async function runInMemory(argv: string[], outside: Outside = {}): Promise<Outcome> {
  const output = { stdout: '', stderr: '' };
  const asked: string[] = [];
  const requests: HttpRequest[] = [];
  const written: Record<string, string> = {};
  const ran: Outcome['ran'] = [];
  const store = memoryStore(outside);
  outside.onStore?.(store);
  const answers = [...(outside.answers ?? [])];
  const answer = (question: string) => {
    asked.push(question);
    if (answers.length === 0) throw new Error(`not expected to ask: ${question}`);
    return answers.shift();
  };
  const isTerminal = outside.terminal ?? false;
  const network: WideNetwork = {
    async openSocket({ url }) {
      return outside.openSocket?.(url) ?? Promise.reject(new Error(`not expected to open: ${url}`));
    },
    sendMany: async (request) => network.send(request),
    async send(request): Promise<HttpResponse> {
      requests.push(request);
      if (!outside.transport) throw new Error(`not expected to send: ${request.url}`);
      return outside.transport.send(request);
    },
  };
  const sink = (write: (text: string) => void): Sink => ({
    isOpen: true,
    write(text) {
      write(text);
      return undefined;
    },
    async end() {},
  });
  const stream = (name: 'stdout' | 'stderr'): Stream => {
    const write = (text: string) => void (output[name] += text);
    return { isTerminal, isFile: false, write, sink: async () => sink(write) };
  };
  const textOf = (path: string) => {
    const text = outside.files?.[path];
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return text;
  };
  const context: Context = {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    stdin: {
      isTerminal: outside.stdin === undefined && isTerminal,
      read: async (limit) => ((outside.stdin ?? '').length > limit ? undefined : (outside.stdin ?? '')),
      async *chunks() {
        yield Buffer.from(outside.stdin ?? '');
      },
      isFrom: () => false,
    },
    variables: outside.variables ?? {},
    now: () => now,
    store,
    keychain: outside.keychain ?? noKeychain,
    network: async () => network,
    prompts: {
      confirm: async (question) => answer(question) as boolean,
      secret: async (question) => answer(question) as string,
    },
    files: {
      read: async (path) => textOf(path),
      async *chunks(path) {
        yield Buffer.from(textOf(path));
      },
      size: (path) => outside.files?.[path]?.length,
      sink: async (path) => sink((text) => (written[path] = (written[path] ?? '') + text)),
      async remove(path) {
        delete written[path];
      },
      async replace(path, by) {
        written[path] = written[by] ?? '';
        delete written[by];
      },
      isFile: (path) => outside.files?.[path] !== undefined,
      target: (path) => path,
      isSame: (path, other) => resolve(path) === resolve(other),
      async write(path, text) {
        written[path] = text;
      },
      async append(path, text) {
        written[path] = (written[path] ?? '') + text;
      },
    },
    async run(command, variables, { hasStdin }) {
      ran.push({ command, variables, hasStdin });
      return 0;
    },
    interruption: new AbortController().signal,
    stopped: async () => (outside.runsOn ? new Promise<void>(() => {}) : undefined),
    sleep: async () => {},
    sweeper: async () => () => {},
    random: () => 0,
    newId: () => '11111111-2222-4333-8444-555555555555',
  };
  const code = await run(argv, context);
  return { code, ...output, store, asked, requests, written, ran };
}

export const noKeychain: Keychain = {
  get: async (_, name) => Promise.reject(new Failure('keychain.unavailable', { name })),
  set: async (_account, _key, name) => Promise.reject(new Failure('keychain.unavailable', { name })),
  remove: async (_, name) => Promise.reject(new Failure('keychain.unavailable', { name })),
};

export function memoryKeychain(entries: Record<string, string> = {}): Keychain & { entries: Record<string, string> } {
  return {
    entries,
    async get(account, name) {
      const key = entries[account];
      if (key === undefined) throw new Failure('keychain.missing', { name });
      return key;
    },
    async set(account, key) {
      entries[account] = key;
    },
    async remove(account) {
      delete entries[account];
    },
  };
}

function memoryStore({ records = {}, default: first }: Outside): EnvironmentStore {
  const kept = { ...records };
  let current = first;
  return {
    directory: '/memory',
    names: () => Object.keys(kept).toSorted(),
    read: (name) => kept[name],
    async write(name, record) {
      kept[name] = record;
    },
    remove(name) {
      delete kept[name];
    },
    readDefault: () => current,
    async writeDefault(name) {
      current = name;
    },
    isExposed: () => false,
  };
}
