import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Ran, configFolder, executable } from './run.js';

/** A command that is still at work, its stdin open. */
export interface Running {
  child: ReturnType<typeof spawn>;
  /** What it has written so far. */
  output: { stdout: string; stderr: string };
  home: string;
  /** Resolves when `condition` holds; rejects when it does not within 15 s. */
  until(condition: () => boolean): Promise<void>;
  /** Sends a signal, and resolves when the process ends: killed when it does not within `limitMs`. */
  endBy(signal: NodeJS.Signals, limitMs?: number): Promise<Ran & { tookMs: number }>;
}

/** Starts the built executable in a home of its own. */
export function start(argv: string[], variables: Record<string, string> = {}): Running {
  const home = configFolder();
  const child = spawn(process.execPath, ['--', executable, ...argv], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, COURIER_JWT_CONFIG_DIR: join(home, 'config'), ...variables },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (said: string) => (output.stdout += said));
  child.stderr.setEncoding('utf8').on('data', (said: string) => (output.stderr += said));
  child.stdin.on('error', () => {});
  const ended = new Promise<Ran>((done) => child.on('close', (code, signal) => done({ code, signal, ...output })));
  return {
    child,
    output,
    home,
    async until(condition) {
      const limit = performance.now() + 15_000;
      while (!condition()) {
        if (performance.now() > limit) throw new Error(`it did not come to that: ${JSON.stringify(output)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async endBy(signal, limitMs = 10_000) {
      const started = performance.now();
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
      const ran = await ended;
      clearTimeout(timer);
      return { ...ran, tookMs: performance.now() - started };
    },
  };
}
