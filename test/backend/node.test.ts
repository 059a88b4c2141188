import { once } from 'node:events';
import { createServer as createHttp2, connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { Refusal } from '../../src/backend/call.js';
import {
  type LogEntry,
  type NodeRequest,
  type TokenHandlerOptions,
  createTokenHandler,
} from '../../src/backend/index.js';
import { callOf, toRequest } from '../../src/backend/node.js';
import { createEmulator } from '../../src/emulator/index.js';
import { served } from '../support/endpoint.js';
import { always, apiKey, firstEntry, firstToken } from './support.js';

type Options = Partial<TokenHandlerOptions<NodeRequest>>;

function nodeBackend(options: Options = {}) {
  const log: LogEntry[] = [];
  const handler = createTokenHandler<NodeRequest>({
    apiKey,
    authenticate: (_, { headers }) => headers.session?.toString(),
    log: (entry) => log.push(entry),
    transport: createEmulator({ clock: '2026-01-01T00:00:00Z', sequentialIds: true }).transport,
    ...options,
  });
  return { log, handler };
}

async function withServer(options: Options, work: (port: number, log: LogEntry[]) => Promise<void>): Promise<void> {
  const { log, handler } = nodeBackend(options);
  const { port, close } = await served((request, response) => void handler.node(request, response));
  try {
    await work(port, log);
  } finally {
    await close();
  }
}

/** The bytes as they are, on a connection that ends with the answer; `ends`: the client goes away instead of waiting. */
async function raw(port: number, bytes: string, { ends = false } = {}): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  socket.write(bytes);
  if (ends) setTimeout(() => socket.destroy(), 50);
  await once(socket, 'close');
  return answer.replace(/Date: .*\r\n/, '');
}

const head = (rest: string) =>
  `POST /api/token HTTP/1.1\r\nhost: app.test\r\nsession: alice\r\nconnection: close\r\n${rest}\r\n`;
