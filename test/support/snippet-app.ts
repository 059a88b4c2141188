import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmulator } from '../../src/emulator/index.js';
import type { Finding } from '../../src/report.js';
import {
  type CourierServer,
  type Misbehaviour,
  drop,
  hang,
  json,
  stall,
  startCourier,
  text as page,
} from './courier-server.js';
import { leaksIn } from './e2e-secrets.js';
import { claimsOf, documentOf } from './e2e-world.js';
import { freePort, howToScopes } from './endpoint.js';
import { soundFindings, toldOf } from './found.js';
import { configFolder, courierJwt } from './run.js';

/** The smallest real application around what `courier-jwt snippet` prints. */
export interface SnippetApp {
  /** Of `--lang`. */
  language: string;
  /** Why it cannot be run here; undefined where it can. */
  missing: string | undefined;
  /** Where the snippet is saved, in the application's folder. */
  file: string;
  /** What else is in that folder, by path. */
  files(place: Place): Record<string, string>;
  /** What is linked into it, by path: its packages. */
  links?: Record<string, string>;
  /** What starts it, in its folder; besides these variables it gets PATH, HOME, PORT, COURIER_BASE_URL and COURIER_API_KEY. */
  start(place: Place): { argv: [string, ...string[]]; variables?: Record<string, string> };
  /** Headers of a user's session; unless given, `GET /login?user=…` sets cookies and may answer headers as a JSON object. */
  signIn?(url: string, user: string): Promise<Record<string, string>>;
  /** Files in its folder that it logs to, besides its streams. */
  logs?: string[];
  /** What its framework answers by itself, and in another way, by the row's name. */
  differs?: Record<string, Answered>;
  /** What else is asked of it. */
  rows?: Row[];
  /** The line that a token leaves in the log, whosever it is. */
  tokenLine: RegExp;
}

export interface Place {
  folder: string;
  port: number;
}

export interface Answered {
  status: number;
  body: unknown;
}

const endpoint = '/api/generate-courier-jwt';
export const apiKey = 'token_0fTheSn1ppetsT3st5Zq7Rk2Vx9Lm4';

interface Row {
  name: string;
  /** Who is signed in: alice unless given; null for nobody. */
  session?: string | null;
  /** Besides the session's. */
  headers?: Record<string, string>;
  body?: string;
  /** How Courier answers; as the emulator unless given. */
  courier?: Misbehaviour;
  answer: Answered;
  /** What the log then has. */
  says?: RegExp;
}

const minted: Answered = { status: 200, body: { token: expect.any(String), expiresIn: '1d' } };
const refused = (status: number, error: string): Answered => ({ status, body: { error } });
const badRequest = refused(400, 'Bad Request');
const badGateway = refused(502, 'Bad Gateway');
const unavailable = refused(503, 'Service Unavailable');
const saying = 'Courier says: pk_test_0fSomebody3lse';
const notAnId = /not a user id/;
/** Has a token's shape, and nothing of Courier's in it. */
const shaped = 'eyJ.eyJ.sig';

