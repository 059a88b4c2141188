import { type AddressInfo, type Socket, createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { networkTransport } from '../../src/courier/https.js';
import { prints } from '../../src/courier/node-debug.js';
import type { HttpRequest } from '../../src/courier/transport.js';
import { type CourierServer, drop, hang, json, stall, startCourier, text } from '../support/courier-server.js';
import { rejectionOf } from '../token/failure-of.js';

it.each([
  { nodeDebug: '', expected: false },
  { nodeDebug: 'http', expected: true },
  { nodeDebug: 'HTTP', expected: true },
  { nodeDebug: 'https', expected: true },
  { nodeDebug: 'tls', expected: true },
  { nodeDebug: 'net', expected: true },
  { nodeDebug: 'stream', expected: false },
  { nodeDebug: 'fs', expected: false },
  { nodeDebug: 'http2', expected: false },
  { nodeDebug: 'xhttp', expected: false },
  { nodeDebug: 'fs,module', expected: false },
  { nodeDebug: 'fs,net', expected: true },
  { nodeDebug: 'fs, net', expected: true },
  { nodeDebug: '*', expected: true },
  { nodeDebug: 'h*', expected: true },
  { nodeDebug: '*t', expected: true },
  { nodeDebug: 'n*t', expected: true },
  { nodeDebug: 'f*', expected: false },
  { nodeDebug: '*x', expected: false },
  { nodeDebug: 'n.t', expected: false },
  { nodeDebug: '(', expected: false },
  { nodeDebug: ',', expected: false },
])('NODE_DEBUG=$nodeDebug prints requests: $expected', ({ nodeDebug, expected }) => {
  expect(prints(nodeDebug, 'requests')).toBe(expected);
});

it.each([
  { nodeDebug: '', expected: false },
  { nodeDebug: 'net', expected: false },
  { nodeDebug: 'fs,STREAM', expected: true },
  { nodeDebug: 's*', expected: true },
])('NODE_DEBUG=$nodeDebug prints what streams carry: $expected', ({ nodeDebug, expected }) => {
  expect(prints(nodeDebug, 'streams')).toBe(expected);
});

describe.each([{ way: 'send' }, { way: 'sendMany' }] as const)('networkTransport: $way', ({ way }) => {
  let courier: CourierServer;
  let host: string;
  beforeAll(async () => {
    courier = await startCourier();
    host = new URL(courier.url).host;
  });
  beforeEach(() => {
    courier.misbehave(undefined);
    courier.requests.length = 0;
  });
  afterAll(() => courier.close());

  const transport = networkTransport({ HTTPS_PROXY: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' });
  const request = (more: Partial<HttpRequest> = {}): HttpRequest => ({
    method: 'POST',
    url: `${courier.url}/auth/issue-token`,
    headers: { 'X-Test': 'yes' },
    body: '{"a":"ü"}',
    timeoutMs: 5000,
    ...more,
  });

  it('sends what it is given, and gives what comes back', async () => {
    courier.misbehave(json(200, { ok: 'ü' }, { 'X-Reply': 'a', date: 'today' }));
    const { status, headers, body } = await transport[way](request());
    expect({ status, body, reply: headers['x-reply'], date: headers.date }).toEqual({
      status: 200,
      body: '{"ok":"ü"}',
      reply: 'a',
      date: 'today',
    });
    const [seen] = courier.requests;
    expect({ ...seen, headers: seen?.headers['x-test'] }).toEqual({
      method: 'POST',
      path: '/auth/issue-token',
      headers: 'yes',
      body: '{"a":"ü"}',
    });
  });

  it('sends the headers of each request', async () => {
    courier.misbehave(json(200, {}));
    for (const name of ['a', 'a', 'b']) await transport[way](request({ headers: { 'X-Test': name } }));
    expect(courier.requests.map(({ headers }) => headers['x-test'])).toEqual(['a', 'a', 'b']);
  });

  it.each([301, 400, 401, 404, 429, 500, 503])('gives a status of %d as it is', async (status) => {
    courier.misbehave(text(status, 'what', { location: 'https://elsewhere/' }));
    const response = await transport[way](request());
    expect([response.status, response.body, response.headers.location, courier.requests.length]).toEqual([
      status,
      'what',
      'https://elsewhere/',
      1,
    ]);
  });

  it('takes a megabyte, and not a byte more', async () => {
    const most = 1024 * 1024;
    courier.misbehave([text(200, 'x'.repeat(most)), text(200, 'x'.repeat(most + 1))]);
    expect((await transport[way](request())).body.length).toBe(most);
    expect(await rejectionOf(transport[way](request()))).toEqual({
      code: 'courier.nonsense',
      facts: { host, problem: 'too-large' },
    });
  });

  it.each([
    { name: 'no answer', how: hang },
    { name: 'half an answer', how: stall },
  ])('a timeout: $name', async ({ how }) => {
    courier.misbehave(how);
    expect(await rejectionOf(transport[way](request({ timeoutMs: 150 })))).toEqual({
      code: 'courier.timeout',
      facts: { host, seconds: 0.15 },
    });
  });

  it('a dropped connection', async () => {
    courier.misbehave(drop);
    expect(await rejectionOf(transport[way](request()))).toEqual({
      code: 'courier.unreachable',
      facts: { host, reason: 'dropped', detail: 'ECONNRESET' },
    });
  });

  // By https too: the proxy that is set is not used for loopback.
  it.each(['http', 'https'])('a refused connection by %s', async (scheme) => {
    const closed = createServer();
    await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done));
    const { port } = closed.address() as AddressInfo;
    await new Promise((done) => closed.close(done));
    expect(await rejectionOf(transport[way](request({ url: `${scheme}://127.0.0.1:${port}/` })))).toEqual({
      code: 'courier.unreachable',
      facts: { host: `127.0.0.1:${port}`, reason: 'refused', detail: 'ECONNREFUSED' },
    });
  });

  it('a proxy that is not there', async () => {
    expect(await rejectionOf(transport[way](request({ url: 'https://api.courier.com/x' })))).toEqual({
      code: 'courier.unreachable',
      facts: { host: 'api.courier.com', reason: 'proxy', detail: 'ECONNREFUSED' },
    });
  });

  it.each([
    { name: 'before it', abort: (controller: AbortController) => controller.abort() },
    { name: 'during it', abort: (controller: AbortController) => void setTimeout(() => controller.abort(), 50) },
  ])('an interruption $name', async ({ abort }) => {
    courier.misbehave(hang);
    const controller = new AbortController();
    abort(controller);
    expect(await rejectionOf(transport[way](request({ signal: controller.signal })))).toEqual({
      code: 'interrupted.signal',
      facts: {},
    });
  });

  it('leaves no listener behind', async () => {
    let listeners = 0;
    const { signal } = new AbortController();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => ((listeners += 1), add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => ((listeners -= 1), remove(...args));
    courier.misbehave(json(200, {}));
    await transport[way](request({ signal }));
    await transport[way](request({ signal }));
    expect(listeners).toBe(0);
  });

  it('sends nothing where Node would print it', async () => {
    const careful = networkTransport({ NODE_DEBUG: 'fs,http' });
    expect(await rejectionOf(careful[way](request()))).toEqual({
      code: 'usage.node-debug',
      facts: { value: 'fs,http' },
    });
    expect(courier.requests).toEqual([]);
  });
});

describe('sendMany: a connection that is kept', () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  it.each([
    { of: 'is used again', meanwhile: () => {}, connections: 1 },
    { of: 'and closed by the server is not', meanwhile: (socket: Socket) => void socket.end(), connections: 2 },
    {
      of: 'and says what nobody asked for is not',
      meanwhile: (socket: Socket) => void socket.write(answer.replace('ok', 'no')),
      connections: 2,
    },
  ])('$of', async ({ meanwhile, connections }) => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {}).on('data', () => socket.write(answer));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { sendMany } = networkTransport({});
    const send = async () => sendMany({ method: 'POST', url, headers: {}, body: '', timeoutMs: 5000 });
    await send();
    meanwhile(sockets[0]!);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([(await send()).body, sockets.length]).toEqual(['ok', connections]);
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});
