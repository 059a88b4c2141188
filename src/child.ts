import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { Failure, errnoOf } from './errors.js';

/** What others may send us and mean the command. Those that stop and continue reach both, or neither needs to know. */
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;

/** Those that a terminal sends, to every process of the group in its foreground. */
const ofTerminal = new Set<NodeJS.Signals>(['SIGINT', 'SIGQUIT', 'SIGWINCH']);

/** How a command ended: with a code, or by a signal, with what shells say for that. */
export type Ended = { code: number; signal: NodeJS.Signals | null };

/**
 * Runs a command on our streams, without a shell. While it runs, nothing but its end ends us.
 * @throws {Failure} `exec.not-found` or `exec.not-runnable`
 */
export async function runChild(
  [name = '', ...words]: string[],
  variables: Record<string, string>,
  { us, onTerminal, hasStdin }: { us: NodeJS.Process; onTerminal: () => boolean; hasStdin: boolean },
): Promise<Ended> {
  let child: ReturnType<typeof spawn> | undefined;
  const passOn = (signal: NodeJS.Signals) => {
    if (!ofTerminal.has(signal) || !isInForeground(onTerminal)) child?.kill(signal);
  };
  // Before it starts: a signal in between would end us.
  for (const signal of passedOn) us.on(signal, passOn);
  try {
    // Node has no word for a command without a name.
    if (name === '') throw new Failure('exec.not-found', { command: name });
    return await new Promise<Ended>((resolve, reject) => {
      child = spawn(name, words, {
        env: variables,
        stdio: [hasStdin ? 'inherit' : 'ignore', 'inherit', 'inherit'],
        shell: false,
      });
      // One that runs may not be ours to signal, such as sudo: that is no end of it.
      child.on('error', (error) => child?.pid === undefined && reject(error));
      child.once('exit', (code, signal) => resolve({ code: code ?? 128 + constants.signals[signal!], signal }));
    });
  } catch (error) {
    throw error instanceof Failure ? error : failureOf(name, errnoOf(error));
  } finally {
    for (const signal of passedOn) us.off(signal, passOn);
  }
}

function failureOf(command: string, reason: string): Failure {
  return reason === 'ENOENT'
    ? new Failure('exec.not-found', { command })
    : new Failure('exec.not-runnable', { command, reason });
}

/**
 * Whether we are in the foreground of a terminal: then what it sends has reached the command too, and must not come
 * twice. Source: proc(5), `pgrp` and `tpgid`; where there is no /proc, every terminal counts.
 */
function isInForeground(onTerminal: () => boolean): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    // Behind the name, which may hold anything.
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    return onTerminal();
  }
}