/** Each is one request; `{"userId":"alice"}` with the session of alice unless the row says otherwise. */
const rows: Row[] = [
  { name: 'its user', answer: minted },
  { name: 'nobody named', body: '{}', answer: minted },
  { name: 'an id that is not ASCII', session: 'zoë@例え.test', body: '{}', answer: minted },
  { name: 'an id of 256 characters', session: 'a'.repeat(256), body: '{}', answer: minted },
  { name: 'no session', session: null, answer: refused(401, 'Unauthorized') },
  { name: 'no session, and a body that is no JSON', session: null, body: '{', answer: refused(401, 'Unauthorized') },
  { name: 'another user', body: '{"userId":"bob"}', answer: refused(403, 'Forbidden') },
  { name: 'another user, with more scopes', body: '{"userId":"alice user_id:bob"}', answer: refused(403, 'Forbidden') },
  { name: 'a number', body: '{"userId":5}', answer: badRequest },
  { name: 'a list', body: '{"userId":["alice"]}', answer: badRequest },
  { name: 'no JSON', body: '{"userId":', answer: badRequest },
  { name: 'a deep list', body: `{"userId":${'['.repeat(4000)}${']'.repeat(4000)}}`, answer: badRequest },
  { name: 'no object', body: 'null', answer: badRequest },
  {
    name: 'a huge body',
    body: `{"userId":"${'a'.repeat(20_000)}"}`,
    answer: { status: 413, body: { error: expect.any(String) } },
  },
  {
    name: 'a session that adds a scope',
    session: 'alice user_id:bob',
    body: '{}',
    answer: badRequest,
    says: /alice user_id:bob.*not a user id/,
  },
  { name: 'a session with a line break', session: 'alice\nforged', body: '{}', answer: badRequest, says: notAnId },
  {
    name: 'a session with an invisible character',
    session: 'alice\u200b',
    body: '{}',
    answer: badRequest,
    says: notAnId,
  },
  {
    name: 'a session with a space of Unicode',
    session: 'alice\u2003bob',
    body: '{}',
    answer: badRequest,
    says: notAnId,
  },
  { name: 'a session of 257 characters', session: 'a'.repeat(257), body: '{}', answer: badRequest, says: notAnId },
  {
    name: 'Courier: 400',
    courier: json(400, { message: saying, token: shaped }),
    answer: badGateway,
    says: /\b400\b/,
  },
  { name: 'Courier: 401', courier: json(401, { message: saying }), answer: badGateway, says: /\b401\b/ },
  { name: 'Courier: 302', courier: (...to) => redirect(...to), answer: badGateway, says: /\b302\b/ },
  { name: 'Courier: a page', courier: page(200, `<p>${saying}</p>`), answer: badGateway },
  { name: 'Courier: no token', courier: json(200, { message: saying }), answer: badGateway },
  { name: 'Courier: a token that is none', courier: json(200, { token: { message: saying } }), answer: badGateway },
  { name: 'Courier: the key for a token', courier: json(200, { token: apiKey }), answer: badGateway },
  {
    name: 'Courier: the header with the key for a token',
    courier: (seen, response) => json(200, { token: seen.headers.authorization })(seen, response),
    answer: badGateway,
  },
  { name: 'Courier: a token and a line break', courier: json(200, { token: `${shaped}\n` }), answer: badGateway },
  { name: 'Courier: dots for a token', courier: json(200, { token: '..' }), answer: badGateway },
  {
    name: 'Courier: a token that is no UTF-8',
    courier: (_, response) => void response.end(Buffer.from(`{"token":"${shaped}\u00ff"}`, 'latin1')),
    answer: badGateway,
  },
  { name: 'Courier: nothing', courier: page(204, ''), answer: badGateway },
  { name: 'Courier: a deep list', courier: page(200, '['.repeat(90_000)), answer: badGateway },
  {
    name: 'Courier: 5 MB, and a token at their end',
    courier: page(200, ' '.repeat(5e6) + JSON.stringify({ token: shaped })),
    answer: unavailable,
  },
  { name: 'Courier: 429', courier: json(429, { message: saying }), answer: unavailable, says: /\b429\b/ },
  { name: 'Courier: 500', courier: json(500, { message: saying }), answer: unavailable, says: /\b500\b/ },
  { name: 'Courier: 503', courier: page(503, saying), answer: unavailable, says: /\b503\b/ },
  { name: 'Courier breaks off', courier: drop, answer: unavailable },
  { name: 'Courier hangs', courier: hang, answer: unavailable },
  { name: 'Courier hangs in the middle', courier: stall, answer: unavailable },
  { name: 'Courier drips, and has a token at the end', courier: drip, answer: unavailable },
];

/** Whoever signs in. */
export const users = [...new Set(rows.flatMap(({ session = 'alice' }) => session ?? []))];

