import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type FaultRequest, type Listening, createEmulator } from '../../src/emulator/index.js';
import {
  calls,
  holders,
  key,
  marker,
  markersIn,
  people,
  pushTokenOf,
  scopes,
  seed,
  spoiled,
  tokenFor,
} from '../emulator/marked.js';

const emulator = createEmulator({ seed: JSON.parse(JSON.stringify(seed).replaceAll('@env@', 'test')) });
const seconds = () => Math.floor(Date.now() / 1000);
let at: Listening;
let port: number;

/** What nobody waited for: Node would end the process. */
const unhandled: unknown[] = [];
const remember = (error: unknown) => void unhandled.push(error);

beforeAll(async () => {
  process.on('unhandledRejection', remember);
  process.on('uncaughtException', remember);
  at = await emulator.listen();
  port = Number(new URL(at.url).port);
});

afterAll(async () => {
  await at.close();
  process.off('unhandledRejection', remember);
  process.off('uncaughtException', remember);
});

/** As it was, with a marked token for everybody. */
async function restore() {
  emulator.control.reset();
  for (const user of holders) {
    const url = `${at.url}/users/${encodeURIComponent(user)}/tokens/${encodeURIComponent(pushTokenOf(user))}`;
    const body = JSON.stringify({ provider_key: 'expo', properties: { mark: marker(user, 'push', 'test') } });
    const { status } = await fetch(url, { method: 'PUT', headers: { authorization: `Bearer ${key.test}` }, body });
    expect(status).toBe(204);
  }
}

/** It lives: whatever was asked of it, it is ready within a second or two. */
async function expectReady() {
  const health = await fetch(`${at.url}/__emulator/health`, { signal: AbortSignal.timeout(4000) });
  expect(await health.json()).toEqual({ ready: true });
  expect(unhandled.splice(0)).toEqual([]);
}

afterEach(expectReady);

/** Sends these bytes, and nothing after them; gives what comes back until the other side ends. */
async function exchange(bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('latin1'));
    };
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no end of the answer to ${JSON.stringify(bytes.toString('latin1').slice(0, 500))}`));
    }, 5000);
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
    socket.on('end', end);
    socket.on('close', end);
    // Whoever is refused in the middle of a large body may find the connection reset.
    socket.on('error', end);
  });
}

interface Parts {
  method: string;
  path: Buffer;
  headers: [name: string, value: string][];
  body: Buffer;
}

function requestOf({ method, path, headers, body }: Parts): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const start = Buffer.concat([Buffer.from(`${method} `), path, Buffer.from(' HTTP/1.1\r\n')]);
  return Buffer.concat([start, Buffer.from(`${lines}\r\n`, 'latin1'), body]);
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

/** Either an answer that is no 500 and shows nothing, or a connection that ended. */
function expectHarmless(answer: string) {
  expect(answer).not.toMatch(/^HTTP\/1\.1 5/);
  expect(markersIn(answer)).toEqual([]);
  if (answer !== '') expect(statusOf(answer)).toBeGreaterThan(100);
}

/** Opens nothing that is marked: not a credential at all, one that is none, or one of somebody who has nothing. */
const bearers = [
  undefined,
  ...Object.values(spoiled).map((spoil) => spoil(`user_id:alice ${scopes.join(' ')}`)),
  tokenFor('user_id:alice', 'test', seconds()),
  tokenFor('user_id:zoe user_id:alicex inbox:read:messages inbox:write:events read:messages', 'test', seconds()),
  tokenFor(scopes.join(' ').replaceAll('read:', 'Read:'), 'test', seconds()),
  tokenFor('user_id:alice read:messagesXYZ inbox:read:write read:brands:other', 'production', seconds()),
];

const name = fc.constantFrom(
  ...[
    'alice',
    'zoe',
    'one',
    'users',
    'tokens',
    'brands',
    'q',
    'client',
    'preferences',
    'lists',
    'send',
    't',
    'inbound',
    'courier',
  ],
  ...[
    '..',
    '.',
    '',
    '%2e%2e',
    '%2F',
    '%00',
    '%',
    '%zz',
    '%E0%A4%A',
    '%ed%a0%80',
    '%FF',
    '__proto__',
    'constructor',
    ':user',
    '*',
    '\0',
  ],
);
const segmentOf = fc.oneof(
  { weight: 6, arbitrary: name },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 10 }) },
);
const known = fc.constantFrom(...calls.map((call) => call.ask('alice')));
const path = fc
  .oneof(
    { weight: 4, arbitrary: fc.array(segmentOf, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`) },
    { weight: 4, arbitrary: known.map(({ url }) => url) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('*', '', '?', '//', '/?', 'http://127.0.0.1/brands', '/brands#x', '/brands?%'),
    },
    { weight: 1, arbitrary: fc.constantFrom(9000, 20_000).map((length) => `/users/${'a'.repeat(length)}/tokens`) },
  )
  // What the emulator itself answers is for whoever runs it.
  .filter((one) => !one.includes('emulator'))
  .map((one) => Buffer.from(one.replaceAll(/[\r\n ]/g, '_')));
