import { randomBytes } from 'node:crypto';
import { createServer, request as ask } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type CourierServer, type Misbehaviour, at, json, sign, text } from '../support/courier-server.js';
import { type Running, start } from '../support/e2e-running.js';
import { apiKey, claimsOf, documentOf, keyed, told, withCourier } from '../support/e2e-world.js';
import { howToScopes } from '../support/endpoint.js';
import { courierJwt } from '../support/run.js';

interface Ready {
  url: string;
  [fact: string]: unknown;
}

interface Serving {
  ready: Ready;
  running: Running;
  /** What its NDJSON tells of requests so far, without what differs from run to run. */
  entries(): Record<string, unknown>[];
  send(request?: Sent): Promise<Answered>;
}

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

interface Answered {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
}

/** `courier-jwt serve`, ready on a port of its own; killed when the test is over. */
async function serving<T>(argv: string[], work: (serving: Serving) => Promise<T>, variables = {}): Promise<T> {
  const running = start(['serve', '--port', '0', '--json', ...argv], variables);
  try {
    await running.until(() => running.output.stdout.includes('\n'));
    const documents = () =>
      running.output.stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    const ready = documents()[0] as Ready;
    const steady = ({ at: _, jti: __, expiresAt: ___, ...entry }: Record<string, unknown>) => entry;
    return await work({
      ready,
      running,
      entries: () => documents().slice(1).map(steady),
      send: async (request) => send(ready.url, request),
    });
  } finally {
    running.child.kill('SIGKILL');
  }
}

/** By node:http: fetch lets nobody choose a Host. */
async function send(url: string, { method = 'POST', path, headers = {}, body = '' }: Sent = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = ask(path === undefined ? url : new URL(path, url), { method, headers }, (response) => {
      let said = '';
      response.setEncoding('utf8').on('data', (part: string) => (said += part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: said }));
    });
    sent.on('error', reject).end(body);
  });
}

const local = ['--env', 'local', '--allow-user', 'alice'];
const alice = '{"userId":"alice"}';