/** Starts it in production's way, probes it, and asks what a probe does not. */
export function proveSnippet(app: SnippetApp): void {
  const title = app.missing === undefined ? app.language : `${app.language}, not run: ${app.missing}`;
  describe.skipIf(app.missing !== undefined)(title, () => {
    let courier: CourierServer;
    let running: RunningApp;
    beforeAll(async () => {
      courier = await startCourier();
      running = await startApp(app, { COURIER_BASE_URL: courier.url, COURIER_API_KEY: apiKey });
    }, 120_000);
    afterAll(async () => {
      running.kill();
      await courier.close();
    });

    const emulator = createEmulator({ apiKey });
    const emulated: Misbehaviour = (seen, response) => {
      const headers = seen.headers as Record<string, string>;
      const url = `http://courier.test${seen.path}`;
      void emulator.transport
        .send({ method: 'POST', url, headers, body: seen.body, timeoutMs: 5000 })
        .then(({ status, body }) => json(status, JSON.parse(body))(seen, response));
    };

    it('has no hole that courier-jwt probe finds', async () => {
      courier.misbehave(emulated);
      const session = Object.entries(await running.signIn('alice')).map((header) => `--header=${header.join(': ')}`);
      const asked = ['--user', 'alice', '--other-user', 'bob', ...session];
      const ran = await courierJwt(['probe', running.url + endpoint, ...asked, '--json']);
      const { findings } = documentOf<{ findings: Finding[] }>(ran);
      expect([toldOf(findings), ran.code]).toEqual([soundFindings, 0]);
    });

    it.each([...rows, ...(app.rows ?? [])])('$name: $answer.status', async (row) => {
      const { name, session = 'alice', body, courier: how, answer, says } = row;
      const headers = { ...(session !== null && (await running.signIn(session))), ...row.headers };
      const logged = running.logged();
      let isOver = false;
      courier.misbehave((seen, response) => {
        response.on('close', () => (isOver = true));
        return (how ?? emulated)(seen, response);
      });
      courier.requests.length = 0;
      const { token, ...got } = await ask(running.url, headers, body ?? '{"userId":"alice"}');
      const expected = app.differs?.[name] ?? answer;
      expect(got).toEqual({ cacheControl: expect.stringMatching(/\bno-store\b/) as string, ...expected });
      const isAsked = expected.status === 200 || how !== undefined;
      expect(courier.requests.map((one) => `${one.method} ${one.path}`)).toEqual(
        isAsked ? ['POST /auth/issue-token'] : [],
      );
      // Else a Courier that hangs ends up with all that the application can open.
      if (how) await until(async () => Promise.resolve(isOver), 1000);
      if (token) await logged(app.tokenLine);
      if (says) await logged(says);
      if (!token) return;
      const { scope, iat, exp } = claimsOf(token) as { scope: string; iat: number; exp: number };
      expect([scope, exp - iat]).toEqual([`user_id:${session} ${howToScopes}`, 86_400]);
      expect(leaksIn(running.log(), [token.split('.')[2]!])).toEqual([]);
    });

    it('logs neither the key nor what Courier says, and no line that a user wrote', () => {
      expect(leaksIn(running.log(), [apiKey, saying])).toEqual([]);
      expect(running.log()).not.toMatch(/^forged/m);
    });

    it('asks nothing of Courier without a key', async () => {
      courier.misbehave(json(200, { token: shaped }));
      courier.requests.length = 0;
      const keyless = await startApp(app, { COURIER_BASE_URL: courier.url }).catch((error: Error) => error.message);
      if (typeof keyless === 'string') {
        expect(keyless).toMatch(/^it ended/);
        return;
      }
      const { status } = await ask(keyless.url, await keyless.signIn('alice'), '{}').finally(() => keyless.kill());
      expect([status >= 500, courier.requests]).toEqual([true, []]);
    }, 120_000);

    it('does not say a key that no header takes: what refuses it may', async () => {
      const variables = { COURIER_BASE_URL: courier.url, COURIER_API_KEY: `${apiKey}\nX-More: 1` };
      const said = await startApp(app, variables).then(
        async (broken) => {
          const answer = await ask(broken.url, await broken.signIn('alice'), '{}').finally(() => broken.kill());
          return JSON.stringify(answer) + broken.log();
        },
        (error: Error) => error.message,
      );
      expect(leaksIn(said, [apiKey])).toEqual([]);
    }, 120_000);
  });
}

