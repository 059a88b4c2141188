import type { HttpResponse } from './transport.js';

/** What no server of HTTP answers. Its code begins as Node's parser's do. */
export class ProtocolError extends Error {
  readonly code = 'HPE_INVALID_RESPONSE';
}

/** More than this is no answer of Courier's. */
export class TooLarge extends Error {}

/** A head, a line between chunks, a trailer; in bytes. */
const longestText = 65_536;

const protocol = 'HTTP/1.';

/** Where a body ends: after so many bytes, with its last chunk, or with the connection. */
type Ending = { bytes: number } | 'chunked' | 'closing';

interface Head {
  status: number;
  headers: Record<string, string | undefined>;
  ending: Ending;
  /** Whether the server keeps the connection for another request. */
  isKept: boolean;
}

/** Reads one HTTP/1.1 response from however it was cut. Source: RFC 9112. */
export class ResponseReader {
  readonly #limit: number;
  #unread: Buffer = Buffer.alloc(0);
  #head: Head | undefined;
  /** The body so far, and room for more. Not in pieces: each keeps all that it came with, and may be one byte of that. */
  #body: Buffer = Buffer.alloc(0);
  #length = 0;
  /** The line of a chunked body that is to come, and how many bytes are before it. */
  #line: 'size' | 'end' | 'trailer' = 'size';
  #left = 0;

  /** @param limit the longest body, in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The response, once it is whole; undefined until then.
   * @throws {ProtocolError | TooLarge}
   */
  add(chunk: Buffer): Read | undefined {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    this.#head ??= this.#readHead();
    if (!this.#head) return undefined;
    const { ending } = this.#head;
    const isWhole = ending === 'chunked' ? this.#readChunks() : this.#readBytes(ending);
    return isWhole ? this.#read(this.#head) : undefined;
  }

  /** The connection is closed: the response, where that ends it. */
  end(): Read | undefined {
    return this.#head?.ending === 'closing' ? this.#read(this.#head) : undefined;
  }

  #read({ status, headers, isKept }: Head): Read {
    const body = this.#body.toString('utf8', 0, this.#length);
    return { response: { status, headers, body }, isKept: isKept && this.#unread.length === 0 };
  }

  /** Those before the last, such as 103 Early Hints, are passed over. */
  #readHead(): Head | undefined {
    for (;;) {
      // What speaks another protocol may wait for more, and would be waited for.
      if (!protocol.startsWith(this.#unread.toString('latin1', 0, protocol.length))) throw new ProtocolError();
      const text = this.#textTo('\r\n\r\n');
      if (text === undefined) return undefined;
      const head = headIn(text);
      if (head.status >= 200) return head;
      // Another protocol was not asked for.
      if (head.status === 101) return { ...head, isKept: false };
    }
  }

  #readBytes(ending: { bytes: number } | 'closing'): boolean {
    const bytes = ending === 'closing' ? Infinity : ending.bytes;
    if (bytes !== Infinity && bytes > this.#limit) throw new TooLarge();
    this.#take(bytes - this.#length);
    return this.#length === bytes;
  }

  #readChunks(): boolean {
    for (;;) {
      this.#left -= this.#take(this.#left);
      const text = this.#left === 0 ? this.#textTo('\r\n') : undefined;
      if (text === undefined) return false;
      if (this.#line === 'size') {
        this.#left = sizeIn(text);
        this.#line = this.#left === 0 ? 'trailer' : 'end';
      } else if (this.#line === 'end') {
        if (text !== '') throw new ProtocolError();
        this.#line = 'size';
      } else if (text === '') return true;
    }
  }

  /** Moves at most so many bytes to the body; how many there were. */
  #take(most: number): number {
    const bytes = this.#unread.subarray(0, most);
    this.#unread = this.#unread.subarray(bytes.length);
    if (this.#length + bytes.length > this.#limit) throw new TooLarge();
    this.#append(bytes);
    return bytes.length;
  }

  #append(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (length > this.#body.length) {
      const before = this.#body;
      // Twice as much as is needed, or each piece would have all before it copied.
      this.#body = Buffer.allocUnsafe(this.#length === 0 ? length : 2 * length);
      before.copy(this.#body, 0, 0, this.#length);
    }
    bytes.copy(this.#body, this.#length);
    this.#length = length;
  }

  /** Takes what is before a mark, and the mark; undefined until that is there. */
  #textTo(mark: string): string | undefined {
    const end = this.#unread.indexOf(mark);
    if ((end === -1 ? this.#unread.length : end) > longestText) throw new ProtocolError();
    if (end === -1) return undefined;
    const text = this.#unread.toString('latin1', 0, end);
    this.#unread = this.#unread.subarray(end + mark.length);
    return text;
  }
}

/** `isKept`: whether the connection can be used once more. */
export interface Read {
  response: HttpResponse;
  isKept: boolean;
}

/** The last chunk has none. */
function sizeIn(line: string): number {
  const [, hex] = /^([\da-f]{1,8})[ \t]*(?:;.*)?$/i.exec(line) ?? [];
  if (hex === undefined) throw new ProtocolError();
  return parseInt(hex, 16);
}

/** Said twice, the first counts, as for Node's own client; what else is said twice is a list. */
const single = ['location', 'retry-after'];

function headIn(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n');
  const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(first) ?? [];
  // Whoever takes a lone CR or LF for the end of a line would see other headers.
  if (status === undefined || lines.some((line) => /[\0-\u0008\u000a-\u001f\u007f]/.test(line)))
    throw new ProtocolError();
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new ProtocolError();
    const value = line.slice(colon + 1).trim();
    if (!Object.hasOwn(headers, name)) headers[name] = value;
    else if (!single.includes(name)) headers[name] += `, ${value}`;
  }
  const connection = headers.connection?.toLowerCase() ?? '';
  const ending = endingOf(Number(status), headers);
  const isKept = minor === '1' ? !connection.includes('close') : connection.includes('keep-alive');
  return { status: Number(status), headers, ending, isKept: isKept && ending !== 'closing' };
}

function endingOf(status: number, headers: Record<string, string | undefined>): Ending {
  if (status < 200 || status === 204 || status === 304) return { bytes: 0 };
  const coding = headers['transfer-encoding']?.toLowerCase();
  const length = headers['content-length'];
  // Both at once, or two lengths, is how one response is made to look like two.
  if (coding !== undefined && (coding !== 'chunked' || length !== undefined)) throw new ProtocolError();
  if (coding !== undefined) return 'chunked';
  if (length === undefined) return 'closing';
  if (!/^\d{1,15}$/.test(length)) throw new ProtocolError();
  return { bytes: Number(length) };
}