const method = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE') },
  { weight: 2, arbitrary: fc.constantFrom('OPTIONS', 'HEAD', 'CONNECT', 'TRACE', 'PROPFIND', 'get', 'NONE', '\0') },
);
const odd = fc.constantFrom(
  '',
  '*',
  'null',
  'alice',
  '\u0000',
  '\u00e9',
  'a'.repeat(500),
  'http://evil.test',
  'chunked',
  '-1',
  '1e9',
  'upgrade',
);
const header: fc.Arbitrary<[string, string]> = fc.tuple(
  fc.constantFrom(
    ...['origin', 'x-courier-user-id', 'idempotency-key', 'content-type', 'content-encoding', 'expect', 'cookie'],
    ...[
      'transfer-encoding',
      'content-length',
      'upgrade',
      '__proto__',
      'host',
      'access-control-request-headers',
      'a b',
      '',
    ],
  ),
  odd,
);
const body = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.constantFrom('[', '{"a":', '"').map((text) => Buffer.from(text.repeat(20_000))) },
  { weight: 1, arbitrary: fc.constantFrom(1_000_000, 1_100_000).map((length) => Buffer.alloc(length, ' ')) },
);

describe('whatever is sent over HTTP, nothing breaks and nothing is told', () => {
  it('as requests', async () => {
    await restore();
    const given = fc.record({
      method,
      path,
      bearer: fc.constantFrom(...bearers),
      scheme: fc.constantFrom('Bearer ', 'Bearer ', 'bearer  ', 'Basic ', 'Bearer Bearer ', ''),
      headers: fc.array(header, { maxLength: 3 }),
      body,
      known: fc.oneof(fc.constant(undefined), known),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ bearer, scheme, headers, body: given_, known: call, ...rest }) => {
        const content = given_ ?? Buffer.from(call?.body ?? '');
        const all: [string, string][] = [
          ['Host', `127.0.0.1:${port}`],
          ['Connection', 'close'],
          ['Content-Length', String(content.length)],
          ...(bearer === undefined ? [] : [['Authorization', scheme + bearer] as [string, string]]),
          ...headers,
        ];
        const line = call ? { method: call.method, path: Buffer.from(call.url) } : rest;
        expectHarmless(await exchange(requestOf({ ...line, headers: all, body: content })));
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it('as bytes', async () => {
    const whole = requestOf({
      method: 'POST',
      path: Buffer.from('/q'),
      headers: [
        ['Host', 'localhost'],
        ['Connection', 'close'],
        ['Content-Length', '12'],
      ],
      body: Buffer.from('{"query":""}'),
    });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some)),
      fc.nat(whole.length).map((end) => whole.subarray(0, end)),
      fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([i, byte]) => {
        const changed = Buffer.from(whole);
        changed[i] = byte;
        return changed;
      }),
      fc.constant(Buffer.concat([whole, whole, Buffer.from('\r\n\r\n'), whole])),
      fc.constantFrom(
        ...['GET / HTTP/9.9', 'GET / HTTP/0.9', 'GET /', `GET / HTTP/1.1\r\nHost: ${'a'.repeat(20_000)}`].map((text) =>
          Buffer.from(`${text}\r\n\r\n`),
        ),
        ...['5\r\n{"a":', 'zz\r\n', '-1\r\n', 'ffffffffffffffff\r\n', '0\r\n\r\n'].map((chunk) =>
          Buffer.from(
            `POST /q HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`,
          ),
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (some) => expectHarmless(await exchange(some))),
      { seed: 12, numRuns: 150 },
    );
  });

  it.each([
    ['of letters', JSON.stringify('a'.repeat(1_100_000))],
    ['of letters of two bytes', JSON.stringify('é'.repeat(600_000))],
    [
      'of an event and spaces',
      `{"event":"e","messageId":"m","type":"track","properties":{"x":"${'é'.repeat(400_000)}"}}${' '.repeat(500_000)}`,
    ],
  ])('a body of more than a mebibyte %s is too large', async (_, text) => {
    const headers = { authorization: `Bearer ${key.test}` };
    const { status } = await fetch(`${at.url}/inbound/courier`, { method: 'POST', headers, body: text });
    emulator.control.reset();
    expect(status).toBe(413);
  });

  it('what is stored without a credential can be read', async () => {
    const properties = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const text = `{"event":"e","messageId":"deep","type":"track","properties":${properties}}`;
    try {
      const stored = await fetch(`${at.url}/inbound/courier`, { method: 'POST', body: text });
      expect(stored.status).toBeLessThan(500);
      const state = await fetch(`${at.url}/__emulator/state`, { signal: AbortSignal.timeout(2000) }).catch(
        () => undefined,
      );
      expect({ status: state?.status, unhandled: unhandled.splice(0).map(String) }).toEqual({
        status: 200,
        unhandled: [],
      });
    } finally {
      unhandled.length = 0;
      emulator.control.reset();
    }
  });

  it('a clock that is moved too far does not end the process', async () => {
    try {
      await fetch(`${at.url}/__emulator/clock`, { method: 'POST', body: '{"advance":1e15}' });
      const after = await fetch(`${at.url}/brands`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
      expect({ status: after?.status, unhandled: unhandled.splice(0).map(String) }).toEqual({
        status: 401,
        unhandled: [],
      });
    } finally {
      unhandled.length = 0;
      emulator.control.reset();
    }
  });
});

const address = (auth: string, userId: string) =>
  `${at.apiUrls.inbox.webSocket}/?${new URLSearchParams({ auth, userId, cid: 'c' }).toString()}`;

/** A socket, and all that it is told. */
async function open(url: string) {
  const socket = new WebSocket(url);
  const frames: string[] = [];
  socket.on('message', (data: Buffer) => void frames.push(data.toString()));
  const closed = new Promise<number>((resolve) => {
    socket.on('close', resolve);
  });
  const refused = await new Promise<number | undefined>((resolve) => {
    socket.on('open', () => resolve(undefined));
    socket.on('error', () => resolve(0));
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode);
    });
  });
  return { socket, frames, closed, refused };
}

