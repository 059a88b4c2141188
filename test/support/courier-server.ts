import { createHmac, randomUUID } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES, type Server, type ServerResponse, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import ms from 'ms';
import { WebSocketServer } from 'ws';

/** What the server saw of one request. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Answers a request itself, or returns false to let the server answer as Courier would. */
export type Misbehaviour = (request: SeenRequest, response: ServerResponse) => void | false;

export interface CourierServer {
  url: string;
  requests: SeenRequest[];
  /** How many connections were opened to it. */
  connections(): number;
  /** From now on every request is answered so; undefined as Courier would. A list is used up one by one. */
  misbehave(how: Misbehaviour | Misbehaviour[] | undefined): void;
  /** Changes the claims of what is minted. */
  claims(change: (claims: Record<string, unknown>) => Record<string, unknown>): void;
  /** How the socket's handshake is answered, by its Host; 101 unless given. */
  socket(status: (host: string) => number): void;
  /** From now on its sockets do not answer a close. */
  neverCloses(): void;
  close(): Promise<void>;
}

export const workspace = '4d4b2e5e-7d1c-4a3a-9b63-0f6a1d2c3b4a';

/** A Courier that mints, over real HTTP on loopback, with its own signing key; and misbehaves when it is told to. */
export async function startCourier(tls?: { key: string; cert: string }): Promise<CourierServer> {
  let queue: Misbehaviour[] = [];
  let always: Misbehaviour | undefined;
  let change = (claims: Record<string, unknown>) => claims;
  const requests: SeenRequest[] = [];
  const handler = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const seen = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    requests.push(seen);
    const misbehaviour = queue.shift() ?? always;
    if (misbehaviour && misbehaviour(seen, response) !== false) return;
    if (seen.path.endsWith('/auth/issue-token')) mintFor(seen, response, change);
    else read(seen, response);
  };
  const server: Server = tls ? createTlsServer(tls, handler) : createServer(handler);
  let handshake = (_: string) => 101;
  let deaf = false;
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    const status = handshake(request.headers.host ?? '');
    if (status === 101)
      sockets.handleUpgrade(request, socket, head, () => {
        if (deaf) socket.removeAllListeners('data').resume();
      });
    else socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\n\r\n`);
  });
  let connections = 0;
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    misbehave(how) {
      queue = Array.isArray(how) ? [...how] : [];
      always = Array.isArray(how) ? undefined : how;
    },
    claims(next) {
      change = next;
    },
    socket(status) {
      handshake = status;
    },
    neverCloses() {
      deaf = true;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A token of Courier's shape, signed with a key that is nobody's. */
export function sign(claims: Record<string, unknown>, header: Record<string, unknown> = { alg: 'HS256', typ: 'JWT' }) {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${createHmac('sha256', "the test server's key").update(input).digest('base64url')}`;
}

function mintFor(
  { headers, body }: SeenRequest,
  response: ServerResponse,
  change: (claims: Record<string, unknown>) => Record<string, unknown>,
): void {
  const key = headers.authorization?.replace('Bearer ', '') ?? '';
  const production = key.startsWith('pk_prod_');
  const { scope, expires_in: expiresIn } = JSON.parse(body) as { scope: string; expires_in: ms.StringValue };
  const iat = Math.floor(Date.now() / 1000);
  const claims = change({
    scope,
    tenant_scope: production ? 'published/production' : 'published/test',
    tenant_id: production ? workspace : `${workspace}/test`,
    iat,
    exp: Math.floor(iat + ms(expiresIn) / 1000),
    jti: randomUUID(),
  });
  json(200, { token: sign(claims) })({} as SeenRequest, response);
}

/** What a user whose inbox has something in it reads, whatever the token. */
function read({ path }: SeenRequest, response: ServerResponse): void {
  const answers: [RegExp, unknown][] = [
    [/\/client\/q$/, { data: { messages: { totalCount: 3 } } }],
    [/\/q$/, { data: { count: 3 } }],
    [/\/preferences$/, { items: [{}], paging: {} }],
    [/\/tokens$/, { tokens: [{}] }],
    [/\/brands$/, { results: [{}], paging: {} }],
  ];
  const [, body] = answers.find(([pattern]) => pattern.test(path)) ?? [];
  json(body ? 200 : 404, body ?? { message: 'Not Found', type: 'invalid_request_error' })({} as SeenRequest, response);
}

/** Misbehaves for some paths only. */
export function at(path: RegExp, how: Misbehaviour): Misbehaviour {
  return (request, response) => (path.test(request.path) ? how(request, response) : false);
}

/** Answers with a status and a JSON body. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Misbehaviour {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

/** Answers with a status and any text. */
export function text(status: number, body: string, headers: Record<string, string> = {}): Misbehaviour {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers });
    response.end(body);
  };
}

/** Mints, after a while: so long that no machine is too quick to notice. */
export const late: Misbehaviour = (request, response) => {
  setTimeout(() => mintFor(request, response, (claims) => claims), 50);
};

/** Never answers. */
export const hang: Misbehaviour = () => {};

/** Begins an answer and never ends it. */
export const stall: Misbehaviour = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"tok');
};

/** Closes the connection without an answer. */
export const drop: Misbehaviour = (_, response) => {
  response.socket?.destroy();
};
