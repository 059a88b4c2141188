import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkTransport } from '../../src/courier/https.js';
import { type CourierServer, startCourier } from '../support/courier-server.js';
import { withProxy, withTcp } from '../support/e2e-network.js';
import { selfSigned, withCourier } from '../support/e2e-world.js';
import { rejectionOf } from '../token/failure-of.js';

const open = async (
  url: string,
  {
    variables = {},
    timeoutMs = 5000,
    signal,
  }: { variables?: Record<string, string>; timeoutMs?: number; signal?: AbortSignal } = {},
) => networkTransport(variables).openSocket({ url: url.replace(/^http/, 'ws'), headers: {}, timeoutMs, signal });

describe('a socket is opened and closed', () => {
  let courier: CourierServer;
  beforeAll(async () => {
    courier = await startCourier();
  });
  afterAll(() => courier.close());

  it.each([101, 401, 403, 500])('the handshake is answered %i', async (status) => {
    courier.socket(() => status);
    expect(await open(courier.url)).toEqual({ status });
  });

  it('an answer that is none of a WebSocket', async () =>
    withTcp(
      (socket) =>
        socket.end(
          'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: x\r\n\r\n',
        ),
      async (url) => {
        const facts = { reason: 'other', detail: 'Invalid Sec-WebSocket-Accept header' };
        expect(await rejectionOf(open(url))).toMatchObject({ code: 'courier.unreachable', facts });
      },
    ));

  it('nobody answers', async () =>
    withTcp(
      () => {},
      async (url) => {
        const seconds = 0.1;
        const failure = await rejectionOf(open(url, { timeoutMs: 100 }));
        expect(failure).toEqual({ code: 'courier.timeout', facts: { host: new URL(url).host, seconds } });
      },
    ));

  it('nothing is there', async () => {
    const facts = { host: '127.0.0.1:9', reason: 'refused', detail: 'ECONNREFUSED' };
    expect(await rejectionOf(open('http://127.0.0.1:9'))).toEqual({ code: 'courier.unreachable', facts });
  });

  it('whoever does not close it is not waited for', async () =>
    withCourier(async ({ url, ...server }) => {
      server.neverCloses();
      expect(await open(url)).toEqual({ status: 101 });
    }));

  it('it is interrupted, before and while', async () =>
    withTcp(
      () => {},
      async (url) => {
        const late = new AbortController();
        setTimeout(() => late.abort(), 50);
        const failures = [AbortSignal.abort(), late.signal].map(async (signal) => rejectionOf(open(url, { signal })));
        const interrupted = { code: 'interrupted.signal', facts: {} };
        expect(await Promise.all(failures)).toEqual([interrupted, interrupted]);
      },
    ));

  it('with NODE_DEBUG, which would print the token, nothing is sent', async () => {
    const before = courier.connections();
    const failure = await rejectionOf(open(courier.url, { variables: { NODE_DEBUG: 'net' } }));
    expect([failure, courier.connections()]).toEqual([{ code: 'usage.node-debug', facts: { value: 'net' } }, before]);
  });

  it('over TLS the certificate is verified, and a proxy goes between', async () => {
    const url = 'wss://realtime.courier.io';
    await withCourier(
      async (server) => {
        const port = Number(new URL(server.url).port);
        await withProxy({ port }, async (proxy) => {
          const facts = { host: 'realtime.courier.io', reason: 'certificate', detail: 'DEPTH_ZERO_SELF_SIGNED_CERT' };
          expect(await rejectionOf(open(url, { variables: { HTTPS_PROXY: proxy.url } }))).toEqual({
            code: 'courier.unreachable',
            facts,
          });
          expect(proxy.received()).toMatch(/^CONNECT realtime\.courier\.io:443 /);
        });
      },
      selfSigned(['DNS:realtime.courier.io']),
    );
  });

  it('a proxy that refuses is not Courier', async () =>
    withProxy('403 Forbidden', async (proxy) => {
      const facts = { host: 'realtime.courier.io', reason: 'proxy', detail: 'the proxy answered 403' };
      expect(await rejectionOf(open('wss://realtime.courier.io', { variables: { HTTPS_PROXY: proxy.url } }))).toEqual({
        code: 'courier.unreachable',
        facts,
      });
    }));
});