async function sendTo(user: string) {
  const message = { to: { user_id: user }, content: { title: marker(user, 'message', 'test'), body: '' } };
  const headers = { authorization: `Bearer ${key.test}` };
  await fetch(`${at.url}/send`, { method: 'POST', headers, body: JSON.stringify({ message }) });
}

describe('whatever is sent over a socket', () => {
  const reader = () => tokenFor('user_id:bob inbox:read:messages', 'test', seconds());

  it('it is let in with the scope only', async () => {
    const urls = [
      ...bearers.map((bearer) => address(bearer ?? '', 'alice')),
      ...[address(reader(), 'alice'), address(reader(), 'Bob'), at.apiUrls.inbox.webSocket],
      address(tokenFor('user_id:alice inbox:write:events read:messages', 'test', seconds()), 'alice'),
    ];
    const sockets = await Promise.all(urls.map(open));
    expect(new Set(sockets.map(({ refused }) => refused))).toEqual(new Set([401]));
    const elsewhere = await Promise.all(
      ['/q', '/x', '//', '/__emulator/state'].map((one) => open(at.apiUrls.inbox.webSocket + one)),
    );
    expect(elsewhere.map(({ refused }) => refused)).toEqual([404, 404, 404, 404]);
  });

  it('in frames', async () => {
    await restore();
    const frame = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.json(),
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom<string | Buffer>(
        'x'.repeat(65_000),
        'x'.repeat(70_000),
        '['.repeat(60_000),
        Buffer.alloc(1_000_000),
        '',
        'null',
        '[]',
      ),
      fc
        .record(
          {
            action: fc.oneof(
              fc.constantFrom('subscribe', 'unsubscribe', 'ping', 'pong', 'get-config', 'keepAlive'),
              fc.jsonValue(),
            ),
            tid: fc.oneof(fc.string(), fc.jsonValue()),
            data: fc.oneof(
              fc.record(
                { channel: fc.oneof(fc.constantFrom(...people), fc.jsonValue()), accountId: fc.jsonValue() },
                { requiredKeys: [] },
              ),
              fc.jsonValue(),
            ),
          },
          { requiredKeys: [] },
        )
        .map((one) => JSON.stringify(one)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 6 }), async (sent) => {
        const { socket, frames, closed, refused } = await open(address(reader(), 'bob'));
        expect(refused).toBeUndefined();
        for (const one of sent) socket.send(one);
        socket.send(JSON.stringify({ action: 'ping', tid: 'last' }));
        const pong = async () => {
          while (!frames.some((one) => one.includes('"last"'))) await sleep(2);
        };
        await Promise.race([pong(), closed, sleep(4000).then(() => expect.fail('neither an answer nor an end'))]);
        await Promise.all(people.map(sendTo));
        await sleep(5);
        if (socket.readyState === WebSocket.OPEN) socket.close();
        // Too large, not UTF-8, or a channel of somebody else; or that it was enough.
        expect([1005, 1007, 1008, 1009]).toContain(await closed);
        expect(frames.flatMap(markersIn).filter(({ owner }) => owner !== 'bob')).toEqual([]);
        emulator.control.reset();
      }),
      { seed: 13, numRuns: 60 },
    );
  });

  it('in bytes that are no frames', async () => {
    const upgrade = (target: string, version: string, nonce: string) =>
      `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: ${version}\r\nSec-WebSocket-Key: ${nonce}\r\n\r\n`;
    const good = `/?${new URLSearchParams({ auth: reader(), userId: 'bob' }).toString()}`;
    const given = fc.record({
      target: fc.constantFrom(
        good,
        good,
        '/',
        '/?auth=%00',
        '/?auth=a&auth=b',
        `/?auth=${'a'.repeat(9000)}`,
        '*',
        'http://x/',
      ),
      version: fc.constantFrom('13', '13', '13', '99', ''),
      nonce: fc.constantFrom('AAAAAAAAAAAAAAAAAAAAAA==', 'AAAAAAAAAAAAAAAAAAAAAA==', '', 'x'),
      bytes: fc.uint8Array({ maxLength: 100 }),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ target, version, nonce, bytes }) => {
        const answer = await exchange(
          Buffer.concat([Buffer.from(upgrade(target, version, nonce)), Buffer.from(bytes)]),
        );
        expectHarmless(answer);
      }),
      { seed: 14, numRuns: 100 },
    );
  });
});

describe('close() ends', () => {
  const upgrade = (target: string) =>
    `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;
  const whole = () =>
    `/?${new URLSearchParams({ auth: tokenFor('user_id:bob inbox:read:messages', 'test', seconds()), userId: 'bob' }).toString()}`;

  const clients: [name: string, fault: FaultRequest | undefined, bytes: () => string][] = [
    ['a request that hangs', { how: 'hang' }, () => 'GET /brands HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['half a request', undefined, () => 'GET /brands HTTP/1.1\r\nHost: loc'],
    ['a socket that is open', undefined, () => upgrade(whole())],
    ['a socket that hangs', { how: 'hang' }, () => upgrade(whole())],
    ['a socket that was refused', undefined, () => upgrade('/')],
  ];
  it.each(clients)('with %s, whatever the other side does', async (_, fault, bytes) => {
    const own = createEmulator();
    const listening = await own.listen();
    if (fault) own.control.fail(fault);
    const client = connect({ port: Number(new URL(listening.url).port), host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => {});
    client.resume();
    client.write(bytes());
    await sleep(100);
    try {
      const ended = await Promise.race([listening.close().then(() => true), sleep(1500, false)]);
      expect(ended).toBe(true);
    } finally {
      client.destroy();
    }
  });
});
