import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { networkTransport } from '../../src/courier/https.js';
import { Connections } from '../../src/courier/many.js';
import type { HttpRequest } from '../../src/courier/transport.js';
import { drop, hang, json, stall, text } from '../support/courier-server.js';
import { withProxy, withTcp } from '../support/e2e-network.js';
import { apiKey, hostOf, keyed, selfSigned, withCourier } from '../support/e2e-world.js';
import { courierJwt } from '../support/run.js';
import { rejectionOf } from '../token/failure-of.js';

const request = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url: `${url}/auth/issue-token?a=b`,
  headers: { 'X-Test': 'yes' },
  body: '{"a":"ü"}',
  timeoutMs: 5000,
  ...more,
});

const dropped = (url: string, detail = 'ECONNRESET') => ({
  code: 'courier.unreachable',
  facts: { host: hostOf({ url }), reason: 'dropped', detail },
});

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** Answers each request, which comes in one piece, so. */
const answering = (how: (socket: Socket, times: number) => void) => {
  let times = 0;
  return (socket: Socket) => socket.on('data', () => how(socket, (times += 1)));
};

it('sends what Node’s own client sends, and gives what that gives', async () =>
  withCourier(async (courier) => {
    const transport = networkTransport({});
    courier.misbehave(text(200, 'ü', { 'x-reply': 'a', date: 'today' }));
    const [one, other] = [await transport.send(request(courier.url)), await transport.sendMany(request(courier.url))];
    expect(other).toEqual(one);
    const plain = courier.requests.map(({ headers: { connection: _, ...headers }, ...seen }) => ({ ...seen, headers }));
    expect(plain[1]).toEqual({ ...plain[0], headers: { ...plain[0]?.headers, 'content-length': '10' } });
  }));

it('another URL, other headers, another method: each is sent as it is', async () =>
  withCourier(async (courier) => {
    courier.misbehave(json(200, {}));
    const { sendMany } = networkTransport({});
    const headers = { 'X-Test': 'a' };
    await sendMany(request(courier.url, { headers }));
    await sendMany(request(courier.url, { headers: { 'X-Test': 'b' } }));
    await sendMany(request(courier.url, { headers }));
    await sendMany(request(courier.url, { headers, method: 'PUT' }));
    await sendMany(request(courier.url, { headers, url: `${courier.url}/other` }));
    await sendMany(request(courier.url, { headers, url: courier.url }));
    expect(courier.requests.map(({ method, path, headers: seen }) => [method, path, seen['x-test']])).toEqual([
      ['POST', '/auth/issue-token?a=b', 'a'],
      ['POST', '/auth/issue-token?a=b', 'b'],
      ['POST', '/auth/issue-token?a=b', 'a'],
      ['PUT', '/auth/issue-token?a=b', 'a'],
      ['POST', '/other', 'a'],
      ['POST', '/', 'a'],
    ]);
  }));

it('IPv6, by its address', async () => {
  const server = createHttpServer((asked, response) => response.end(asked.headers.host));
  await new Promise<void>((resolve) => server.listen(0, '::1', resolve));
  const url = `http://[::1]:${(server.address() as AddressInfo).port}`;
  expect((await networkTransport({}).sendMany(request(url))).body).toBe(hostOf({ url }));
  server.closeAllConnections();
  server.close();
});

