import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'vitest';
import { type CourierServer, startCourier } from './courier-server.js';
import { type Ran, configFolder, executable } from './run.js';

/** A key whose bytes are known, so that a leak of any part of them can be told. */
export const apiKey = 'pk_test_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1Yf5Gs0';

/** The variables that make a command talk to the test server. */
export function keyed(courier: { url: string }, key = apiKey): Record<string, string> {
  return { COURIER_API_KEY: key, COURIER_BASE_URL: courier.url };
}

/** A Courier for one test, closed whatever happens. */
export async function withCourier<T>(
  work: (courier: CourierServer) => Promise<T>,
  tls?: { key: string; cert: string },
): Promise<T> {
  const courier = await startCourier(tls);
  try {
    return await work(courier);
  } finally {
    await courier.close();
  }
}

export function hostOf({ url }: { url: string }): string {
  return new URL(url).host;
}

/** All that a failure prints on stderr without `--json`. */
export function told(message: string, fix: string): string {
  const standIn = fix.includes('USER_ID') ? "  (USER_ID stands for the user's own id)\n" : '';
  return `error: ${message}\n  try: ${fix}\n${standIn}`;
}

/** The one JSON document that stdout holds; anything else on it fails the test. */
export function documentOf<T = Record<string, unknown>>({ stdout }: Pick<Ran, 'stdout'>): T {
  expect(stdout).toMatch(/^\{[^]*\}\n$/);
  return JSON.parse(stdout) as T;
}

export interface ErrorDocument {
  error: { code: string; message: string; fix: string[] };
}

/** The exit code as a shell sees it: a process that SIGINT ended has 130. */
export function exitOf({ code, signal }: Pick<Ran, 'code' | 'signal'>): number | null {
  return signal === 'SIGINT' ? 130 : code;
}

/** The waits between attempts have jitter: every stated wait reads the same. */
export function withoutJitter(stderr: string): string {
  return stderr.replace(/in \d+\.\d s \(/g, 'in N s (');
}

/** `reason: trying again …` as it stands on stderr, after `withoutJitter`, for a failure that is retried to the end. */
export function retryNotes(reason: string, retries = 2): string {
  return Array.from({ length: retries }, (_, i) => `${reason}: trying again in N s (${i + 2} of 3)\n`).join('');
}

export interface Certificate {
  key: string;
  cert: string;
  /** Where the certificate stands, for NODE_EXTRA_CA_CERTS. */
  certPath: string;
}

/** A self-signed certificate for the names (`DNS:…`, `IP:…`), made by openssl. */
export function selfSigned(names: string[]): Certificate {
  const folder = configFolder();
  const keyPath = join(folder, 'key.pem');
  const certPath = join(folder, 'cert.pem');
  const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=courier-jwt test', '-addext', `subjectAltName=${names.join(',')}`];
  execFileSync('openssl', ['req', '-x509', ...options, ...subject, '-keyout', keyPath, '-out', certPath], {
    stdio: 'ignore',
  });
  return { key: readFileSync(keyPath, 'utf8'), cert: readFileSync(certPath, 'utf8'), certPath };
}

/** A file in a folder of its own. */
export function fileWith(content: string | Buffer, name = 'file'): string {
  const path = join(configFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** A folder with the built executable as `courier-jwt`, to stand first on PATH. */
function binFolder(): string {
  const folder = configFolder();
  symlinkSync(executable, join(folder, 'courier-jwt'));
  return folder;
}

export interface ShellOptions {
  variables?: Record<string, string>;
  cwd?: string;
  /** Folders that come first on PATH; `courier-jwt` is the built executable unless one of them has another. */
  path?: string[];
}

/** Runs a bash script; `courier-jwt` in it is the built executable. */
export async function shell(script: string, { variables = {}, cwd, path = [] }: ShellOptions = {}): Promise<Ran> {
  const home = configFolder();
  const folders = [...path, binFolder(), dirname(process.execPath), process.env.PATH ?? ''];
  const child = spawn('bash', ['-c', script], {
    cwd: cwd ?? home,
    env: { HOME: home, COURIER_JWT_CONFIG_DIR: join(home, 'config'), ...variables, PATH: folders.join(delimiter) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (said: string) => (output.stdout += said));
  child.stderr.setEncoding('utf8').on('data', (said: string) => (output.stderr += said));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((done) =>
    child.on('close', (...ended) => done(ended)),
  );
  return { code, signal, ...output };
}

/** The claims of a token, read without the product's own decoder. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
}

/** For `onStart`: nothing that hangs outlives its test by much. */
export function killedAfter(milliseconds: number): (child: ChildProcess) => void {
  return (child) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
    child.on('close', () => clearTimeout(timer));
  };
}
