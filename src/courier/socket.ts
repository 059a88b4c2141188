import { WebSocket } from 'ws';
import { Failure } from '../errors.js';
import type { Route } from './https.js';
import type { SocketRequest } from './transport.js';
import { ProxyRefusal, unreachable } from './unreachable.js';

/** A socket that was let in and is closed again is not waited for longer. */
const closingMs = 1000;

/** Opens a WebSocket over a route, and closes it; resolves with the status of the handshake. */
export async function openSocket(
  { headers, timeoutMs, signal }: SocketRequest,
  url: URL,
  { agent, viaProxy }: Route,
): Promise<{ status: number }> {
  let tunnelled = !viaProxy;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      agent,
      headers,
      rejectUnauthorized: true,
      followRedirects: false,
      perMessageDeflate: false,
      // Nothing is read from it.
      maxPayload: 65_536,
      finishRequest(request) {
        request.on('proxyConnect', ({ statusCode }: { statusCode: number }) => {
          tunnelled = statusCode === 200;
          if (!tunnelled) fail(new ProxyRefusal(`the proxy answered ${statusCode}`));
        });
        request.end();
      },
    });
    const deadline = setTimeout(
      () => fail(new Failure('courier.timeout', { host: url.host, seconds: timeoutMs / 1000 })),
      timeoutMs,
    );
    const interrupted = () => fail(new Failure('interrupted.signal', {}));
    function settle(finish: () => void): void {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', interrupted);
      finish();
    }
    function fail(error: Error): void {
      settle(() => reject(error instanceof Failure ? error : unreachable(url, error, tunnelled)));
      socket.terminate();
    }
    let isOpen = false;
    // What goes wrong once it was let in is not for here to tell.
    socket.on('error', (error) => (isOpen ? socket.terminate() : fail(error)));
    socket.on('unexpected-response', (_, { statusCode = 0 }) => {
      settle(() => resolve({ status: statusCode }));
      socket.terminate();
    });
    socket.on('open', () => {
      isOpen = true;
      clearTimeout(deadline);
      const closing = setTimeout(() => socket.terminate(), closingMs);
      socket.on('close', (code) => {
        clearTimeout(closing);
        // 1008: let in, and shown out again. Source: RFC 6455, 7.4.1.
        settle(() => resolve({ status: code === 1008 ? 403 : 101 }));
      });
      socket.close(1000);
    });
    if (signal?.aborted) interrupted();
    else signal?.addEventListener('abort', interrupted);
  });
}