async function ask(url: string, headers: Record<string, string>, body: string) {
  const response = await fetch(url + endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    redirect: 'manual',
  });
  const said = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  const value: unknown = isJson ? JSON.parse(said) : said;
  const { token } = value as { token?: string };
  // What is no JSON is the framework's own.
  const cacheControl = isJson ? response.headers.get('cache-control') : 'no-store';
  return { status: response.status, body: value, cacheControl, ...(token && { token }) };
}

/** To where a token would be had for the key. */
function redirect(...[, response]: Parameters<Misbehaviour>): void {
  response.writeHead(302, { location: '/elsewhere' }).end(saying);
}

/** No wait for the next byte is long, but all of them are: 8 s. */
function drip(...[, response]: Parameters<Misbehaviour>): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const dripping = setInterval(() => response.write(' '), 100);
  const end = setTimeout(() => response.end(JSON.stringify({ token: shaped })), 8000);
  response.on('close', () => {
    clearInterval(dripping);
    clearTimeout(end);
  });
}

interface RunningApp {
  url: string;
  /** All that it has logged so far. */
  log(): string;
  /** A promise, when it is called, that what is logged from now on matches, within 5 s. */
  logged(): (pattern: RegExp) => Promise<void>;
  /** Headers of a user's session. */
  signIn(user: string): Promise<Record<string, string>>;
  kill(): void;
}

/** Writes what `courier-jwt snippet` prints among the application's files, and starts it. Rejects when it ends instead. */
async function startApp(app: SnippetApp, variables: Record<string, string>): Promise<RunningApp> {
  const place = { folder: configFolder(), port: await freePort() };
  const { stdout } = await courierJwt(['snippet', '--lang', app.language, '-q']);
  const files = Object.entries({ ...app.files(place), [app.file]: stdout });
  for (const [name, content] of files) {
    mkdirSync(dirname(join(place.folder, name)), { recursive: true });
    writeFileSync(join(place.folder, name), content, { mode: 0o755 });
  }
  for (const [name, target] of Object.entries(app.links ?? {})) symlinkSync(target, join(place.folder, name));
  const { argv, variables: own } = app.start(place);
  const child = spawn(argv[0], argv.slice(1), {
    cwd: place.folder,
    env: { PATH: process.env.PATH, HOME: place.folder, PORT: String(place.port), ...own, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: servers have workers.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (said: string) => (output += said));
  let ended: string | undefined;
  child.on('error', (error) => (ended = error.message));
  child.on('close', (code) => (ended ??= `exit ${code}`));
  const logs = () => [output, ...(app.logs ?? []).map((name) => textOf(join(place.folder, name)))];
  const log = () => logs().join('\n');
  const kill = () => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  };
  const url = `http://127.0.0.1:${place.port}`;
  try {
    await until(async () => {
      if (ended !== undefined) throw new Error(`it ended, ${ended}: ${log()}`);
      return isOpen(place.port);
    }, 60_000);
  } catch (error) {
    kill();
    throw error;
  }
  return {
    url,
    log,
    kill,
    logged() {
      const before = logs();
      const since = () =>
        logs()
          .map((text, i) => text.slice(before[i]!.length))
          .join('\n');
      return async (pattern) => {
        await until(async () => Promise.resolve(pattern.test(since())), 5000).catch(() => {});
        expect(since()).toMatch(pattern);
      };
    },
    signIn: async (user) => (app.signIn ?? signInByCookie)(url, user),
  };
}

async function signInByCookie(url: string, user: string): Promise<Record<string, string>> {
  const response = await fetch(`${url}/login?user=${encodeURIComponent(user)}`);
  const said = await response.text();
  expect([response.status, said]).toEqual([200, said]);
  const cookie = response.headers.getSetCookie().map((one) => one.split(';')[0]);
  return { cookie: cookie.join('; '), ...(said.startsWith('{') && (JSON.parse(said) as object)) };
}

async function until(condition: () => Promise<boolean>, limitMs: number): Promise<void> {
  const limit = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > limit) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function isOpen(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