describe('connections', () => {
  it('as many as there are at once, however many follow', async () =>
    withCourier(async (courier) => {
      courier.misbehave(json(200, {}));
      const connections = new Connections(new URL(courier.url));
      for (let i = 0; i < 5; i += 1)
        await Promise.all(Array.from({ length: 8 }, async () => connections.send(request(courier.url))));
      expect([courier.requests.length, courier.connections()]).toEqual([40, 8]);
    }));

  it.each<{ name: string; how: (socket: Socket) => void; connections: number }>([
    { name: 'kept', how: (socket) => socket.write(answer), connections: 1 },
    { name: 'closed by each answer', how: (socket) => socket.end(answer), connections: 3 },
    {
      name: 'to be closed, it says',
      how: (socket) => socket.write(answer.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')),
      connections: 3,
    },
    { name: 'with more than was asked for', how: (socket) => socket.write(`${answer}more`), connections: 3 },
    {
      name: 'with more than was asked for, later',
      how: (socket) => void socket.write(answer, () => setTimeout(() => socket.write('more'), 5)),
      connections: 3,
    },
    {
      name: 'in many pieces',
      how: (socket) => answer.split('').forEach((piece) => socket.write(piece)),
      connections: 1,
    },
  ])('$name: $connections', async ({ how, connections }) => {
    let opened = 0;
    const serve = (socket: Socket) => {
      opened += 1;
      answering(how)(socket);
    };
    await withTcp(serve, async (url) => {
      const { sendMany } = networkTransport({});
      for (let i = 0; i < 3; i += 1) {
        const { status, body } = await sendMany(request(url));
        expect([status, body]).toEqual([200, 'ok']);
        // Closing takes a moment.
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      expect(opened).toBe(connections);
    });
  });

  it('an answer that comes while the connection lasts ends with it', async () =>
    withTcp(
      answering((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nall of it')),
      async (url) => {
        expect(await networkTransport({}).sendMany(request(url))).toEqual({
          status: 200,
          headers: {},
          body: 'all of it',
        });
      },
    ));

  it('keeps no listener, over 10 000 requests', async () =>
    withTcp(
      answering((socket) => socket.write(answer)),
      async (url) => {
        let listeners = 0;
        const { signal } = new AbortController();
        const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
        signal.addEventListener = (...args: Parameters<typeof add>) => ((listeners += 1), add(...args));
        signal.removeEventListener = (...args: Parameters<typeof remove>) => ((listeners -= 1), remove(...args));
        const { sendMany } = networkTransport({});
        let warnings = 0;
        const warned = () => (warnings += 1);
        process.on('warning', warned);
        for (let i = 0; i < 10_000; i += 8)
          await Promise.all(Array.from({ length: 8 }, async () => sendMany(request(url, { signal }))));
        process.off('warning', warned);
        expect([listeners, warnings]).toEqual([0, 0]);
      },
    ));
});

describe('a server that hangs up without saying so', () => {
  /** Its `n`th connection answers so often, and what comes then fails so. */
  const lasting = (answers: (n: number) => number, fail: (socket: Socket) => void = (socket) => socket.destroy()) => {
    const seen = { opened: 0 };
    const serve = (socket: Socket) => {
      const most = answers((seen.opened += 1));
      answering((_, times) => void (times > most ? fail(socket) : socket.write(answer)))(socket);
    };
    return { seen, serve };
  };
  const comes = async (sent: Promise<unknown>) =>
    sent.then(
      () => true,
      () => false,
    );

  it.each<{ name: string; answers: (n: number) => number; fail?: (socket: Socket) => void; all: string }>([
    { name: 'behind each answer', answers: () => 1, all: '1 -- 1 1 1 1 1 1 1 1 1 1 of 11' },
    { name: 'behind every third', answers: () => 3, all: '1 1 1 -- 1 1 1 1 1 1 1 1 of 4' },
    {
      name: 'behind each, with a reset',
      answers: () => 1,
      fail: (socket) => socket.resetAndDestroy(),
      all: '1 -- 1 1 1 1 1 1 1 1 1 1 of 11',
    },
    { name: 'once', answers: (n) => (n === 1 ? 3 : Infinity), all: '1 1 1 -- 1 1 1 1 1 1 1 1 of 4' },
    {
      name: 'in place of the first answer, once',
      answers: (n) => (n === 1 ? 0 : Infinity),
      all: '-- 1 1 1 1 1 1 1 1 1 1 1 of 2',
    },
    {
      name: 'in the midst of an answer, once',
      answers: (n) => (n === 1 ? 1 : Infinity),
      fail: (socket) => socket.end(answer.slice(0, -1)),
      all: '1 -- 1 1 1 1 1 1 1 1 1 1 of 2',
    },
    {
      name: 'not at all: it does not answer, once',
      answers: (n) => (n === 1 ? 1 : Infinity),
      fail: () => {},
      all: '1 -- 1 1 1 1 1 1 1 1 1 1 of 2',
    },
  ])('$name: one request is lost', async ({ answers, fail, all }) => {
    const { seen, serve } = lasting(answers, fail);
    await withTcp(serve, async (url) => {
      const { sendMany } = networkTransport({});
      const came: boolean[] = [];
      for (let i = 0; i < 12; i += 1) came.push(await comes(sendMany(request(url, { timeoutMs: 100 }))));
      expect(`${came.map((one) => (one ? '1' : '--')).join(' ')} of ${seen.opened}`).toBe(all);
    });
  });

  it('on one that idled: the others are kept', async () => {
    const { seen, serve } = lasting((n) => (n === 1 ? 1 : Infinity));
    await withTcp(serve, async (url) => {
      const { sendMany } = networkTransport({});
      await sendMany(request(url));
      await new Promise((resolve) => setTimeout(resolve, 1100));
      expect(await rejectionOf(sendMany(request(url)))).toEqual(dropped(url));
      for (let i = 0; i < 5; i += 1) await sendMany(request(url));
      expect(seen.opened).toBe(2);
    });
  });

  it.each([
    { name: 'has lasted', before: 1 },
    { name: 'lasts', before: 0 },
  ])('on one where another $name longer: that is kept', async ({ before }) => {
    const { seen, serve } = lasting((n) => (n === 2 ? 1 : Infinity));
    await withTcp(serve, async (url) => {
      const { sendMany } = networkTransport({});
      for (let i = 0; i < before; i += 1) await sendMany(request(url));
      const both = async () => Promise.all([comes(sendMany(request(url))), comes(sendMany(request(url)))]);
      expect(await both()).toEqual([true, true]);
      expect((await both()).filter(Boolean)).toEqual([true]);
      expect([await both(), await both(), seen.opened]).toEqual([[true, true], [true, true], 3]);
    });
  });

  it('those that idle when it is learnt are not used again', async () => {
    const { seen, serve } = lasting(() => 1);
    await withTcp(serve, async (url) => {
      const { sendMany } = networkTransport({});
      await Promise.all([sendMany(request(url)), sendMany(request(url)), sendMany(request(url))]);
      const came: boolean[] = [];
      for (let i = 0; i < 4; i += 1) came.push(await comes(sendMany(request(url))));
      expect([came, seen.opened]).toEqual([[false, true, true, true], 6]);
    });
  });
});

describe('what goes wrong', () => {
  it.each<{ name: string; serve: (socket: Socket) => void; detail?: string }>([
    { name: 'closed at once', serve: (socket) => socket.destroy() },
    { name: 'closed without an answer', serve: answering((socket) => socket.end()) },
    { name: 'reset', serve: answering((socket) => socket.resetAndDestroy()) },
    { name: 'closed in the midst', serve: answering((socket) => socket.end(answer.slice(0, -1))) },
    { name: 'no HTTP', serve: (socket) => socket.write('SSH-2.0-x\r\n'), detail: 'HPE_INVALID_RESPONSE' },
    { name: 'nonsense', serve: answering((socket) => socket.write('<html>')), detail: 'HPE_INVALID_RESPONSE' },
  ])('$name', async ({ serve, detail }) =>
    withTcp(serve, async (url) => {
      expect(await rejectionOf(networkTransport({}).sendMany(request(url)))).toEqual(dropped(url, detail));
    }),
  );

  it.each([
    { name: 'no answer', how: hang },
    { name: 'half an answer', how: stall },
  ])('a timeout: $name', async ({ how }) =>
    withCourier(async (courier) => {
      courier.misbehave([how, json(200, {})]);
      const { sendMany } = networkTransport({});
      expect(await rejectionOf(sendMany(request(courier.url, { timeoutMs: 100 })))).toEqual({
        code: 'courier.timeout',
        facts: { host: hostOf(courier), seconds: 0.1 },
      });
      // What comes of it later is nobody else’s answer.
      expect((await sendMany(request(courier.url))).body).toBe('{}');
      expect(courier.connections()).toBe(2);
    }),
  );

  it('a connection that is dropped is none to try again', async () =>
    withCourier(async (courier) => {
      courier.misbehave([json(200, {}), drop, json(200, { a: 1 })]);
      const { sendMany } = networkTransport({});
      await sendMany(request(courier.url));
      expect(await rejectionOf(sendMany(request(courier.url)))).toEqual(dropped(courier.url));
      expect((await sendMany(request(courier.url))).body).toBe('{"a":1}');
    }));

  it('nobody there', async () => {
    const gone = await withTcp(
      () => {},
      async (url) => url,
    );
    expect(await rejectionOf(networkTransport({}).sendMany(request(gone)))).toEqual({
      code: 'courier.unreachable',
      facts: { host: hostOf({ url: gone }), reason: 'refused', detail: 'ECONNREFUSED' },
    });
  });

  it('a megabyte, and not a byte more', async () =>
    withCourier(async (courier) => {
      const most = 1024 * 1024;
      courier.misbehave([text(200, 'x'.repeat(most)), text(200, 'x'.repeat(most + 1))]);
      const { sendMany } = networkTransport({});
      expect((await sendMany(request(courier.url))).body.length).toBe(most);
      expect(await rejectionOf(sendMany(request(courier.url)))).toEqual({
        code: 'courier.nonsense',
        facts: { host: hostOf(courier), problem: 'too-large' },
      });
    }));

  it.each([
    { name: 'before it', abort: (controller: AbortController) => controller.abort() },
    { name: 'during it', abort: (controller: AbortController) => void setTimeout(() => controller.abort(), 50) },
  ])('an interruption $name', async ({ abort }) =>
    withCourier(async (courier) => {
      courier.misbehave(hang);
      const controller = new AbortController();
      abort(controller);
      const sent = networkTransport({}).sendMany(request(courier.url, { signal: controller.signal }));
      expect(await rejectionOf(sent)).toEqual({ code: 'interrupted.signal', facts: {} });
    }),
  );

  it.each(['a\r\nX-Other: b', 'a\nb', 'a\rb'])('a header of two lines is not sent', async (value) =>
    withCourier(async (courier) => {
      const sent = networkTransport({}).sendMany(request(courier.url, { headers: { 'X-Test': value } }));
      await expect(sent).rejects.toThrow('a header of two lines');
      expect(courier.connections()).toBe(0);
    }),
  );

  it('sends nothing where Node would print it', async () =>
    withCourier(async (courier) => {
      expect(await rejectionOf(networkTransport({ NODE_DEBUG: 'net' }).sendMany(request(courier.url)))).toEqual({
        code: 'usage.node-debug',
        facts: { value: 'net' },
      });
      expect(courier.connections()).toBe(0);
    }));
});

describe('certificates', () => {
  const own = selfSigned(['IP:127.0.0.1']);
  const another = selfSigned(['DNS:elsewhere.example']);
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  afterEach(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
  });

  it.each(['1', '0'])('one that nobody vouches for is refused: NODE_TLS_REJECT_UNAUTHORIZED=%s', async (value) =>
    withCourier(async (courier) => {
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = value;
      expect(await rejectionOf(networkTransport({}).sendMany(request(courier.url)))).toEqual({
        code: 'courier.unreachable',
        facts: { host: hostOf(courier), reason: 'certificate', detail: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      });
      expect(courier.requests).toEqual([]);
    }, own),
  );

  /** The whole command: Node reads which certificates to trust when it starts. */
  const issue = async (courier: { url: string }, certPath: string, variables = {}) =>
    courierJwt(['issue', '--users', '-'], {
      variables: { ...keyed(courier), NODE_EXTRA_CA_CERTS: certPath, ...variables },
      stdin: 'alice\nbob\ncarol\n',
    });

  it('one that is trusted, over kept connections', async () =>
    withCourier(async (courier) => {
      const { code, stdout } = await issue(courier, own.certPath);
      expect([code, stdout.split('\n').length, courier.requests.length]).toEqual([0, 4, 3]);
      expect(courier.connections()).toBeLessThanOrEqual(3);
    }, own));

  it('one of another name is refused', async () =>
    withCourier(async (courier) => {
      const { code, stderr } = await issue(courier, another.certPath);
      expect([code, courier.requests.length]).toEqual([4, 0]);
      expect(stderr).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    }, another));

  it('through a proxy it is Node’s own client', async () => {
    const certificate = selfSigned(['DNS:api.courier.com']);
    await withCourier(
      async (courier) =>
        withProxy({ port: Number(new URL(courier.url).port) }, async (proxy) => {
          const variables = {
            COURIER_API_KEY: apiKey,
            HTTPS_PROXY: proxy.url,
            NODE_EXTRA_CA_CERTS: certificate.certPath,
          };
          const { code, stdout } = await courierJwt(['issue', '--users', '-'], { variables, stdin: 'alice\nbob\n' });
          expect([code, stdout.split('\n').length, courier.requests.map(({ headers }) => headers.host)]).toEqual([
            0,
            3,
            ['api.courier.com', 'api.courier.com'],
          ]);
          expect(proxy.received()).toMatch(/^CONNECT api\.courier\.com:443 HTTP\/1\.1\r\n/);
        }),
      certificate,
    );
  });
});

it('what is kept keeps no process', async () =>
  withTcp(
    answering((socket) => socket.write(answer)),
    async (url) => {
      const sockets = () => process.getActiveResourcesInfo().filter((one) => one === 'TCPSocketWrap').length;
      await expect.poll(sockets).toBe(0);
      await networkTransport({}).sendMany(request(url));
      // The server's own.
      expect(sockets()).toBe(1);
    },
  ));

it('a process ends when all is done, whatever connections the server keeps', async () =>
  withCourier(async (courier) => {
    const began = performance.now();
    const { code, stdout } = await courierJwt(['issue', '--users', '-'], {
      variables: keyed(courier),
      stdin: 'alice\nbob\n',
    });
    expect([code, stdout.split('\n').length]).toEqual([0, 3]);
    // Node’s servers keep a connection for five seconds.
    expect(performance.now() - began).toBeLessThan(4000);
  }));
