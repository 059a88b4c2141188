import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { RequestEntry } from '../../src/emulator/index.js';
import { withEmulator } from '../support/e2e-emulator.js';
import { start } from '../support/e2e-running.js';
import { apiKey, documentOf, fileWith, shell, told } from '../support/e2e-world.js';
import { courierJwt } from '../support/run.js';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const query = (text: string, headers: Record<string, string>) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ query: text }),
});

/** What is the same in every run. */
const steady = ({ at: _, milliseconds: __, ...entry }: RequestEntry) => entry;

describe('what it says', () => {
  it('where it is and what to paste; then each request in a line, with what it thought of the token', async () => {
    const running = start(['emulator', '--port', '0']);
    await running.until(() => running.output.stderr.includes('apiUrls'));
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(running.output.stderr) ?? [];
    const { stdout } = await courierJwt(['issue', '-u', 'alice', '--env', 'local', '--scope', 'read:brands']);
    const token = stdout.trim();
    await fetch(`${url}/q?token=${token}`, query('{ count messages { totalCount } }', bearer(token)));
    await fetch(`${url}/users/alice/tokens/${token}`, { headers: bearer('token_ABCDEFGHIJKLMNOP') });
    await fetch(`${url}/brands`, { headers: bearer(token) });
    await fetch(`${url}/nothing`);
    const { code, stderr } = await running.endBy('SIGINT');
    const lines = stderr
      .replaceAll(url, 'URL')
      .replaceAll(url.replace('http', 'ws'), 'WS-URL')
      .replace(/^\d\d:\d\d:\d\d/gm, 'TIME')
      .replace(/\d+ ms$/gm, 'N ms');
    const unsigned = token.replace(/[^.]+$/, '');
    expect({ code, lines, signature: stderr.includes(token.slice(unsigned.length)) }).toEqual({
      code: 0,
      lines: `the emulated Courier is ready at URL: Ctrl-C stops it.

for a backend, and for courier-jwt:
  export COURIER_BASE_URL=URL
  export COURIER_API_KEY=token_emulated
for a front end, in signIn of @trycourier/courier-js and of what builds on it:
  apiUrls: { courier: { rest: 'URL', graphql: 'URL/client/q' }, inbox: { graphql: 'URL/q', webSocket: 'WS-URL' } }

TIME  POST /q count, messages  401  alice  the token lacks inbox:read:messages  N ms
TIME  GET ${`/users/alice/tokens/${token}`.slice(0, 80)}…  404  key accepted  Token not found  N ms
TIME  GET /brands  200  alice  token accepted  N ms
TIME  GET /nothing  404  not emulated  N ms
stopped.
`,
      signature: false,
    });
  });

  it('with --json a document a line: the first says where, each other is a request', async () => {
    await withEmulator([], async ({ url, running, requests }) => {
      await fetch(`${url}/brands`, { headers: bearer('short') });
      await fetch(`${url}/auth/issue-token`, { method: 'POST', headers: bearer('pk_test_ABCDEF'), body: '{' });
      await running.until(() => requests().length === 2);
      const [ready] = running.output.stdout.split('\n');
      const nothing = { event: 'request', operation: null, user: null, fault: false };
      expect([JSON.parse(ready!), ...requests().map(steady)]).toEqual([
        {
          event: 'ready',
          url,
          apiUrls: {
            courier: { rest: url, graphql: `${url}/client/q` },
            inbox: { graphql: `${url}/q`, webSocket: url.replace('http', 'ws') },
          },
        },
        { ...nothing, method: 'GET', path: '/brands', status: 401, verdict: { code: 'key.refused' }, reason: null },
        {
          ...nothing,
          method: 'POST',
          path: '/auth/issue-token',
          status: 400,
          verdict: { code: 'key.accepted' },
          reason: 'the body is not JSON',
        },
      ]);
    });
  });
});

