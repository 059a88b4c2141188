import type { WideNetwork } from './courier/transport.js';
import type { Keychain } from './environments/keychain.js';
import type { EnvironmentStore } from './environments/store.js';

/** All that a command may touch of the outside. `system.ts` makes the real one; tests make one of memory. */
export interface Context {
  stdout: Stream;
  stderr: Stream;
  stdin: Input;
  /** Environment variables. */
  variables: Record<string, string | undefined>;
  /** Seconds since the epoch, with fractions. */
  now(): number;
  store: EnvironmentStore;
  keychain: Keychain;
  /** Courier over the network. */
  network(): Promise<WideNetwork>;
  prompts: Prompts;
  files: Files;
  /**
   * Runs a command with this process's streams (its stdin, where it `hasStdin`) and these variables, without a shell; resolves with its exit code. What a
   * signal ends, this process ends by, too.
   * @throws {Failure} of the `exec` family
   */
  run(command: string[], variables: Record<string, string>, streams: { hasStdin: boolean }): Promise<number>;
  /** Aborted by Ctrl-C. */
  interruption: AbortSignal;
  /** Resolves when it is time to stop: by Ctrl-C, or SIGTERM. */
  stopped(): Promise<void>;
  /** Rejects with `interrupted.signal` when interrupted. */
  sleep(ms: number): Promise<void>;
  /** What frees memory that was used for a short while: who uses much so takes less by it, and no more time. */
  sweeper(): Promise<() => void>;
  /** From 0 to 1. */
  random(): number;
  /** A UUID. */
  newId(): string;
}

export interface Stream {
  isTerminal: boolean;
  /** Whether it goes to a file, of the plain kind. */
  isFile: boolean;
  /** @throws {Failure} `output.failed`; a reader that went away is no failure */
  write(text: string): void;
  /** For what is written for long: unlike `write` it keeps no signal waiting. So many characters may wait for the reader. */
  sink(room: number): Promise<Sink>;
}

/** Where many texts go, one after another. */
export interface Sink {
  /** False once the reader went away. */
  readonly isOpen: boolean;
  /**
   * Resolves when there is room for more; undefined where there is.
   * @throws {Failure} `output.failed`, of what was written before
   */
  write(text: string): Promise<void> | undefined;
  /**
   * Resolves when all of it is written, and kept on its disk.
   * @throws {Failure} `output.failed`
   */
  end(): Promise<void>;
}

/** Bytes as they come. Ends early where a signal that it was made with is aborted. */
export type Chunks = AsyncGenerator<Buffer>;

export interface Input {
  isTerminal: boolean;
  /** All of it, or undefined when it is longer than `limitBytes`. */
  read(limitBytes: number): Promise<string | undefined>;
  /** Throws what node:fs throws. */
  chunks(signal: AbortSignal): Chunks;
  /** Whether it comes from this file. */
  isFrom(path: string): boolean;
}

export interface Files {
  /** Undefined when the file is longer than `limitBytes`. Rejects with what node:fs throws, or `interrupted.signal`. */
  read(path: string, limitBytes: number): Promise<string | undefined>;
  /** Throws what node:fs throws. */
  chunks(path: string, signal: AbortSignal): Chunks;
  /** In bytes; undefined for what is no file, of the plain kind. */
  size(path: string): number | undefined;
  /**
   * A file that only its owner reads: `new`, in the place of what is there (`anew`), or behind it (`append`). Rejects with
   * what node:fs throws.
   */
  sink(path: string, how: 'new' | 'anew' | 'append', room: number): Promise<Sink>;
  /** Of a link, what it leads to; the same for what is not there. */
  target(path: string): string;
  /** Puts a file in the place of another, at once. Rejects with what node:fs throws. */
  replace(path: string, by: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Whether there is a file, of the plain kind. */
  isFile(path: string): boolean;
  /** Whether both names lead to one file. */
  isSame(path: string, other: string): boolean;
  /** Makes the file, or, unless it must be new, replaces what is in it. Rejects with what node:fs throws. */
  write(path: string, text: string, how?: { isNew?: boolean }): Promise<void>;
  append(path: string, text: string): Promise<void>;
}

/** Asked on stderr. Reject with `interrupted.signal` on Ctrl-C. */
export interface Prompts {
  confirm(question: string): Promise<boolean>;
  /** Typed without echo. */
  secret(question: string): Promise<string>;
}
