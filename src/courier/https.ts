import type { Agent, IncomingMessage, RequestOptions, request as httpRequest } from 'node:http';
import { Failure } from '../errors.js';
import type { Connections } from './many.js';
import { refuseNodeDebug } from './node-debug.js';
import { proxyFor } from './proxy.js';
import { isLoopback } from './regions.js';
import type { HttpRequest, HttpResponse, WideNetwork } from './transport.js';
import { ProxyRefusal, unreachable } from './unreachable.js';

/** No answer of Courier's comes near it. */
const maxBodyBytes = 1024 * 1024;

/** `HTTPS_PROXY`, `NO_PROXY` and `NODE_DEBUG` count; either case of the first two. */
export type NetworkVariables = Record<string, string | undefined>;

/**
 * HTTP by Node's own client, for one request and for many: connections are kept. Certificates are always verified.
 * @throws {Failure} `usage.node-debug`: Node would print the API key
 */
export function networkTransport(variables: NetworkVariables): WideNetwork {
  const routes = new Map<string, Promise<Route>>();
  const proxyOf = (url: URL) => (isLoopback(url.hostname) ? undefined : proxyFor(url, variables));
  const routeTo = async (url: URL) => {
    const proxy = proxyOf(url);
    const key = `${url.protocol}${proxy ?? ''}`;
    const route = routes.get(key) ?? makeRoute(url, proxy);
    routes.set(key, route);
    return route;
  };
  const connections = new Map<string, Promise<Connections>>();
  const connectionsTo = async (url: URL) => {
    const { Connections: Many } = await import('./many.js');
    return new Many(url);
  };
  return {
    async sendMany(request) {
      refuseNodeDebug(variables, 'requests');
      const url = new URL(request.url);
      if (proxyOf(url) !== undefined) return exchange(request, url, await routeTo(url));
      const kept = connections.get(url.origin) ?? connectionsTo(url);
      connections.set(url.origin, kept);
      return (await kept).send(request);
    },
    async send(request) {
      refuseNodeDebug(variables, 'requests');
      const url = new URL(request.url);
      return exchange(request, url, await routeTo(url));
    },
    async openSocket(request) {
      refuseNodeDebug(variables, 'requests');
      const url = new URL(request.url);
      const route = await routeTo(new URL(request.url.replace(/^ws/, 'http')));
      const { openSocket } = await import('./socket.js');
      return openSocket(request, url, route);
    },
  };
}

/** How a request gets there. */
export interface Route {
  request: typeof httpRequest;
  agent: Agent;
  viaProxy: boolean;
}

async function makeRoute(url: URL, proxy: string | undefined): Promise<Route> {
  const { request, Agent: NodeAgent } = await nodeClient(url);
  if (proxy === undefined) return { request, agent: new NodeAgent({ keepAlive: true }), viaProxy: false };
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  return { request, agent: new HttpsProxyAgent(proxy, { keepAlive: true }), viaProxy: true };
}

/** node:https costs more to load than node:http: only what the URL needs. */
async function nodeClient(url: URL): Promise<typeof import('node:https') | typeof import('node:http')> {
  return url.protocol === 'https:' ? await import('node:https') : await import('node:http');
}

async function exchange(request: HttpRequest, url: URL, route: Route): Promise<HttpResponse> {
  const options: RequestOptions & { rejectUnauthorized: true } = {
    method: request.method,
    headers: request.headers,
    agent: route.agent,
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing.
    rejectUnauthorized: true,
  };
  return new Promise((resolve, reject) => {
    const { signal, timeoutMs } = request;
    let tunnelled = !route.viaProxy;
    const sent = route.request(url, options, (response) =>
      readBody(response, url.host).then(settle(resolve), settle(fail)),
    );
    const deadline = setTimeout(() => {
      settle(reject)(new Failure('courier.timeout', { host: url.host, seconds: timeoutMs / 1000 }));
      sent.destroy();
    }, timeoutMs);
    const interrupted = () => {
      settle(reject)(new Failure('interrupted.signal', {}));
      sent.destroy();
    };
    function settle<T>(finish: (value: T) => void): (value: T) => void {
      return (value) => {
        clearTimeout(deadline);
        signal?.removeEventListener('abort', interrupted);
        finish(value);
      };
    }
    function fail(error: unknown): void {
      sent.destroy();
      reject(error instanceof Failure ? error : unreachable(url, error, tunnelled));
    }
    sent.on('error', settle(fail));
    // Another protocol was not asked for.
    sent.on('upgrade', ({ statusCode = 101 }, socket) => {
      socket.destroy();
      settle(resolve)({ status: statusCode, headers: {}, body: '' });
    });
    sent.on('proxyConnect', (answer: { statusCode: number }) => {
      tunnelled = answer.statusCode === 200;
      // The agent would replay the proxy's refusal as if Courier had given it.
      if (!tunnelled) settle(fail)(new ProxyRefusal(`the proxy answered ${answer.statusCode}`));
    });
    if (signal?.aborted) interrupted();
    else signal?.addEventListener('abort', interrupted);
    sent.end(request.body);
  });
}

/** By events: an iterator over the body would cost a millisecond more. */
async function readBody(response: IncomingMessage, host: string): Promise<HttpResponse> {
  const body = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) reject(new Failure('courier.nonsense', { host, problem: 'too-large' }));
      else chunks.push(chunk);
    });
    response.on('end', () => resolve(Buffer.concat(chunks)));
    response.on('error', reject);
  });
  const headers = Object.entries(response.headers).map(([name, value]) => [name, value?.toString()] as const);
  return { status: response.statusCode ?? 0, headers: Object.fromEntries(headers), body: body.toString('utf8') };
}
