import { type IncomingMessage, type RequestListener, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator } from '../../src/emulator/index.js';

/** Somebody's endpoint, in its parts: a row of a test spoils one. */
export interface Endpoint {
  /** Who is signed in. */
  session(request: IncomingMessage): string | null;
  /** What is done with a request without a session. */
  anonymous(): Answer;
  /** What a body's text names; throws for what it cannot read. */
  named(text: string): unknown;
  unreadable(error: Error): Answer;
  /** Whose token it is, or why none. */
  whose(session: string, named: unknown): string | Answer;
  scopes: string;
  expiresIn: string | undefined;
  minted(token: string): Answer;
  /** Courier does not mint that. */
  failed(courier: { status: number; body: string }): Answer;
  cors(origin: string | undefined): Record<string, string>;
  headers: Record<string, string>;
  /** Besides POST. */
  methods: string[];
  /** Before anything else. */
  first(request: IncomingMessage, response: ServerResponse): Answer | 'handled' | undefined;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: string;
}

export const json = (status: number, body: object): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

export const howToScopes = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';

export const sessionCookie = 'sid=c2Vzc2lvbi1vZi1hbGljZQ';

const isId = (named: unknown): named is string => typeof named === 'string' && /^[\w.@-]{1,128}$/.test(named);

/** Without a hole. */
const sound: Endpoint = {
  session: ({ headers }) => (headers.cookie === sessionCookie ? 'alice' : null),
  anonymous: () => json(401, { error: 'Unauthorized' }),
  named: (text) => (JSON.parse(text) as { userId?: unknown }).userId,
  unreadable: () => json(400, { error: 'Bad Request' }),
  whose(session, named) {
    if (!isId(named)) return json(400, { error: 'Bad Request' });
    return named === session ? session : json(403, { error: 'Forbidden' });
  },
  scopes: howToScopes,
  expiresIn: '1d',
  minted: (token) => json(200, { token, expiresIn: '1d' }),
  failed: () => json(502, { error: 'Bad Gateway' }),
  cors: () => ({}),
  headers: { 'cache-control': 'no-store' },
  methods: [],
  first: () => undefined,
};

const { transport } = createEmulator();

/** Serves an endpoint on loopback while `work` is done; tells what requests came. */
export async function withEndpoint<T>(
  faults: Partial<Endpoint>,
  work: (endpoint: { url: string; requests: string[] }) => Promise<T>,
): Promise<T> {
  const endpoint = { ...sound, ...faults };
  const requests: string[] = [];
  const { url, close } = await served((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    void respond(endpoint, request, response);
  });
  try {
    return await work({ url: `${url}/api/token`, requests });
  } finally {
    await close();
  }
}

export interface Served {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Serves a listener, such as an Express application, on loopback. */
export async function served(listener: RequestListener): Promise<Served> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function freePort(): Promise<number> {
  const { port, close } = await served(() => {});
  await close();
  return port;
}

async function respond(endpoint: Endpoint, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = endpoint.first(request, response) ?? (await answerTo(endpoint, request));
  if (answer === 'handled') return;
  const cors = endpoint.cors(request.headers.origin);
  response.writeHead(answer.status, { ...endpoint.headers, ...answer.headers, ...cors });
  response.end(answer.body);
}

async function answerTo(endpoint: Endpoint, request: IncomingMessage): Promise<Answer> {
  const { method = '', url = '' } = request;
  if (method !== 'POST' && !endpoint.methods.includes(method)) return { status: 405, body: '' };
  const session = endpoint.session(request);
  if (session === null) return endpoint.anonymous();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  let named: unknown;
  try {
    const query = new URL(url, 'http://localhost').searchParams.get('userId');
    named = method === 'GET' ? query : endpoint.named(Buffer.concat(chunks).toString());
  } catch (error) {
    return endpoint.unreadable(error as Error);
  }
  const user = endpoint.whose(session, named);
  return typeof user === 'string' ? mint(endpoint, user) : user;
}

async function mint({ scopes, expiresIn, minted, failed }: Endpoint, user: string): Promise<Answer> {
  const courier = await transport.send({
    method: 'POST',
    url: 'http://courier.test/auth/issue-token',
    headers: { authorization: 'Bearer token_0fThEendp0int', 'content-type': 'application/json' },
    body: JSON.stringify({ scope: `user_id:${user} ${scopes}`, ...(expiresIn && { expires_in: expiresIn }) }),
    timeoutMs: 1000,
  });
  if (courier.status !== 200) return failed(courier);
  return minted((JSON.parse(courier.body) as { token: string }).token);
}
