import { type IncomingMessage, type ServerResponse, STATUS_CODES, createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { Failure } from '../errors.js';
import { type Guarding, asNamed, bracketed, strangerIn } from '../guard.js';
import { listenOn } from '../listening.js';
import type { Verdict } from '../request-entry.js';
import { judged } from '../untyped.js';
import { type Answer, errorAnswer, inText } from './answer.js';
import { maxBodyBytes } from './body.js';
import { isoOf } from './clock.js';
import type { EmulatedCourier } from './courier.js';
import type { Silence } from './faults.js';
import { verdictHeader, verdictText } from './verdict-header.js';

export interface ListenOptions {
  /** 0, or nothing, takes one that is free. */
  port?: number;
  /** `127.0.0.1` unless given. Beyond loopback everybody who reaches it can mint, read and send. */
  host?: string;
  /** Other names that the `Host` header may have. */
  allowedHosts?: string[];
  /** Origins of pages, besides those of this machine, that may call. */
  allowedOrigins?: string[];
}

export interface Listening {
  /** `http://127.0.0.1:4010`: what `COURIER_BASE_URL` takes. */
  url: string;
  /** What `signIn` of @trycourier/courier-js takes. */
  apiUrls: ApiUrls;
  /** Ends every connection, and resolves when the port is free. */
  close(): Promise<void>;
}

export interface ApiUrls {
  courier: { rest: string; graphql: string };
  inbox: { graphql: string; webSocket: string };
}

/** Larger frames are nobody's: the SDK's are a hundred bytes. */
const maxFrameBytes = 65_536;

/** Whoever reads so slowly is let go. */
const maxBufferedBytes = 16 * maxBodyBytes;

/** Of a body that is too large the rest is read and thrown away, so that its sender hears 413; but not for ever. */
const maxDiscardedBytes = 16 * maxBodyBytes;

/**
 * REST, both GraphQLs and the socket on one port.
 * @throws {Failure} `usage.option`, `usage.value`, or `usage.listen` for what cannot be had
 */
export async function listen(courier: EmulatedCourier, options?: ListenOptions): Promise<Listening> {
  const given = judged(options, { port: 'any', host: 'text', allowedHosts: 'list', allowedOrigins: 'list' });
  const { port = 0, host = '127.0.0.1', allowedHosts = [], allowedOrigins = [] } = given;
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Failure('usage.value', {
      option: 'port',
      value: String(port),
      reason: 'it takes a number from 0 to 65535',
    });
  const guarding = asNamed({ host, allowedHosts, allowedOrigins });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, clientTracking: true });
  const server = createServer((request, response) => respond(courier, guarding, request, response));
  const upgrading = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    upgrading.add(socket);
    socket.on('close', () => upgrading.delete(socket));
    void upgrade(courier, guarding, sockets, request, socket, head);
  });
  const url = `http://${authorityOf(host, await listenOn(server, port, host))}`;
  return {
    url,
    apiUrls: apiUrlsFor(url),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      // 1001: going away. Source: RFC 6455, 7.4.1.
      for (const client of sockets.clients) client.close(1001, 'The emulator stopped');
      server.closeAllConnections();
      // The frames are on their way; whoever does not answer them is not waited for.
      if (upgrading.size > 0) await sleep(100);
      for (const socket of upgrading) socket.destroy();
      await closed;
    },
  };
}

function apiUrlsFor(url: string): ApiUrls {
  return {
    courier: { rest: url, graphql: `${url}/client/q` },
    inbox: { graphql: `${url}/q`, webSocket: url.replace(/^http/, 'ws') },
  };
}

/** Nobody calls a server by the address that stands for all of its own. */
function authorityOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : bracketed(host);
  return `${name}:${port}`;
}

function respond(
  courier: EmulatedCourier,
  guarding: Guarding,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  // Whoever hangs up is not answered.
  response.on('error', () => {});
  const headers = headersOf(request);
  const stranger = strangerIn(headers, guarding);
  if (stranger) {
    request.resume();
    return write(courier, response, turnedAway(courier, request, stranger));
  }
  const cors = corsFor(headers);
  if (request.method === 'OPTIONS')
    return write(courier, response, { status: 204 }, { ...cors, ...preflight(headers) });
  onBody(request, (body) => {
    if (body === undefined) return void response.destroy();
    const { method = 'GET', url = '/' } = request;
    void courier.handle({ method, url, headers, body }).then((answer) => answered(courier, response, answer, cors));
  });
}

function answered(
  courier: EmulatedCourier,
  response: ServerResponse,
  answer: Answer | Silence,
  cors: Record<string, string> | undefined,
): void {
  if (answer === 'drop') response.destroy();
  else if (answer !== 'hang') write(courier, response, answer, cors);
}

/**
 * All of it as text; what is longer than Courier takes is cut behind the limit, to be refused there. Undefined for what is
 * far too large; nothing comes of what is broken off. By events: iterating over a request takes as long as all else does.
 */
