import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogEntry } from '../../src/backend/index.js';
import { type Listening, createEmulator } from '../../src/emulator/index.js';
import type { Finding } from '../../src/report.js';
import { documentOf } from '../support/e2e-world.js';
import { freePort, howToScopes, sessionCookie } from '../support/endpoint.js';
import { soundFindings, toldOf } from '../support/found.js';
import { type Example, examples, frontEnd } from '../support/readme.js';
import { configFolder, courierJwt } from '../support/run.js';

const root = resolve(import.meta.dirname, '../..');
/** What README leaves to the reader. */
const own = {
  'session.js': `const sessions = new Map([['${sessionCookie}', 'alice']]);
    export const userOf = (request) => sessions.get(request.headers.get('cookie')) ?? null;`,
  'sign-in.js': `export function signIn(request, response) {
      if (request.body.password !== 'open sesame') return response.sendStatus(401);
      request.session.userId = request.body.user;
      response.sendStatus(204);
    }`,
  // Turbopack follows no link that leaves its root.
  'next.config.mjs': "export default { turbopack: { root: '/' } };",
};

const emulator = createEmulator();
let courier: Listening;
beforeAll(async () => {
  courier = await emulator.listen();
});
afterAll(async () => courier.close());

/** A project that has installed courier-jwt and its framework, and consists of README's example. */
function project({ path, code }: Example): string {
  const folder = configFolder();
  const files = { ...own, 'package.json': '{ "type": "module" }', [path]: code };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  for (const name of [
    'express',
    'express-session',
    'fastify',
    'hono',
    '@hono/node-server',
    'next',
    'react',
    'react-dom',
  ]) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  symlinkSync(root, join(folder, 'node_modules/courier-jwt'));
  return folder;
}

interface Process {
  child: ReturnType<typeof spawn>;
  output: { stdout: string; stderr: string };
  ended: Promise<number | null>;
}

