import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const executable = resolve(import.meta.dirname, '../../bin/courier-jwt.cjs');

export interface Ran {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Nothing else is in the environment but PATH, HOME and COURIER_JWT_CONFIG_DIR. */
  variables?: Record<string, string>;
  stdin?: string | Buffer;
  /** Another node than this one. */
  node?: string;
  cwd?: string;
  /** Called with the child, to signal it. */
  onStart?: (child: ReturnType<typeof spawn>) => void;
}

/** A config folder of its own, so that no test sees another's or the user's. */
export function configFolder(): string {
  return mkdtempSync(join(tmpdir(), 'courier-jwt-test-'));
}

/** Runs the built executable, in a home of its own unless `variables` says where. */
export async function courierJwt(argv: string[], options: RunOptions = {}): Promise<Ran> {
  const home = configFolder();
  const child = spawn(options.node ?? process.execPath, ['--', executable, ...argv], {
    cwd: options.cwd ?? home,
    env: { PATH: process.env.PATH, HOME: home, COURIER_JWT_CONFIG_DIR: join(home, 'config'), ...options.variables },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  options.onStart?.(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin ?? '');
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((done) =>
    child.on('close', (...ended) => done(ended)),
  );
  return { code, signal, ...output };
}