function onBody(request: IncomingMessage, take: (body: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let total = 0;
  request.on('data', (chunk: Buffer) => {
    if (total <= maxBodyBytes) chunks.push(chunk);
    total += chunk.length;
    if (total > maxDiscardedBytes) take(undefined);
  });
  request.on('end', () => take((chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString('utf8')));
}

function write(
  courier: EmulatedCourier,
  response: ServerResponse,
  answer: Answer,
  more?: Record<string, string>,
): void {
  const { status, text, headers } = inText(answer);
  const type =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  const dated = datedBy(courier);
  const all = headers || more || dated ? { ...type, ...dated, ...headers, ...more } : type;
  atEndOfTurn(() => response.writeHead(status, all).end(text));
}

/** Node dates each answer itself, which is quicker; but by the real clock. A client may measure its own by that. */
function datedBy({ state }: EmulatedCourier): { date: string } | undefined {
  const date = state.clock.date();
  return date === undefined ? undefined : { date };
}

let waiting: (() => void)[] = [];

/**
 * What is answered in one turn of the event loop is written together: a client that is woken for each answer takes the
 * processor from the next one. A third more tokens a second, at 64 requests at once.
 */
function atEndOfTurn(work: () => void): void {
  if (waiting.length === 0)
    setImmediate(() => {
      const all = waiting;
      waiting = [];
      for (const one of all) one();
    });
  waiting.push(work);
}

/** The page that asks was found to be let in. */
function corsFor({ origin }: Record<string, string | undefined>): Record<string, string> | undefined {
  if (origin === undefined) return undefined;
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': `retry-after, ${verdictHeader}`,
    vary: 'Origin',
  };
}

function preflight(headers: Record<string, string | undefined>): Record<string, string> {
  return {
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
    'access-control-max-age': '600',
    // A page in a public network that may call one in a private one. Source: https://wicg.github.io/private-network-access.
    ...(headers['access-control-request-private-network'] && { 'access-control-allow-private-network': 'true' }),
  };
}

async function upgrade(
  courier: EmulatedCourier,
  guarding: Guarding,
  sockets: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  socket.on('error', () => {});
  const headers = headersOf(request);
  const stranger = strangerIn(headers, guarding);
  if (stranger) return endWith(courier, socket, turnedAway(courier, request, stranger));
  if (headers.upgrade?.toLowerCase() !== 'websocket') return staying(courier, request, socket, head);
  // What ws would refuse is not let in.
  if (!/^[+/\dA-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '') || headers['sec-websocket-version'] !== '13')
    return endWith(courier, socket, errorAnswer(400, 'Bad Request'));
  const admitted = await courier.admit(request.url ?? '/');
  if ('answer' in admitted) return endWith(courier, socket, admitted.answer);
  sockets.handleUpgrade(request, socket, head, (client) => {
    const { receive, ended } = admitted.join({
      send: (frame) => (client.bufferedAmount > maxBufferedBytes ? client.terminate() : client.send(frame)),
      close: (code, reason) => client.close(code, reason),
    });
    client.on('message', (data, isBinary) => {
      // In Node it is one Buffer, unless another type was asked for.
      if (!isBinary) receive((data as Buffer).toString());
    });
    client.on('close', ended);
    // What is no WebSocket frame: ws closes it with the right code.
    client.on('error', () => {});
  });
}

/**
 * An offer of another protocol that may be passed over: Java's HTTP client offers h2c with each request. Node has stopped
 * reading the request where its head ended.
 */
async function staying(
  courier: EmulatedCourier,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  if (request.headers['transfer-encoding']) return endWith(courier, socket, errorAnswer(411, 'Length Required'));
  const length = Number(request.headers['content-length'] ?? 0);
  const chunks = [head];
  let left = Math.min(length, maxBodyBytes + 1) - head.length;
  await new Promise<void>((resolve) => {
    if (left <= 0) resolve();
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      left -= chunk.length;
      if (left <= 0) resolve();
    });
    socket.on('close', resolve);
  });
  const body = Buffer.concat(chunks).toString('utf8');
  endWith(courier, socket, await courier.handle({ method, url, headers: headersOf(request), body }));
}

/** Without Node's response, which a socket on its way up has no more. */
function endWith(courier: EmulatedCourier, socket: Duplex, answer: Answer | Silence): void {
  if (answer === 'hang') return;
  if (answer === 'drop') return void socket.destroy();
  const { status, text, headers } = inText(answer);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'connection: close',
    ...(text === undefined ? [] : ['content-type: application/json', `content-length: ${Buffer.byteLength(text)}`]),
    ...Object.entries({ ...datedBy(courier), ...headers }).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text ?? ''}`, () => socket.destroy());
}

function turnedAway(
  courier: EmulatedCourier,
  { method = 'GET', url = '/' }: IncomingMessage,
  verdict: Verdict,
): Answer {
  courier.state.log.add({
    at: isoOf(courier.state.clock.now()),
    method,
    path: url.replace(/\?[^]*$/, ''),
    operation: null,
    status: 403,
    user: null,
    verdict,
    reason: null,
    fault: false,
    milliseconds: 0,
  });
  return errorAnswer(403, 'Forbidden', { [verdictHeader]: verdictText(verdict) });
}

/** Node joins those that are repeated, or keeps the first; a list is Set-Cookie's alone, which no request has. */
function headersOf({ headers }: IncomingMessage): Record<string, string | undefined> {
  return headers as Record<string, string | undefined>;
}
