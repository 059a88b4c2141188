import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { type Answer, type Call, cutShort, longestBody } from './call.js';

/** A request of node:http, or of what builds on it: Express, Connect, Fastify. */
export interface NodeRequest {
  method?: string | undefined;
  url?: string | undefined;
  headers: Record<string, string | string[] | undefined>;
  /** Express: the URL before routers took their part off. */
  originalUrl?: string;
  /** Express and Fastify: as far as they trust a proxy in front. */
  protocol?: string;
  /** Where it was read before: by `express.json()`, or by Fastify. */
  body?: unknown;
}

/** A stream, unless its body was read before. */
type Incoming = NodeRequest & Partial<Pick<Readable, 'on' | 'readableEnded' | 'destroyed'>>;

export function callOf(incoming: Incoming): Call {
  return {
    method: incoming.method ?? 'GET',
    header: (name) => incoming.headers[name]?.toString(),
    body: async () => (isNone(incoming.body) ? readBody(incoming) : bounded(textOf(incoming.body))),
    request: () => lazily(() => toRequest(incoming)),
  };
}

/**
 * A Request that is made when it is looked at: that costs as much as all else here, and who has Node's own beside it seldom
 * looks. `new Request(request)` may want a real one: that is `request.clone()`.
 */
function lazily(make: () => Request): Request {
  let made: Request | undefined;
  return new Proxy(Object.create(Request.prototype) as Request, {
    get(_, name) {
      made ??= make();
      const value: unknown = Reflect.get(made, name);
      return typeof value === 'function' ? (value.bind(made) as unknown) : value;
    },
  });
}

/** No Request may have these. Source: the Fetch standard's forbidden methods. */
const forbiddenMethod = /^(?:connect|trace|track)$/i;

/**
 * A web-standard Request of one of Node's; the body is in it where it was read before. What no Request may have as its
 * method becomes GET, which gets no token either.
 */
export function toRequest(incoming: NodeRequest): Request {
  const { method: said = 'GET', headers, body } = incoming;
  const method = forbiddenMethod.test(said) ? 'GET' : said;
  const hasBody = !isNone(body) && method !== 'GET' && method !== 'HEAD';
  return new Request(urlOf(incoming), {
    method,
    // Those of HTTP/2 that begin with a colon are no header fields.
    headers: Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || name.startsWith(':') ? [] : [value].flat().map((one): [string, string] => [name, one]),
    ),
    ...(hasBody && { body: textOf(body) }),
  });
}

/** The host is what a client says, and may be anything; so may the protocol, where a proxy hands it on. */
function urlOf({ url = '/', originalUrl = url, protocol, headers }: NodeRequest): string {
  const path = originalUrl.startsWith('/') ? originalUrl : '/';
  const origin = `${protocol === 'https' ? 'https' : 'http'}://${(headers.host ?? headers[':authority'])?.toString() ?? 'localhost'}`;
  return new URL(URL.canParse(origin) ? `${new URL(origin).origin}${path}` : `http://localhost${path}`).href;
}

/** What parsers say of a request without one. */
function isNone(body: unknown): boolean {
  return body === undefined || body === null;
}

function textOf(body: unknown): string {
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function bounded(text: string): string | undefined {
  return Buffer.byteLength(text) > longestBody ? undefined : text;
}

/** By events, which cost least. What is too long is read and thrown away, so that its sender hears the answer. */
async function readBody(incoming: Incoming): Promise<string | undefined> {
  if (incoming.on === undefined || incoming.readableEnded === true) return '';
  // It says so once, and that may have been while the session was looked up.
  if (incoming.destroyed === true) throw cutShort();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    // Text, where somebody has set an encoding.
    incoming.on?.('data', (data: Buffer | string) => {
      const chunk = typeof data === 'string' ? Buffer.from(data) : data;
      bytes += chunk.length;
      if (bytes <= longestBody) chunks.push(chunk);
      else resolve(undefined);
    });
    incoming.on?.('end', () => resolve(Buffer.concat(chunks).toString()));
    const broken = () => incoming.readableEnded === true || reject(cutShort());
    incoming.on?.('error', broken);
    // After the end, too: an Error a request would cost more than all else here.
    incoming.on?.('close', broken);
  });
}

export function respond(response: ServerResponse, { status, headers, body }: Answer): void {
  // A middleware, say of timeouts, was faster.
  if (response.headersSent || response.destroyed) return;
  // The rest of what is too long may never come to an end. HTTP/2 has no such header, and ends one stream.
  const ending = status === 413 && response.req.httpVersionMajor === 1 ? { connection: 'close' } : {};
  response.writeHead(status, { ...headers, ...ending, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