it('with -q it says the URL on stdout, and nothing else', async () => {
  const running = start(['emulator', '--port', '0', '-q']);
  await running.until(() => running.output.stdout.includes('\n'));
  const url = running.output.stdout.trim();
  const { status } = await fetch(`${url}/brands`);
  const { code, stdout, stderr } = await running.endBy('SIGTERM');
  expect({ code, status, stdout: stdout.replace(/\d+\n$/, 'PORT'), stderr }).toEqual({
    code: 0,
    status: 401,
    stdout: 'http://127.0.0.1:PORT',
    stderr: '',
  });
});

describe('how it ends', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s within a second, whatever is open', async (signal) => {
    await withEmulator([], async ({ url, apiUrls, running, issue, control }) => {
      const token = await issue('alice');
      const socket = new WebSocket(`${apiUrls.inbox.webSocket}/?auth=${token}&userId=alice&cid=1`);
      const closed = new Promise((resolve) => socket.on('close', resolve));
      await new Promise((resolve) => socket.on('open', resolve));
      await control('POST', 'fail', { how: 'hang', path: '/brands' });
      const hanging = fetch(`${url}/brands`).then(
        () => 'answered',
        () => 'broken off',
      );
      await running.until(() => running.output.stdout.includes('"/brands"'));
      const { code, tookMs, stdout } = await running.endBy(signal);
      const lines = stdout.trim().split('\n');
      expect({ code, quick: tookMs < 1000, hanging: await hanging, closed: await closed, lines: lines.length }).toEqual(
        {
          code: 0,
          quick: true,
          hanging: 'broken off',
          closed: 1001,
          lines: 4,
        },
      );
    });
  });
});

describe('what it cannot do', () => {
  it('a port that is in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const { code, stdout, stderr } = await courierJwt(['emulator', '--port', String(port)]);
    taken.close();
    const message = `port ${port} of 127.0.0.1 is in use. Choose another one, or 0 for any that is free.`;
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: told(message, 'courier-jwt emulator --port 0'),
    });
  });

  const seed = (text: string) => ['--seed', fileWith(text)];
  it.each([
    { argv: ['--host', '192.0.2.1'], code: 'usage.listen' },
    { argv: ['--port', '65536'], code: 'usage.value' },
    { argv: ['--port', 'http'], code: 'usage.value' },
    { argv: ['--clock', 'tomorrow'], code: 'usage.value' },
    { argv: ['--allow-origin', 'app.test'], code: 'usage.value' },
    { argv: ['--missing-scope', 'ignore'], code: 'usage.value' },
    { argv: ['--seed', 'nowhere.json'], code: 'usage.file' },
    { argv: seed('{'), code: 'usage.seed' },
    { argv: seed('{"messages":[{"title":"for nobody"}]}'), code: 'usage.seed' },
    { argv: seed('{"mesages":[]}'), code: 'usage.seed' },
    { argv: ['--api-key-file', fileWith('ck_ABCDEF')], code: 'key.malformed' },
    { argv: ['port'], code: 'usage.excess' },
  ])('$argv', async ({ argv, code: expected }) => {
    const { code, stdout } = await courierJwt(['emulator', '--port', '0', '--json', ...argv], { onStart: killed });
    const { error } = documentOf<{ error: { code: string } }>({ stdout });
    expect({ code, error: error.code }).toEqual({ code: expected === 'key.malformed' ? 3 : 2, error: expected });
  });

  /** Should it listen all the same. */
  const killed = (child: { kill(signal: 'SIGKILL'): boolean }) =>
    void setTimeout(() => child.kill('SIGKILL'), 5000).unref();
});

it('ends, and says so, when its log cannot be written any more', async () => {
  const { stdout, stderr } = await shell(`
    ulimit -f 1
    courier-jwt emulator --port 0 --json > log 2> said &
    until grep -q ready log; do sleep 0.05; done
    url=$(node -p 'JSON.parse(fs.readFileSync("log", "utf8").split("\\n")[0]).url')
    for request in 1 2 3 4 5 6 7 8; do curl -s "$url/brands" > /dev/null; done
    wait $!; echo "ended with $?"
    tail -2 said >&2`);
  expect({ stdout, stderr }).toEqual({
    stdout: 'ended with 4\n',
    stderr: told('the output could not be written: EFBIG.', 'df -h'),
  });
});

