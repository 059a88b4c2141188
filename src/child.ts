import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Failure, errnoOf } from './errors.js';

/** What passes on to a command that runs in this one's place. SIGKILL and SIGSTOP nobody can pass on. */
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGCONT', 'SIGWINCH'] as const;

/** From a terminal these go to every process of its foreground: a second one would mean something else. */
const ofTerminal = ['SIGINT', 'SIGQUIT', 'SIGWINCH'];

export interface Signals {
  on(signal: NodeJS.Signals, listener: () => void): void;
  off(signal: NodeJS.Signals, listener: () => void): void;
}

/**
 * Runs a command with this process's own streams; signals that come meanwhile are the command's. Resolves with its exit
 * code, or with the signal that ended it. `onTerminal`: whether a terminal sends its signals to both.
 * @throws {Failure} `exec.not-found` or `exec.not-runnable`
 */
export async function runChild(
  [program = '', ...words]: string[],
  variables: Record<string, string>,
  signals: Signals,
  onTerminal: boolean,
): Promise<{ code: number } | { signal: NodeJS.Signals; number: number }> {
  const child = spawn(program, words, { env: variables, stdio: 'inherit' });
  const listeners = passedOn.map((signal) => {
    const pass = () => void (onTerminal && ofTerminal.includes(signal) ? undefined : child.kill(signal));
    signals.on(signal, pass);
    return { signal, pass };
  });
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', (error) => reject(startFailure(program, errnoOf(error))));
      child.on('exit', (code, signal) =>
        resolve(signal === null ? { code: code ?? 0 } : { signal, number: constants.signals[signal] }),
      );
    });
  } finally {
    for (const { signal, pass } of listeners) signals.off(signal, pass);
  }
}

function startFailure(program: string, reason: string): Failure {
  return reason === 'ENOENT'
    ? new Failure('exec.not-found', { program })
    : new Failure('exec.not-runnable', { program, reason });
}
