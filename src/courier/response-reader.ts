import type { HttpResponse } from './transport.js';

/** What no server of HTTP answers. Its code begins as Node's parser's do. */
class ProtocolError extends Error {
  readonly code = 'HPE_INVALID_RESPONSE';
}

/** More than this is no answer of Courier's. */
export class TooLarge extends Error {}

const longestHead = 65_536;

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
  #bytes: Buffer = Buffer.alloc(0);
  #head: Head | undefined;

  /** @param limit the longest body, in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The response, once it is whole; undefined until then.
   * @throws {ProtocolError | TooLarge}
   */
  add(chunk: Buffer): Read | undefined {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    this.#head ??= this.#readHead();
    if (!this.#head) return undefined;
    const { ending } = this.#head;
    if (ending === 'chunked') return this.#readChunks(this.#head);
    if (this.#bytes.length > this.#limit || (ending !== 'closing' && ending.bytes > this.#limit)) throw new TooLarge();
    if (ending === 'closing' || this.#bytes.length < ending.bytes) return undefined;
    return read(this.#head, this.#bytes.subarray(0, ending.bytes), this.#bytes.length > ending.bytes);
  }

  /** The connection is closed: the response, where that ends it. */
  end(): Read | undefined {
    return this.#head?.ending === 'closing' ? read(this.#head, this.#bytes, false) : undefined;
  }

  /** Those before the last, such as 103 Early Hints, are passed over. */
  #readHead(): Head | undefined {
    for (;;) {
      const end = this.#bytes.indexOf('\r\n\r\n');
      if (end === -1 && this.#bytes.length > longestHead) throw new ProtocolError();
      if (end === -1) return undefined;
      const head = headIn(this.#bytes.toString('latin1', 0, end));
      this.#bytes = this.#bytes.subarray(end + 4);
      if (head.status >= 200) return head;
      // Another protocol was not asked for.
      if (head.status === 101) return { ...head, ending: { bytes: 0 }, isKept: false };
    }
  }

  #readChunks(head: Head): Read | undefined {
    const parts: Buffer[] = [];
    let length = 0;
    for (let at = 0; ;) {
      const end = this.#bytes.indexOf('\r\n', at);
      if (end === -1) return undefined;
      const [, hex] = /^([\da-f]{1,8})[ \t]*(?:;.*)?$/i.exec(this.#bytes.toString('latin1', at, end)) ?? [];
      if (hex === undefined) throw new ProtocolError();
      const size = parseInt(hex, 16);
      if (size === 0) return this.#readTrailers(head, Buffer.concat(parts), end);
      length += size;
      if (length > this.#limit) throw new TooLarge();
      at = end + 2 + size + 2;
      if (this.#bytes.length < at) return undefined;
      if (this.#bytes.toString('latin1', at - 2, at) !== '\r\n') throw new ProtocolError();
      parts.push(this.#bytes.subarray(end + 2, at - 2));
    }
  }

  /** Nothing in them is of use. */
  #readTrailers(head: Head, body: Buffer, at: number): Read | undefined {
    const end = this.#bytes.indexOf('\r\n\r\n', at);
    if (end === -1 && this.#bytes.length - at > longestHead) throw new ProtocolError();
    return end === -1 ? undefined : read(head, body, this.#bytes.length > end + 4);
  }
}

/** `isKept`: whether the connection can be used once more. */
export interface Read {
  response: HttpResponse;
  isKept: boolean;
}

function read({ status, headers, isKept }: Head, body: Buffer, hasMore: boolean): Read {
  return { response: { status, headers, body: body.toString('utf8') }, isKept: isKept && !hasMore };
}

function headIn(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n');
  const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(first) ?? [];
  if (status === undefined) throw new ProtocolError();
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (colon < 1 || /[^!-~]|^__proto__$/.test(name)) throw new ProtocolError();
    const value = line.slice(colon + 1).trim();
    headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}, ${value}` : value;
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
  // Both at once is how one response is made to look like two.
  if (coding !== undefined && (coding !== 'chunked' || length !== undefined)) throw new ProtocolError();
  if (coding !== undefined) return 'chunked';
  if (length === undefined) return 'closing';
  // Said twice, it may be the same.
  const [bytes, ...others] = new Set(length.split(',').map((one) => one.trim()));
  if (others.length > 0 || !/^\d{1,15}$/.test(bytes!)) throw new ProtocolError();
  return { bytes: Number(bytes) };
}