const tokenAnswer = expect.stringMatching(/^HTTP\/1\.1 200 OK\r\n[^]*\{"token":"eyJ[^]*"expiresIn":"1d"/);

describe('over HTTP', () => {
  it('answers with these bytes', async () => {
    await withServer({ authenticate: () => null }, async (port) => {
      expect(await raw(port, head('content-length: 2\r\n') + '{}')).toBe(
        [
          'HTTP/1.1 401 Unauthorized',
          'content-type: application/json',
          'cache-control: no-store',
          'x-content-type-options: nosniff',
          'vary: Origin',
          'content-length: 49',
          'Connection: close',
          '',
          '{"error":"Unauthorized","code":"session.missing"}',
        ].join('\r\n'),
      );
    });
  });

  it.each([
    ['in parts', `${head('transfer-encoding: chunked\r\n')}5\r\n{"use\r\nd\r\nrId":"alice"}\r\n0\r\n\r\n`],
    ['none', head('content-length: 0\r\n')],
    ['none, unsaid', head('')],
  ])('takes a body: %s', async (_, bytes) => {
    await withServer({}, async (port, log) => {
      expect(await raw(port, bytes)).toEqual(tokenAnswer);
      expect(log).toEqual([firstEntry]);
    });
  });

  it('looks the session up while the body comes', async () => {
    const later = { authenticate: async () => new Promise<string>((done) => setTimeout(() => done('alice'), 50)) };
    await withServer(later, async (port, log) => {
      expect(await raw(port, `${head('content-length: 16\r\n')}{"userId":"bob"}`)).toMatch(/^HTTP\/1\.1 403 /);
      expect(log).toEqual([{ event: 'refused', status: 403, code: 'user.mismatch', user: 'alice' }]);
    });
  });

  it('a body without end is answered, and its connection closed', async () => {
    await withServer({}, async (port, log) => {
      const bytes = `${head('content-length: 1000000000\r\n').replace('connection: close\r\n', '')}${'x'.repeat(20_000)}`;
      expect(await raw(port, bytes)).toMatch(/^HTTP\/1\.1 413 [^]*connection: close\r\n[^]*"body.too-large"\}$/);
      expect(log).toEqual([{ event: 'refused', status: 413, code: 'body.too-large', user: 'alice' }]);
    });
  });

  const slow = { authenticate: async () => new Promise<string>((done) => setTimeout(() => done('alice'), 150)) };
  it.each<[string, Options]>([
    ['with half a body', {}],
    ['while the session is looked up', slow],
  ])('a client that goes away %s is told of, and waited for no longer', async (_, options) => {
    await withServer(options, async (port, log) => {
      await raw(port, `${head('content-length: 100\r\n')}{"userId"`, { ends: true });
      await expect.poll(() => log).toEqual([{ event: 'refused', status: 400, code: 'body.cut-short', user: 'alice' }]);
    });
  });

  it('says nothing where a middleware has answered before', async () => {
    const { handler } = nodeBackend(slow);
    const outcomes: unknown[] = [];
    const { url, close } = await served((request, response) => {
      void handler.node(request, response).then(
        () => outcomes.push('resolved'),
        (error: unknown) => outcomes.push(error),
      );
      response.writeHead(503).end('too slow');
    });
    expect(await (await fetch(url, { method: 'POST' })).text()).toBe('too slow');
    await expect.poll(() => outcomes).toEqual(['resolved']);
    await close();
  });

  it('says nothing to a client that went away before the answer', async () => {
    const { log, handler } = nodeBackend(slow);
    const outcomes: unknown[] = [];
    const { port, close } = await served((request, response) => {
      const written = vi.spyOn(response, 'writeHead');
      void handler.node(request, response).then(
        () => outcomes.push(['resolved', written.mock.calls]),
        (error: unknown) => outcomes.push(error),
      );
    });
    await raw(port, head('content-length: 2\r\n') + '{}', { ends: true });
    await expect.poll(() => outcomes).toEqual([['resolved', []]]);
    expect(log).toEqual([{ event: 'refused', status: 400, code: 'body.cut-short', user: 'alice' }]);
    await close();
  });

  it('speaks HTTP/2', async () => {
    const warnings: string[] = [];
    const warned = ({ name, message }: Error) => name === 'UnsupportedWarning' && warnings.push(message);
    process.on('warning', warned);
    const { handler } = nodeBackend();
    const server = createHttp2((request, response) => void handler.node(request as never, response as never));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const statusOf = async (body: string) => {
      const stream = session.request({ ':method': 'POST', ':path': '/api/token', session: 'alice' });
      stream.resume().end(body);
      const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
      return headers[':status'];
    };
    const bodies = ['{"userId":"alice"}', '{"userId":"bob"}', 'x'.repeat(20_000)];
    expect(await Promise.all(bodies.map(statusOf))).toEqual([200, 403, 413]);
    session.close();
    server.close();
    process.off('warning', warned);
    expect(warnings).toEqual([]);
  });
});

const at = { method: 'POST', url: '/api/token', headers: {} };

describe('a body that was read before', () => {
  it.each<[string, unknown, string | undefined]>([
    ['an object', { userId: 'alice' }, '{"userId":"alice"}'],
    ['a text', '{"userId":', '{"userId":'],
    ['a Buffer', Buffer.from('{}'), '{}'],
    ['bytes', new TextEncoder().encode('{"é":1}'), '{"é":1}'],
    ['none', null, ''],
    ['too long', 'x'.repeat(10_001), undefined],
    ['too long in bytes', 'é'.repeat(5001), undefined],
  ])('%s', async (_, body, text) => {
    expect(await callOf({ ...at, body }).body()).toBe(text);
  });

  it('by whoever kept it', async () => {
    const stream = Readable.from(['{}']);
    await stream.toArray();
    expect(await callOf(Object.assign(stream, at) as never).body()).toBe('');
  });

  it('as text, by an encoding that was set', async () => {
    const stream = Readable.from([Buffer.from('{"é":1}')]).setEncoding('utf8');
    expect(await callOf(Object.assign(stream, at) as never).body()).toBe('{"é":1}');
  });

  it('in part: its sender went away', async () => {
    const stream = new Readable({ read() {} });
    stream.push('{');
    const body = callOf(Object.assign(stream, at) as never).body();
    setTimeout(() => stream.destroy(new Error('reset')), 10);
    await expect(body).rejects.toEqual(new Refusal(400, 'body.cut-short', 'The body is not complete'));
  });
});

describe('toRequest', () => {
  it.each<[string, NodeRequest, string]>([
    ['its host', { ...at, headers: { host: 'app.test:8443' } }, 'http://app.test:8443/api/token'],
    [
      'https, where Express knows of it',
      { ...at, protocol: 'https', headers: { host: 'app.test' } },
      'https://app.test/api/token',
    ],
    ['all of the path', { ...at, url: '/token', originalUrl: '/api/token?a=b' }, 'http://localhost/api/token?a=b'],
    ['http, for what a proxy says and is neither', { ...at, protocol: 'foo' }, 'http://localhost/api/token'],
    [
      'HTTP/2’s authority',
      { ...at, headers: { ':authority': 'app.test', ':path': '/x' } },
      'http://app.test/api/token',
    ],
    ['no host of another kind', { ...at, headers: { host: 'a b/../?' } }, 'http://localhost/api/token'],
    ['no host with a path in it', { ...at, headers: { host: 'app.test/evil?' } }, 'http://app.test/api/token'],
    ['no user in it', { ...at, headers: { host: 'me:secret@app.test' } }, 'http://app.test/api/token'],
    ['no URL of another host', { ...at, url: 'http://evil.test/x' }, 'http://localhost/'],
    ['no host from two slashes', { ...at, url: '//evil.test/x' }, 'http://localhost//evil.test/x'],
  ])('has %s', (_, incoming, url) => expect(toRequest(incoming).url).toBe(url));

  it.each(['CONNECT', 'TRACE', 'TRACK', 'trace'])('is GET for %s, which no Request may have', async (method) => {
    const request = toRequest({ ...at, method, body: '{}' });
    expect([request.method, await request.text()]).toEqual(['GET', '']);
  });

  it('has the header fields, and none of HTTP/2’s own', () => {
    const headers = { ':method': 'POST', cookie: 'a=b', 'x-list': ['1', '2'], 'x-none': undefined };
    expect(Object.fromEntries(toRequest({ ...at, headers }).headers)).toEqual({ cookie: 'a=b', 'x-list': '1, 2' });
  });

  it.each<[string, unknown, string]>([
    ['POST', { userId: 'alice' }, '{"userId":"alice"}'],
    ['POST', undefined, ''],
    ['POST', null, ''],
    ['GET', { a: 1 }, ''],
    ['HEAD', { a: 1 }, ''],
  ])('%s has the body %j that was read before', async (method, body, text) => {
    expect(await toRequest({ ...at, method, body }).text()).toBe(text);
  });
});

it('a Request is made when it is looked at, and once', () => {
  let made = 0;
  const incoming = {
    ...at,
    get url() {
      made += 1;
      return '/api/token';
    },
  };
  const request = callOf(incoming).request();
  expect(made).toBe(0);
  expect([request.url, request.method, made]).toEqual(['http://localhost/api/token', 'POST', 1]);
});

it('authenticate gets a Request that is one', async () => {
  const seen: unknown[] = [];
  const authenticate = (request: Request) => {
    const { url, method } = request;
    const clone = request.clone();
    seen.push(request instanceof Request, 'headers' in request, url, method, request.headers.get('session'));
    seen.push(clone instanceof Request, new Request(clone, { method: 'PUT' }).method);
    return request.headers.get('session');
  };
  await withServer({ authenticate }, async (port) => {
    const response = await fetch(`http://127.0.0.1:${port}/x`, { method: 'POST', headers: { session: 'alice' } });
    expect([response.status, Object.fromEntries(response.headers)]).toEqual([200, expect.objectContaining(always)]);
    expect(await response.json()).toEqual({ token: expect.any(String), ...firstToken });
    expect(seen).toEqual([true, true, `http://127.0.0.1:${port}/x`, 'POST', 'alice', true, 'PUT']);
  });
});