function node(cwd: string, argv: string[], variables: Record<string, string> = {}): Process {
  const env = { PATH: process.env.PATH, HOME: cwd, NEXT_TELEMETRY_DISABLED: '1', ...variables };
  const child = spawn(process.execPath, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  return { child, output, ended: new Promise((done) => child.on('close', done)) };
}

async function answers(url: string, { child, output }: Process): Promise<void> {
  while ((await fetch(url).catch(() => undefined)) === undefined) {
    if (child.exitCode !== null) throw new Error(`it ended: ${JSON.stringify(output)}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

const next = join(root, 'node_modules/next/dist/bin/next');

/** Runs the example as its framework is run. */
async function serving<T>(example: Example, work: (url: string, server: Process) => Promise<T>): Promise<T> {
  const folder = project(example);
  const port = String(await freePort());
  const isNext = example.path.startsWith('app/');
  if (isNext) {
    const build = node(folder, [next, 'build']);
    if ((await build.ended) !== 0) throw new Error(JSON.stringify(build.output));
  }
  const server = node(folder, isNext ? [next, 'start', '-H', 'localhost', '--port', port] : [example.path], {
    PORT: port,
    COURIER_API_KEY: 'token_0fThEad4pters',
    COURIER_BASE_URL: courier.url,
    SESSION_SECRET: 'only in this test',
  });
  try {
    // Some listen on ::1 alone where localhost is that, others on 127.0.0.1.
    const url = `http://localhost:${port}`;
    await answers(url, server);
    return await work(url, server);
  } finally {
    server.child.kill('SIGKILL');
    await server.ended;
  }
}

/** The cookie of a session of alice's. */
async function signedIn(url: string): Promise<string> {
  const response = await fetch(`${url}/api/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'alice', password: 'open sesame' }),
  });
  return response.headers.get('set-cookie')?.split(';')[0] ?? sessionCookie;
}

describe('README’s front end', () => {
  const signedInWith: unknown[] = [];
  const sdk = {
    shared: { signIn: (as: unknown) => signedInWith.push(as), signOut: () => signedInWith.push('nobody') },
  };
  const asked: unknown[][] = [];
  /** How the endpoint answers; a token of an hour unless it says otherwise. */
  let answer: () => Response | Promise<Response>;
  const given = (lifetimeMs = 3_600_000) => {
    const claims = { exp: (Date.now() + lifetimeMs) / 1000, name: 'Zoë ÿ>?' };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return Response.json({ token: `${asked.length}.${payload}.signature` });
  };
  const minutes = async (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);
  const load = async () =>
    (await import(`data:text/javascript,${encodeURIComponent(frontEnd)}`)) as {
      signIn(to: object, userId: string): Promise<void>;
      signOut(from: object): void;
    };
  const as = (userId: string, count: number) => ({ userId, jwt: expect.stringMatching(`^${count}\\.`) as unknown });

  beforeEach(() => {
    signedInWith.length = 0;
    asked.length = 0;
    answer = given;
    vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
    vi.stubGlobal('fetch', async (...request: unknown[]) => {
      asked.push(request);
      return answer();
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('signs in, and again with a quarter of the token’s life left, until it signs out', async () => {
    const { signIn, signOut } = await load();
    await signIn(sdk, 'alice');
    expect(asked).toEqual([
      [
        '/api/generate-courier-jwt',
        {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: '{"userId":"alice"}',
          credentials: 'include',
        },
      ],
    ]);
    await minutes(44);
    expect(asked).toHaveLength(1);
    // What fails is tried again in half a minute.
    answer = () => new Response('{}', { status: 503 });
    await minutes(1);
    expect([asked.length, signedInWith.length]).toEqual([2, 1]);
    answer = given;
    await minutes(0.5);
    signOut(sdk);
    await minutes(180);
    expect(signedInWith).toEqual([as('alice', 1), as('alice', 3), 'nobody']);
    // A timer for longer than it can run fires at once.
    answer = () => given(60 * 86_400_000);
    await signIn(sdk, 'alice');
    await minutes(60 * 24);
    expect(asked).toHaveLength(4);
    signOut(sdk);
  });

  it.each([401, 403])('stops at %d: the session is over', async (status) => {
    const { signIn } = await load();
    await signIn(sdk, 'alice');
    answer = () => new Response('{}', { status });
    await minutes(180);
    expect([asked.length, signedInWith]).toEqual([2, [as('alice', 1)]]);
    await expect(signIn(sdk, 'alice')).rejects.toThrow(`no token: ${status}`);
  });

  it.each<[string, () => Response]>([
    ['with a token', given],
    ['with a failure', () => new Response('{}', { status: 503 })],
  ])('does not sign in after it signed out, when an answer comes then: %s', async (_, late) => {
    const { signIn, signOut } = await load();
    await signIn(sdk, 'alice');
    answer = async () => new Promise((done) => setTimeout(() => done(late()), 60_000));
    await minutes(45);
    signOut(sdk);
    await minutes(180);
    expect([asked.length, signedInWith]).toEqual([2, [as('alice', 1), 'nobody']]);
  });

  it('is the last who signed in, whosever token comes first', async () => {
    const { signIn, signOut } = await load();
    answer = async () => new Promise((done) => setTimeout(() => done(given()), 60_000));
    const alice = signIn(sdk, 'alice');
    answer = given;
    await signIn(sdk, 'bob');
    await minutes(40);
    await alice;
    expect(signedInWith).toEqual([as('bob', 2)]);
    signOut(sdk);
  });
});

it('README shows these', () => {
  expect(examples.map(({ what }) => what)).toEqual([
    'node:http',
    'Express',
    'Fastify',
    'Hono',
    'Next.js',
    'the front end',
  ]);
});

it.each(examples.slice(0, -1))(
  '$what: README’s backend is safe, as probe sees it',
  { timeout: 120_000 },
  async (example) => {
    emulator.control.reset();
    await serving(example, async (url, { output }) => {
      const cookie = await signedIn(url);
      const endpoint = `${url}/api/generate-courier-jwt`;
      const probed = await courierJwt(['probe', endpoint, '-u', 'alice', '--header', `Cookie: ${cookie}`, '--json']);
      const { findings } = documentOf<{ findings: Finding[] }>(probed);
      expect([toldOf(findings), probed.code]).toEqual([soundFindings, 0]);

      const log = output.stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as LogEntry);
      // With a cache, one token for all that probe asks.
      expect(log.filter(({ event }) => event === 'token')).toEqual([
        {
          at: expect.any(String),
          event: 'token',
          user: 'alice',
          scopes: ['user_id:alice', ...howToScopes.split(' ')],
          missing: [],
          expiresAt: expect.stringMatching(/Z$/),
          jti: expect.stringMatching(/^[\da-f-]{36}$/),
        },
      ]);
      expect(emulator.control.requests()).toHaveLength(1);
      expect(output.stdout + output.stderr).not.toMatch(/eyJ|token_0fThE/);
    });
  },
);
