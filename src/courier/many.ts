import { type Socket, connect, isIP } from 'node:net';
import { Failure, isFailure } from '../errors.js';
import { type Read, ResponseReader, TooLarge } from './response-reader.js';
import type { HttpRequest, HttpResponse } from './transport.js';
import { unreachable } from './unreachable.js';

/** As of every other request. */
const maxBodyBytes = 1024 * 1024;

/** What hangs up on who idled for less does so behind an answer, not for the idling. In milliseconds. */
const soon = 1000;

/**
 * HTTP/1.1 for thousands of small requests a second to one origin. Node's own client makes 28 kB of garbage for each, and takes
 * three times as long: it is for all the others. Connections are kept, as many as there are requests at once; but for no more
 * answers than the server gives before it hangs up without a word, where each next request would be lost.
 */
export class Connections {
  readonly #url: URL;
  #idle: Connection[] = [];
  /** So many answers came over one connection. */
  #most = 0;
  /** Behind so many one was hung up on. Where others last longer, that was chance. */
  #cutOffAt = 0;
  /** What stands before the length, for a request that is like the one before. */
  #head: (Pick<HttpRequest, 'method' | 'headers'> & { text: string }) | undefined;

  constructor(url: URL) {
    this.#url = url;
  }

  /** @throws {Failure} as Transport */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const text = this.#textOf(request);
    const connection = this.#kept() ?? new Connection(await socketTo(this.#url), this.#url);
    try {
      const { response, isKept } = await connection.exchange(text, request);
      this.#most = Math.max(this.#most, connection.answers);
      if (isKept) {
        this.#idle.push(connection);
        connection.rest(() => (this.#idle = this.#idle.filter((one) => one !== connection)));
      } else connection.close();
      return response;
    } catch (error) {
      if (isFailure(error, 'courier.unreachable') && connection.isCutOff)
        this.#cutOffAt = Math.max(this.#cutOffAt, connection.answers);
      throw error;
    }
  }

  #kept(): Connection | undefined {
    const connection = this.#idle.pop();
    if (connection === undefined || connection.answers < this.#most || this.#cutOffAt < this.#most) return connection;
    connection.close();
    return this.#kept();
  }

  #textOf({ method, headers, body = '' }: HttpRequest): string {
    if (this.#head?.headers !== headers || this.#head.method !== method)
      this.#head = { method, headers, text: headOf(method, this.#url, headers) };
    return `${this.#head.text}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  }
}

async function socketTo({ protocol, hostname, port }: URL): Promise<Socket> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (protocol === 'http:') return connect({ host, port: Number(port || 80), noDelay: true });
  const tls = await import('node:tls');
  const socket = tls.connect({
    host,
    port: Number(port || 443),
    ALPNProtocols: ['http/1.1'],
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 changes nothing.
    rejectUnauthorized: true,
    ...(isIP(host) ? {} : { servername: host }),
  });
  return socket.setNoDelay(true);
}

/** One request at a time over a socket. */
class Connection {
  readonly #socket: Socket;
  readonly #url: URL;
  #reader = new ResponseReader(maxBodyBytes);
  /** Of the request that is under way. */
  #settle: ((outcome: Read | Error) => void) | undefined;
  #gone: (() => void) | undefined;
  #answers = 0;
  #answeredAt = -Infinity;
  /** Whether it was used again soon, and nothing came since. */
  #isCutOff = false;

  constructor(socket: Socket, url: URL) {
    this.#socket = socket;
    this.#url = url;
    socket.on('data', (chunk) => {
      this.#isCutOff = false;
      this.#hear(() => this.#reader.add(chunk));
    });
    socket.on('end', () => this.#hear(() => this.#reader.end() ?? hungUp()));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(hungUp()));
  }

  get answers(): number {
    return this.#answers;
  }

  /** Of one that failed: whether the server hung up on it behind an answer. */
  get isCutOff(): boolean {
    return this.#isCutOff;
  }

  async exchange(text: string, { signal, timeoutMs }: HttpRequest): Promise<Read> {
    const { host } = this.#url;
    this.#gone = undefined;
    this.#reader = new ResponseReader(maxBodyBytes);
    this.#isCutOff = performance.now() - this.#answeredAt < soon;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#fail(new Failure('courier.timeout', { host, seconds: timeoutMs / 1000 })),
        timeoutMs,
      );
      const interrupted = () => this.#fail(new Failure('interrupted.signal', {}));
      this.#settle = (outcome) => {
        this.#settle = undefined;
        clearTimeout(timer);
        signal?.removeEventListener('abort', interrupted);
        if (outcome instanceof Error) return reject(this.#failure(outcome));
        this.#answers += 1;
        this.#answeredAt = performance.now();
        resolve(outcome);
      };
      signal?.addEventListener('abort', interrupted);
      if (signal?.aborted) interrupted();
      else this.#socket.ref().write(text);
    });
  }

  /** Nothing keeps the process for it. `gone` is called where the server ends it meanwhile. */
  rest(gone: () => void): void {
    this.#gone = gone;
    this.#socket.unref();
  }

  close(): void {
    this.#socket.destroy();
  }

  #hear(read: () => Read | Error | undefined): void {
    // What nobody asked for.
    if (!this.#settle) return this.#fail(hungUp());
    try {
      const outcome = read();
      if (outcome instanceof Error) this.#fail(outcome);
      else if (outcome) this.#settle(outcome);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #fail(error: Error): void {
    this.#socket.destroy();
    this.#settle?.(error);
    this.#gone?.();
    this.#gone = undefined;
  }

  #failure(error: Error): Failure {
    if (error instanceof Failure) return error;
    if (error instanceof TooLarge)
      return new Failure('courier.nonsense', { host: this.#url.host, problem: 'too-large' });
    return unreachable(this.#url, error, true);
  }
}

function hungUp(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

function headOf(method: string, { host, pathname, search }: URL, headers: Record<string, string>): string {
  const lines = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  // A key is judged before: this is for whoever changes that.
  if (lines.some((line) => /[\r\n]/.test(line))) throw new Error('a header of two lines');
  return [`${method} ${pathname}${search} HTTP/1.1`, ...lines, ''].join('\r\n');
}
