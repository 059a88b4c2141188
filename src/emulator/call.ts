import type { Caller, EnvironmentName } from './caller.js';
import type { Audience, Envelope } from './realtime.js';
import type { World } from './world.js';

/** What the emulator does where production has been seen to do both. */
export interface Settings {
  /** A token without `inbox:read:messages` is refused with 401, or answered 200 with an empty inbox. */
  missingScope: 'refuse' | 'empty';
}

/** A request whose caller is known, and what answering it may touch. */
export interface Call {
  caller: Caller;
  /** That of the caller's environment. */
  world: World;
  worlds: Record<EnvironmentName, World>;
  /** Where a link is looked for: the caller's environment, or each where nobody says whose it is. */
  reach: readonly EnvironmentName[];
  settings: Settings;
  /** Lower-case names. */
  headers: Record<string, string | undefined>;
  /** Seconds since the epoch. */
  now: number;
  newId(): string;
  newMessageId(): string;
  /** To those of the caller's environment unless the audience says which. */
  publish(envelope: Envelope, audience: Omit<Audience, 'environment'> & Partial<Audience>): void;
  /** For the log: what was done. */
  note(operation: string): void;
  /** For the log: why less was done than was asked. The first reason counts. */
  because(reason: string): void;
}
