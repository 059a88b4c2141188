import type { Command } from 'commander';
import type { Context } from '../context.js';
import type { Region } from '../courier/regions.js';
import type { Console } from '../output/console.js';
import type { Secrets } from '../output/secrets.js';

/** The flags that every command takes. */
export interface GlobalFlags {
  env?: string;
  region?: Region;
  json?: boolean;
  color?: boolean;
  /** False with `--no-input`. */
  input: boolean;
  quiet?: boolean;
  debug?: boolean;
  /** Seconds per attempt. */
  timeout: number;
  envFile?: string;
  yes?: boolean;
}

/** What a runner has besides its own options. */
export interface Tools {
  context: Context;
  console: Console;
  secrets: Secrets;
  flags: GlobalFlags;
  /** The words of the command line that are ours, to repeat them. */
  argv: string[];
}

/** A command's work; resolves with the exit code. `operands` are the words that are no options. */
export type Runner<Options> = (options: Options, tools: Tools, operands: (string | undefined)[]) => Promise<number>;

/** Turns a runner into what commander calls. */
export type Act = <Options>(runner: Runner<Options>) => (...args: unknown[]) => Promise<void>;

export interface CommandModule {
  /** Adds options, examples and the action to a command that `table.ts` names. */
  define(command: Command, act: Act): void;
}

/** Nothing is ever asked where nobody would see the question, under CI, or with `--no-input`. */
export function canPrompt({ context, flags }: Tools): boolean {
  return flags.input && !isAutomated(context.variables) && context.stdin.isTerminal && context.stderr.isTerminal;
}

/** Whether nobody watches, as far as `CI` says. */
export function isAutomated({ CI: ci }: Context['variables']): boolean {
  return Boolean(ci) && ci !== 'false' && ci !== '0';
}

/** What was done all the same, where the last step fails. */
export async function orSay(done: string, last: Promise<void>, { console }: Tools): Promise<void> {
  try {
    await last;
  } catch (error) {
    console.note(done);
    throw error;
  }
}