describe('whom it answers', () => {
  it.each([
    { name: 'a program of this machine', headers: {}, status: 200, allows: null },
    {
      name: 'a page of this machine',
      headers: { origin: 'http://localhost:5173' },
      status: 200,
      allows: 'http://localhost:5173',
    },
    {
      name: 'a page below localhost',
      headers: { origin: 'https://app.localhost' },
      status: 200,
      allows: 'https://app.localhost',
    },
    {
      name: 'a page that is let in',
      headers: { origin: 'https://app.test:8443' },
      status: 200,
      allows: 'https://app.test:8443',
    },
    { name: 'a page of the Internet', headers: { origin: 'https://evil.example' }, status: 403, allows: null },
    { name: 'a page of no origin', headers: { origin: 'null' }, status: 403, allows: null },
    { name: 'a name that was made to point here', headers: { host: 'evil.example:4010' }, status: 403, allows: null },
    { name: 'a name that is let in', headers: { host: 'courier.test:4010' }, status: 200, allows: null },
  ])('$name: $status', async ({ headers, status, allows }) => {
    const flags = ['--allow-origin', 'https://app.test:8443', '--allow-host', 'courier.test'];
    await withEmulator(flags, async ({ url }) => {
      const answers = await Promise.all([
        raw(url, '/__emulator/health', headers),
        raw(url, '/users/alice/tokens', { ...headers, ...bearer('token_emulated') }),
      ]);
      const expected = { status, allows };
      expect(answers).toEqual([expected, expected]);
    });
  });

  it('passes over an offer of another protocol, such as the h2c of Java', async () => {
    await withEmulator([], async ({ url }) => {
      const body = JSON.stringify({ scope: 'user_id:alice', expires_in: '1d' }) + ' '.repeat(200_000);
      const headers = { ...bearer('token_emulated'), connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c' };
      const answers = [
        await raw(url, '/__emulator/health', headers),
        await raw(url, '/auth/issue-token', headers, body),
      ];
      expect(answers).toEqual([
        { status: 200, allows: null },
        { status: 200, allows: null },
      ]);
    });
  });

  it('says yes to the preflight of a browser', async () => {
    await withEmulator([], async ({ url }) => {
      const response = await fetch(`${url}/q`, {
        method: 'OPTIONS',
        headers: {
          origin: 'http://localhost:5173',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type,x-courier-ua,x-courier-user-id',
          'access-control-request-private-network': 'true',
        },
      });
      const { date: _, connection: __, 'keep-alive': ___, ...headers } = Object.fromEntries(response.headers);
      expect({ status: response.status, headers }).toEqual({
        status: 204,
        headers: {
          'access-control-allow-origin': 'http://localhost:5173',
          'access-control-allow-headers': 'authorization,content-type,x-courier-ua,x-courier-user-id',
          'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
          'access-control-allow-private-network': 'true',
          'access-control-expose-headers': 'retry-after, x-emulator-verdict',
          'access-control-max-age': '600',
          vary: 'Origin',
        },
      });
    });
  });

  it('warns where it is reached from beyond this machine', async () => {
    const running = start(['emulator', '--port', '0', '--host', '0.0.0.0']);
    await running.until(() => running.output.stderr.includes('warning'));
    const { stderr } = await running.endBy('SIGTERM');
    expect(
      stderr
        .split('\n')
        .find((line) => line.startsWith('warning'))
        ?.replace(/:\d+/, ':PORT'),
    ).toBe(
      'warning: whoever reaches http://localhost:PORT can mint, read and send here, over plain http. Let it hold nothing real.',
    );
  });

  it.each(['::1', 'LOCALHOST'])('does not warn of %s, which is this machine', async (host) => {
    const running = start(['emulator', '--port', '0', '--host', host]);
    await running.until(() => running.output.stderr.includes('apiUrls'));
    const { code, stderr } = await running.endBy('SIGTERM');
    expect({ code, warned: stderr.includes('warning') }).toEqual({ code: 0, warned: false });
  });

  it('takes the key of --api-key-file alone', async () => {
    await withEmulator(['--api-key-file', fileWith(`${apiKey}\n`)], async ({ url, running }) => {
      const status = async (key: string) => (await fetch(`${url}/brands`, { headers: bearer(key) })).status;
      expect([await status(apiKey), await status('token_emulated')]).toEqual([200, 401]);
      expect(running.output.stderr).not.toContain('COURIER_API_KEY');
    });
  });
});

describe('what its control API does', () => {
  it('a token expires now, and after a reset it is as it was', async () => {
    await withEmulator([], async ({ url, issue, control }) => {
      const token = await issue('alice', '--expires-in', '1h');
      const status = async () => (await fetch(`${url}/q`, query('{ count }', bearer(token)))).status;
      const before = await status();
      await control('POST', 'clock', { advance: '1h' });
      const expired = await status();
      const reset = await control('POST', 'reset');
      expect([before, expired, reset, await status()]).toEqual([200, 401, { reset: true }, 200]);
    });
  });

  it('faults, as many as were asked for, and a limit', async () => {
    await withEmulator([], async ({ url, control }) => {
      const get = async (path: string) =>
        fetch(url + path, { headers: bearer('token_emulated') }).then(
          ({ status, headers }) =>
            `${status}${headers.has('retry-after') ? ` after ${headers.get('retry-after')}` : ''}`,
          () => 'broken off',
        );
      await control('POST', 'fail', { status: 503, count: 2, path: '/brands', retryAfter: 7 });
      const failed = [await get('/brands'), await get('/users/a/tokens'), await get('/brands'), await get('/brands')];
      await control('POST', 'fail', { how: 'drop', count: 1 });
      const dropped = [await get('/brands'), await get('/brands')];
      await control('POST', 'rate-limit', { requests: 1, seconds: 60 });
      const limited = [await get('/brands'), await get('/brands')];
      expect({ failed, dropped, limited }).toEqual({
        failed: ['503 after 7', '200', '503 after 7', '200'],
        dropped: ['broken off', '200'],
        limited: ['200', '429 after 60'],
      });
    });
  });

  it('health, as soon as it listens; what is not there is told', async () => {
    await withEmulator([], async ({ control }) => {
      expect([await control('GET', 'health'), await control('POST', 'clock', { advance: 'soon' })]).toEqual([
        { ready: true },
        { message: 'advance: soon is no duration, such as "2h"', type: 'invalid_request_error' },
      ]);
    });
  });
});

it('answers the same in two runs, with --clock and --fixed-ids', async () => {
  const run = async () =>
    withEmulator(
      [
        '--clock',
        '2026-01-01T00:00:00Z',
        '--fixed-ids',
        '--seed',
        fileWith(JSON.stringify({ messages: [{ user: 'alice', title: 'Seeded' }] })),
      ],
      async ({ url, control, requests, running }) => {
        const post = async (path: string, body: object) => {
          const response = await fetch(url + path, {
            method: 'POST',
            headers: bearer('pk_test_ABCDEF'),
            body: JSON.stringify(body),
          });
          return response.text();
        };
        const minted = await post('/auth/issue-token', { scope: 'user_id:alice', expires_in: '1d' });
        const sent = await post('/send', {
          message: { to: { user_id: 'alice' }, content: { title: 'Sent', body: '' } },
        });
        await running.until(() => requests().length === 2);
        return [
          minted,
          sent,
          JSON.stringify(await control('GET', 'state')),
          requests().map(({ milliseconds: _, ...entry }) => entry),
        ];
      },
    );
  const [first, second] = [await run(), await run()];
  expect(second).toEqual(first);
  expect(first[1]).toBe('{"requestId":"1-00000000-000040008000000000000002"}');
});

/** With node:http, for fetch has a mind of its own about Host. */
async function raw(url: string, path: string, headers: Record<string, string>, body?: string) {
  const { request } = await import('node:http');
  return new Promise<{ status: number; allows: string | null }>((resolve, reject) => {
    request(url + path, { headers, method: body === undefined ? 'GET' : 'POST' }, (response) => {
      response.resume();
      const allows = response.headers['access-control-allow-origin'] ?? null;
      resolve({ status: response.statusCode ?? 0, allows });
    })
      .on('error', reject)
      .end(body);
  });
}