describe('what it says', () => {
  it('where it is, whose tokens it gives and how to ask; then a line for each token and each refusal', async () => {
    const running = start(['serve', '--port', '0', '--env', 'local', '--allow-user', 'alice,bob']);
    await running.until(() => running.output.stderr.includes('warning'));
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\/[\w/-]+/.exec(running.output.stderr) ?? [];
    const { body } = await send(url, { body: alice });
    await send(url, { body: '{"userId":"ca\\u001b[31mrol"}' });
    await send(url, { body: '{"userId":"carol::x"}' });
    await send(url);
    await send(url, { path: '/favicon.ico', method: 'GET' });
    const { code, stdout, stderr } = await running.endBy('SIGINT');
    const { token } = JSON.parse(body) as { token: string };
    expect({
      code,
      stdout,
      lines: stderr.replaceAll(url, 'URL').replace(/^\d\d:\d\d:\d\d/gm, 'TIME'),
      signature: stderr.includes(token.split('.')[2]!.slice(0, 12)),
    }).toEqual({
      code: 0,
      stdout: '',
      lines: `ready at URL: Ctrl-C stops it.
gives tokens of published/test for alice, bob; key: local (--env), the embedded Courier

in the front end:
  const response = await fetch('URL', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ userId: "alice" }),
  });
  const { token, expiresAt } = await response.json();

warning: signed by the embedded Courier: Courier itself will refuse it; courier-jwt emulator takes it.
TIME  200  alice  6 scopes, expires in 1 day
TIME  400  that userId can be no user id
TIME  403  carol:\\u{3a}x  not among --allow-user
TIME  400  the body names no userId, and --allow-user several
TIME  404  another path than --path
stopped.
`,
      signature: false,
    });
  });

  it('with --json a document a line', async () => {
    await serving([...local, '--for', 'push', '--expires-in', '2m', '--path', '/token'], async (one) => {
      await one.send({ body: alice });
      await one.send({ body: '{"userId":"bob"}' });
      await one.running.until(() => one.entries().length === 2);
      expect({ ready: one.ready, entries: one.entries() }).toEqual({
        ready: {
          event: 'ready',
          url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/token$/),
          users: ['alice'],
          scopes: ['write:user-tokens', 'read:user-tokens'],
          expiresIn: '2m',
          tenantScope: 'published/test',
          environment: { name: 'local', source: '--env', baseUrl: 'local:' },
        },
        entries: [
          {
            event: 'token',
            user: 'alice',
            scopes: ['user_id:alice', 'write:user-tokens', 'read:user-tokens'],
            missing: [],
          },
          { event: 'refused', status: 403, code: 'user.refused', user: 'bob' },
        ],
      });
    });
  });

  it('a warning of what is asked for, as issue has it', async () => {
    const argv = [...local, '--scope', 'inbox:read:mesages', '--expires-in', '60d'];
    await serving(argv, async ({ running }) => {
      await running.until(() => running.output.stderr.includes('takes it.\n'));
      expect(running.output.stderr.split('\n').filter((line) => line.startsWith('warning'))).toEqual([
        'warning: inbox:read:mesages is no scope that Courier documents. Did you mean inbox:read:messages?',
        'warning: lives for more than 30 days (60 days). Tokens cannot be revoked: mint a shorter one, 1d for a usual session.',
        'warning: signed by the embedded Courier: Courier itself will refuse it; courier-jwt emulator takes it.',
      ]);
    });
  });

  it('a warning of a key whose kind is not known', async () => {
    await withCourier(async (courier) => {
      const work = async ({ running }: Serving) => {
        await running.until(() => running.output.stderr.includes('ready'));
        expect(running.output.stderr.split('\n').filter((line) => line.startsWith('warning'))).toEqual([
          expect.stringMatching(/^warning: the key from COURIER_API_KEY .*prefix/),
        ]);
      };
      await serving(['--allow-user', 'alice'], work, keyed(courier, 'Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1Yf5Gs0'));
    });
  });

  it('with -q nothing of what it answers', async () => {
    const running = start(['serve', '--port', '0', '-q', ...local]);
    await running.until(() => running.output.stdout.includes('\n'));
    const url = running.output.stdout.trim();
    expect([(await send(url)).status, (await send(url, { body: '{' })).status]).toEqual([200, 400]);
    const { stdout, stderr } = await running.endBy('SIGINT');
    expect([stdout, stderr]).toEqual([`${url}\n`, '']);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('with -q the URL alone; %s ends it at once', async (signal) => {
    await withCourier(async (courier) => {
      const running = start(['serve', '--port', '0', '-q', '--allow-user', 'alice'], keyed(courier));
      await running.until(() => running.output.stdout.includes('\n'));
      courier.misbehave(() => {});
      const hanging = send(running.output.stdout.trim(), { body: alice }).catch(() => 'broken off');
      await running.until(() => courier.requests.length === 2);
      const { code, stdout, stderr, tookMs } = await running.endBy(signal);
      expect({
        code,
        stdout: stdout.replace(/\d+\//, 'PORT/'),
        stderr,
        hanging: await hanging,
        quick: tookMs < 2000,
      }).toEqual({
        code: 0,
        stdout: 'http://127.0.0.1:PORT/api/generate-courier-jwt\n',
        stderr: '',
        hanging: 'broken off',
        quick: true,
      });
    });
  });
});

describe('what it answers', () => {
  it('each request with a token of its own', async () => {
    await serving(local, async (one) => {
      const tokens = [await one.send(), await one.send()].map(
        ({ body }) => (JSON.parse(body) as { token: string }).token,
      );
      await one.running.until(() => one.entries().length === 2);
      const [, ...lines] = one.running.output.stdout.trim().split('\n');
      const ids = lines.map((line) => (JSON.parse(line) as { jti: string }).jti);
      expect(ids).toEqual(tokens.map((token) => claimsOf(token).jti));
      expect(new Set(ids).size).toBe(2);
    });
  });

  it.each<{ name: string; argv?: string[]; sent: Sent; status: number; body?: object; allows?: string }>([
    { name: 'an allowed user', sent: { body: alice }, status: 200 },
    { name: 'one allowed user, and none named', sent: {}, status: 200 },
    { name: 'a body without userId', sent: { body: '{}' }, status: 200 },
    {
      name: 'none named of several',
      argv: ['--allow-user', 'bob'],
      sent: { body: '{}' },
      status: 400,
      body: { error: 'The body names no userId', code: 'user.missing' },
    },
    {
      name: 'another user',
      sent: { body: '{"userId":"bob"}' },
      status: 403,
      body: { error: 'Forbidden', code: 'user.refused' },
    },
    {
      name: 'a user id with scopes',
      sent: { body: '{"userId":"alice user_id:bob"}' },
      status: 400,
      body: { error: 'Invalid userId', code: 'user.invalid' },
    },
    {
      name: 'no JSON',
      sent: { body: '{' },
      status: 400,
      body: { error: 'The body is not a JSON object', code: 'body.malformed' },
    },
    {
      name: 'a huge body',
      sent: { body: `{"userId":"${'a'.repeat(50_000)}"}` },
      status: 413,
      body: { error: 'Request body too large', code: 'body.too-large' },
    },
    {
      name: 'GET',
      sent: { method: 'GET' },
      status: 405,
      body: { error: 'Method Not Allowed', code: 'method.not-allowed' },
    },
    {
      name: 'another path',
      sent: { path: '/api', body: alice },
      status: 404,
      body: { error: 'Not Found: it is at /api/generate-courier-jwt', code: 'path.unknown' },
    },
    { name: 'the path with a query', sent: { path: '/api/generate-courier-jwt?x', body: alice }, status: 200 },
    {
      name: 'a page of this machine',
      sent: { headers: { origin: 'http://localhost:5173' }, body: alice },
      status: 200,
      allows: 'http://localhost:5173',
    },
    {
      name: 'its preflight',
      sent: {
        method: 'OPTIONS',
        headers: { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' },
      },
      status: 204,
      allows: 'http://localhost:5173',
    },
    {
      name: 'a page of elsewhere',
      sent: { headers: { origin: 'https://evil.example' }, body: alice },
      status: 403,
      body: { error: 'Forbidden', code: 'origin.refused' },
    },
    {
      name: 'a page of elsewhere that a browser tells of otherwise',
      sent: { headers: { 'sec-fetch-site': 'cross-site' }, body: alice },
      status: 403,
      body: { error: 'Forbidden', code: 'origin.refused' },
    },
    {
      name: 'a page in a sandbox',
      sent: { headers: { origin: 'null' }, body: alice },
      status: 403,
      body: { error: 'Forbidden', code: 'origin.refused' },
    },
    {
      name: 'a name of elsewhere that points here',
      sent: { headers: { host: 'evil.example' }, body: alice },
      status: 403,
      body: { error: 'Forbidden', code: 'host.refused' },
    },
    {
      name: 'a page that is named',
      argv: ['--origin', 'https://App.test:8443/'],
      sent: { headers: { origin: 'https://app.test:8443' }, body: alice },
      status: 200,
      allows: 'https://app.test:8443',
    },
    {
      name: 'a page of this machine, where another is named',
      argv: ['--origin', 'https://app.test:8443'],
      sent: { headers: { origin: 'http://localhost:5173' }, body: alice },
      status: 403,
      body: { error: 'Forbidden', code: 'origin.refused' },
    },
  ])('$name: $status', async ({ argv = [], sent, status, body, allows }) => {
    await serving([...local, ...argv], async (one) => {
      const answer = await one.send(sent);
      const given = status === 200 ? (JSON.parse(answer.body) as { token: string }) : undefined;
      expect({
        status: answer.status,
        body: given ? claimsOf(given.token).scope : answer.body,
        allows: answer.headers['access-control-allow-origin'],
        stored: status === 204 ? 'no-store' : answer.headers['cache-control'],
      }).toEqual({
        status,
        body: given ? `user_id:alice ${howToScopes}` : body ? JSON.stringify(body) : '',
        allows,
        stored: 'no-store',
      });
    });
  });

  it.each<{ name: string; how: Parameters<CourierServer['misbehave']>[0]; status: number; entry: object }>([
    {
      name: 'refuses the key',
      how: json(401, { message: 'Unauthorized', type: 'authentication_error' }),
      status: 502,
      entry: { code: 'key.refused', reason: expect.stringContaining('refused the API key') },
    },
    {
      name: 'is in trouble',
      how: text(503, '<html>down'),
      status: 503,
      entry: { code: 'courier.unavailable', reason: expect.stringContaining('503') },
    },
    {
      name: 'repeats the key',
      how: json(400, { message: `no such thing: ${apiKey}` }),
      status: 502,
      entry: { code: 'request.rejected', reason: expect.stringContaining('no such thing: [redacted]') },
    },
  ])('where Courier $name: $status, and why in the log', async ({ how, status, entry }) => {
    await withCourier(async (courier) => {
      const work = async (one: Serving) => {
        courier.misbehave(how);
        const answer = await one.send({ body: alice });
        await one.running.until(() => one.entries().length > 0);
        expect({ status: answer.status, body: answer.body, entries: one.entries() }).toEqual({
          status,
          body: JSON.stringify({ error: status === 502 ? 'Bad Gateway' : 'Service Unavailable' }),
          entries: [{ event: 'failed', status, user: 'alice', ...entry }],
        });
      };
      await serving(['--allow-user', 'alice'], work, keyed(courier));
    });
  });

  it('token after token without a memory that fills', async () => {
    const signed: Misbehaviour = (seen, response) => {
      const { scope } = JSON.parse(seen.body) as { scope: string };
      const iat = Math.floor(Date.now() / 1000);
      const [header, payload] = sign({ scope, tenant_scope: 'published/test', iat, exp: iat + 86_400 }).split('.');
      // As long as a signature can be: what was kept of a few hundred would be more than there is.
      const token = `${header}.${payload}.${randomBytes(750).toString('base64url')}`;
      json(200, { token })(seen, response);
    };
    await withCourier(async (courier) => {
      courier.misbehave(signed);
      const work = async (one: Serving) => {
        for (let i = 0; i < 500; i += 1) expect((await one.send()).status).toBe(200);
      };
      await serving(['--allow-user', 'alice'], work, {
        ...keyed(courier),
        NODE_OPTIONS: '--max-old-space-size=24',
      });
    });
  });

  it.each<[string, unknown]>([
    ['have become production since', 'published/production'],
    ['do not say any more what they are', undefined],
  ])('a key whose tokens %s: none of them', async (_, tenantScope) => {
    await withCourier(async (courier) => {
      const work = async (one: Serving) => {
        courier.claims((claims) => ({ ...claims, tenant_scope: tenantScope }));
        const { status, body } = await one.send({ body: alice });
        await one.running.until(() => one.entries().length > 0);
        expect({ status, body, code: one.entries()[0]?.code }).toEqual({
          status: 500,
          body: '{"error":"Internal Server Error"}',
          code: 'production.refused',
        });
      };
      await serving(['--allow-user', 'alice'], work, keyed(courier));
    });
  });
});

describe('what it does not begin with', () => {
  const refused = (argv: string[]) => ['serve', '--port', '0', '--json', ...argv];

  const unknownPrefix = 'token_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1Yf5Gs0';
  it.each([
    {
      name: 'of production, by its prefix',
      key: 'pk_prod_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1Yf5Gs0',
      tenantScope: 'published/production',
      how: 'its key says so',
      sent: 0,
    },
    ...['published/production', ' Published/Production/ '].map((tenantScope) => ({
      name: `of production, by its tokens: '${tenantScope}'`,
      key: unknownPrefix,
      tenantScope,
      how: 'the token says so',
      sent: 1,
    })),
    ...[undefined, null, 7, '', ' '].map((tenantScope) => ({
      name: `of nobody knows what: ${JSON.stringify(tenantScope)}`,
      key: unknownPrefix,
      tenantScope,
      how: 'mints tokens that do not say of which environment they are',
      sent: 1,
    })),
  ])('a key $name', async ({ key, tenantScope, how, sent }) => {
    await withCourier(async (courier) => {
      courier.claims((claims) => ({ ...claims, tenant_scope: tenantScope }));
      const argv = refused(['--allow-user', 'alice', '--yes']);
      const ran = await courierJwt(argv, { variables: keyed(courier, key), onStart: killed });
      const { error } = documentOf<{ error: { code: string; message: string } }>(ran);
      expect({
        code: ran.code,
        error: error.code,
        how: error.message.includes(how),
        sent: courier.requests.length,
      }).toEqual({ code: 2, error: 'production.refused', how: true, sent });
    });
  });

  it.each<{ name: string; how: Parameters<CourierServer['misbehave']>[0]; code: number; error: string }>([
    { name: 'a key that Courier refuses', how: at(/./, json(401, {})), code: 3, error: 'key.refused' },
    { name: 'a Courier that makes no sense', how: at(/./, text(200, '<html>')), code: 4, error: 'courier.nonsense' },
  ])('$name', async ({ how, code, error }) => {
    await withCourier(async (courier) => {
      courier.misbehave(how);
      const argv = refused(['--allow-user', 'alice']);
      const ran = await courierJwt(argv, { variables: keyed(courier), onStart: killed });
      expect({ code: ran.code, error: documentOf<{ error: { code: string } }>(ran).error.code }).toEqual({
        code,
        error,
      });
    });
  });

  it.each([
    { argv: ['--env', 'local'], code: 2, error: 'usage.missing' },
    { argv: ['--env', 'local', '--allow-user', 'alice user_id:bob'], code: 2, error: 'user.invalid' },
    { argv: ['--env', 'local', '--allow-user', 'alice,a b'], code: 2, error: 'user.invalid' },
    { argv: ['--env', 'local', '--allow-user', '$YOUR_USER_ID'], code: 2, error: 'user.invalid' },
    { argv: ['--env', 'local', '--allow-user', '*'], code: 2, error: 'usage.value' },
    { argv: [...local, '--path', 'api'], code: 2, error: 'usage.value' },
    { argv: [...local, '--path', '/api?x'], code: 2, error: 'usage.value' },
    { argv: [...local, '--port', '65536'], code: 2, error: 'usage.value' },
    { argv: [...local, '--origin', 'app.test'], code: 2, error: 'usage.value' },
    { argv: [...local, '--origin', 'null'], code: 2, error: 'usage.value' },
    { argv: [...local, '--origin', 'https://app.test/page'], code: 2, error: 'usage.value' },
    { argv: [...local, '--origin', '*'], code: 2, error: 'usage.value' },
    { argv: [...local, '--for', 'inbx'], code: 2, error: 'usage.value' },
    { argv: [...local, '--scope', 'user_id:bob'], code: 2, error: 'scope.user-id' },
    { argv: [...local, '--expires-in', '3600'], code: 2, error: 'duration.invalid' },
    { argv: ['--allow-user', 'alice'], code: 3, error: 'key.missing' },
    { argv: ['--env', 'nowhere', '--allow-user', 'alice'], code: 3, error: 'environment.unknown' },
  ])('$argv', async ({ argv, code, error }) => {
    const ran = await courierJwt(refused(argv), { onStart: killed });
    expect({ code: ran.code, error: documentOf<{ error: { code: string } }>(ran).error.code }).toEqual({ code, error });
  });

  it('a port that is in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const ran = await courierJwt(['serve', ...local, '--port', String(port)], { onStart: killed });
    taken.close();
    expect(ran).toMatchObject({
      code: 2,
      stdout: '',
      stderr: told(
        `port ${port} of 127.0.0.1 is in use. Choose another one, or 0 for any that is free.`,
        'courier-jwt serve --env local --allow-user alice --port 0',
      ),
    });
  });

  /** Should it listen all the same. */
  const killed = (child: { kill(signal: 'SIGKILL'): boolean }) =>
    void setTimeout(() => child.kill('SIGKILL'), 5000).unref();
});
