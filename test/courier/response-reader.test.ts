import { type Server, type Socket, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkTransport } from '../../src/courier/https.js';
import { ProtocolError, type Read, ResponseReader, TooLarge } from '../../src/courier/response-reader.js';
import type { HttpResponse } from '../../src/courier/transport.js';
import { Failure } from '../../src/errors.js';

type Came = Read | 'refused' | 'too-large' | 'cut-short';

/** What comes of pieces, after which the connection is closed. */
function readIn(pieces: Buffer[], limit = 1024 * 1024): Came {
  const reader = new ResponseReader(limit);
  try {
    // What follows a whole response comes with its last piece.
    for (const [i, piece] of pieces.entries()) {
      const read = reader.add(piece);
      if (read) return { ...read, isKept: read.isKept && pieces.slice(i + 1).every(({ length }) => length === 0) };
    }
    return reader.end() ?? 'cut-short';
  } catch (error) {
    if (error instanceof TooLarge) return 'too-large';
    expect(error).toBeInstanceOf(ProtocolError);
    return 'refused';
  }
}

const bytesOf = (text: string) => Buffer.from(text, 'latin1');
const singles = (bytes: Buffer) => Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
const halves = (bytes: Buffer) =>
  Array.from({ length: bytes.length + 1 }, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]);

const ok = 'HTTP/1.1 200 OK\r\n';
const came = (status: number, headers: HttpResponse['headers'], body: string, isKept: boolean): Read => ({
  response: { status, headers, body },
  isKept,
});
const chunked = { 'transfer-encoding': 'chunked' };

describe('one response, wherever it is cut', () => {
  const rows: { name: string; bytes: string; expected: Came }[] = [
    {
      name: 'a length',
      bytes: `${ok}Content-Length: 2\r\n\r\nok`,
      expected: came(200, { 'content-length': '2' }, 'ok', true),
    },
    {
      name: 'a length of nothing',
      bytes: `${ok}content-length:0\r\n\r\n`,
      expected: came(200, { 'content-length': '0' }, '', true),
    },
    {
      name: 'characters of several bytes',
      bytes: `${ok}content-length: 5\r\n\r\n${Buffer.from('ü€').toString('latin1')}`,
      expected: came(200, { 'content-length': '5' }, 'ü€', true),
    },
    {
      name: 'chunks',
      bytes: `${ok}Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0A\r\n\r\n45678\r\n0\r\n0\r\n\r\n`,
      expected: came(200, { 'transfer-encoding': 'Chunked' }, 'abc\r\n45678\r\n0', true),
    },
    {
      name: 'chunks with extensions and trailers',
      bytes: `${ok}transfer-encoding: chunked\r\n\r\n2;a="b"; c\r\nok\r\n1 ; d\r\n!\r\n0;e\r\nT: x\r\nU: 0\r\n\r\n`,
      expected: came(200, chunked, 'ok!', true),
    },
    {
      name: 'no chunk',
      bytes: `${ok}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      expected: came(200, chunked, '', true),
    },
    {
      name: 'until the end',
      bytes: `${ok}X: y\r\n\r\nall\r\n\r\nof it`,
      expected: came(200, { x: 'y' }, 'all\r\n\r\nof it', false),
    },
    { name: 'until the end, nothing', bytes: `${ok}\r\n`, expected: came(200, {}, '', false) },
    {
      name: 'what comes before',
      bytes: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}content-length: 1\r\n\r\na`,
      expected: came(200, { 'content-length': '1' }, 'a', true),
    },
    {
      name: 'another protocol',
      bytes: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n',
      expected: came(101, { upgrade: 'x' }, '', false),
    },
    {
      name: '204 has no body, whatever it says',
      bytes: 'HTTP/1.1 204 No Content\r\ncontent-length: 9\r\n\r\n',
      expected: came(204, { 'content-length': '9' }, '', true),
    },
    {
      name: '304, too',
      bytes: 'HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n',
      expected: came(304, chunked, '', true),
    },
    {
      name: 'no reason',
      bytes: 'HTTP/1.1 503\r\ncontent-length: 0\r\n\r\n',
      expected: came(503, { 'content-length': '0' }, '', true),
    },
    {
      name: 'HTTP/1.0',
      bytes: 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na',
      expected: came(200, { 'content-length': '1' }, 'a', false),
    },
    {
      name: 'HTTP/1.0, kept',
      bytes: 'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\ncontent-length: 1\r\n\r\na',
      expected: came(200, { 'content-length': '1', connection: 'Keep-Alive' }, 'a', true),
    },
    {
      name: 'closed by the server',
      bytes: `${ok}Connection: Close\r\ncontent-length: 1\r\n\r\na`,
      expected: came(200, { connection: 'Close', 'content-length': '1' }, 'a', false),
    },
    {
      name: 'closed, among others',
      bytes: `${ok}connection: foo\r\nconnection: close\r\ncontent-length: 1\r\n\r\na`,
      expected: came(200, { connection: 'foo, close', 'content-length': '1' }, 'a', false),
    },
    {
      name: 'more than was asked for',
      bytes: `${ok}content-length: 1\r\n\r\na${ok}content-length: 1\r\n\r\nb`,
      expected: came(200, { 'content-length': '1' }, 'a', false),
    },
    {
      name: 'more, behind chunks',
      bytes: `${ok}transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nmore`,
      expected: came(200, chunked, 'a', false),
    },
    {
      name: 'white space around values, tabs within',
      bytes: `${ok}X: \t a\tb \t\r\nY:\r\ncontent-length: 0\r\n\r\n`,
      expected: came(200, { x: 'a\tb', y: '', 'content-length': '0' }, '', true),
    },
    {
      name: 'lists, and what is no list',
      bytes: `${ok}A: 1\r\na: 2\r\nRetry-After: 5\r\nRetry-After: 7\r\nLocation: /a\r\nLocation: /b\r\ncontent-length: 0\r\n\r\n`,
      expected: came(200, { a: '1, 2', 'retry-after': '5', location: '/a', 'content-length': '0' }, '', true),
    },
    {
      name: 'names that objects have',
      bytes: `${ok}__proto__: x\r\nconstructor: y\r\ncontent-length: 0\r\n\r\n`,
      expected: came(200, { constructor: 'y', 'content-length': '0' }, '', true),
    },
    ...[
      { name: 'nothing', bytes: '' },
      { name: 'half a head', bytes: `${ok}content-length: 0\r\n` },
      { name: 'half a body', bytes: `${ok}content-length: 2\r\n\r\na` },
      { name: 'half a chunk', bytes: `${ok}transfer-encoding: chunked\r\n\r\n2\r\na` },
      { name: 'no end of a chunk', bytes: `${ok}transfer-encoding: chunked\r\n\r\n1\r\na\r` },
      { name: 'no last chunk', bytes: `${ok}transfer-encoding: chunked\r\n\r\n1\r\na\r\n` },
      { name: 'no end of the trailers', bytes: `${ok}transfer-encoding: chunked\r\n\r\n0\r\nT: x\r\n` },
      { name: 'only what comes before', bytes: 'HTTP/1.1 100 Continue\r\n\r\n' },
    ].map((row) => ({ ...row, expected: 'cut-short' as const })),
    ...[
      { name: 'another protocol’s greeting', bytes: 'SSH-2.0-OpenSSH_9.2p1\r\n' },
      { name: 'what begins as HTTP', bytes: 'HTTP/2 200\r\n\r\n' },
      { name: 'HTTP/1.2', bytes: 'HTTP/1.2 200 OK\r\n\r\n' },
      { name: 'a status of two digits', bytes: 'HTTP/1.1 20 OK\r\n\r\n' },
      { name: 'a status of four', bytes: 'HTTP/1.1 2000 OK\r\n\r\n' },
      { name: 'a second response that is none', bytes: 'HTTP/1.1 100 Continue\r\n\r\n<html>' },
      { name: 'two lengths', bytes: `${ok}content-length: 1\r\ncontent-length: 2\r\n\r\nab` },
      { name: 'one length twice', bytes: `${ok}content-length: 1\r\ncontent-length: 1\r\n\r\na` },
      { name: 'a length with a sign', bytes: `${ok}content-length: +1\r\n\r\na` },
      { name: 'a length in hex', bytes: `${ok}content-length: 0x1\r\n\r\na` },
      { name: 'no length in it', bytes: `${ok}content-length:\r\n\r\n` },
      { name: 'a length and chunks', bytes: `${ok}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n` },
      { name: 'another coding', bytes: `${ok}transfer-encoding: gzip\r\n\r\n` },
      { name: 'two codings', bytes: `${ok}transfer-encoding: gzip, chunked\r\n\r\n` },
      { name: 'a folded line', bytes: `${ok}X: a\r\n b\r\n\r\n` },
      { name: 'no colon', bytes: `${ok}X\r\n\r\n` },
      { name: 'no name', bytes: `${ok}: x\r\n\r\n` },
      { name: 'a space before the colon', bytes: `${ok}X : a\r\n\r\n` },
      { name: 'a name with a parenthesis', bytes: `${ok}X(: a\r\n\r\n` },
      { name: 'a name that is not ASCII', bytes: `${ok}\xfc: a\r\n\r\n` },
      { name: 'NUL', bytes: `${ok}X: a\0b\r\n\r\n` },
      { name: 'a lone LF', bytes: `${ok}X: a\ncontent-length: 0\r\n\r\n` },
      { name: 'a lone CR', bytes: `${ok}X: a\rcontent-length: 0\r\n\r\n` },
      { name: 'a chunk without a size', bytes: `${ok}transfer-encoding: chunked\r\n\r\n\r\n` },
      { name: 'a chunk with a sign', bytes: `${ok}transfer-encoding: chunked\r\n\r\n-1\r\n` },
      { name: 'a chunk of a size with too many digits', bytes: `${ok}transfer-encoding: chunked\r\n\r\n000000001\r\n` },
      {
        name: 'a chunk that is longer than it says',
        bytes: `${ok}transfer-encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n`,
      },
    ].map((row) => ({ ...row, expected: 'refused' as const })),
  ];
  it.each(rows)('$name', ({ bytes, expected }) => {
    const whole = bytesOf(bytes);
    const cuts = [[whole], singles(whole), ...halves(whole)];
    expect(cuts.map((cut) => readIn(cut))).toEqual(cuts.map(() => expected));
  });
});

describe('no more than there may be', () => {
  const x = (length: number) => 'x'.repeat(length);
  const chunks = `${ok}transfer-encoding: chunked\r\n\r\n`;
  it.each([
    { name: 'a body', bytes: `${ok}content-length: 9\r\n\r\n${x(9)}`, expected: x(9) },
    { name: 'one that is longer', bytes: `${ok}content-length: 10\r\n\r\n${x(10)}`, expected: 'too-large' },
    { name: 'one that says so', bytes: `${ok}content-length: 10\r\n\r\n`, expected: 'too-large' },
    { name: 'until the end', bytes: `${ok}\r\n${x(9)}`, expected: x(9) },
    { name: 'until no end', bytes: `${ok}\r\n${x(10)}`, expected: 'too-large' },
    { name: 'chunks', bytes: `${chunks}5\r\n${x(5)}\r\n4\r\n${x(4)}\r\n0\r\n\r\n`, expected: x(9) },
    { name: 'chunks that are longer', bytes: `${chunks}5\r\n${x(5)}\r\n5\r\n${x(5)}`, expected: 'too-large' },
    { name: 'a head', bytes: `${ok}a: ${x(65_514)}\r\n\r\n`, expected: '' },
    { name: 'one that is longer', bytes: `${ok}a: ${x(65_518)}\r\n\r\n`, expected: 'refused' },
    { name: 'one that has no end', bytes: `${ok}a: ${x(70_000)}`, expected: 'refused' },
    { name: 'the line of a chunk that has no end', bytes: `${chunks}1;${x(70_000)}`, expected: 'refused' },
    { name: 'a trailer that has no end', bytes: `${chunks}0\r\n${x(70_000)}`, expected: 'refused' },
  ])('$name: $expected', ({ bytes, expected }) => {
    const whole = bytesOf(bytes);
    for (const cut of [[whole], [whole.subarray(0, 40), whole.subarray(40)]]) {
      const read = readIn(cut, 9);
      expect(typeof read === 'string' ? read : read.response.body).toBe(expected);
    }
  });
});

it.each([
  { name: 'a length', head: 'content-length: 1048576', body: Buffer.alloc(1_048_576, 'x') },
  { name: 'the end', head: 'x: y', body: Buffer.alloc(1_048_576, 'x') },
  { name: 'chunks', head: 'transfer-encoding: chunked', body: bytesOf(`f0\r\n${'x'.repeat(240)}\r\n`.repeat(4263)) },
])('no piece is copied with each that follows: $name', ({ head, body }) => {
  const pieces = Array.from({ length: 4096 }, (_, i) => body.subarray(i * 256, i * 256 + 256));
  const timeFor = (work: () => void) => {
    const began = performance.now();
    work();
    return performance.now() - began;
  };
  const copy = () => {
    let all = Buffer.alloc(0);
    for (const piece of pieces) all = Buffer.concat([all, piece]);
  };
  // The first time memory is slow to be had.
  const copying = Math.min(timeFor(copy), timeFor(copy));
  const reading = timeFor(() => {
    const reader = new ResponseReader(1_048_576);
    reader.add(bytesOf(`${ok}${head}\r\n\r\n`));
    for (const piece of pieces) reader.add(piece);
  });
  expect(reading / copying).toBeLessThan(0.5);
});

it('keeps no more than the body of what came with it', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = () => {
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const reader = new ResponseReader(1_048_576);
  reader.add(bytesOf(`${ok}transfer-encoding: chunked\r\n\r\n`));
  const before = held();
  for (let i = 0; i < 500; i += 1) reader.add(bytesOf(`1;${'x'.repeat(60_000)}\r\na\r\n`));
  // Of 30 MB that came.
  expect(held() - before).toBeLessThan(15_000_000);
  expect(reader.add(bytesOf('0\r\n\r\n'))?.response.body).toBe('a'.repeat(500));
});

/** A server that answers every request with the same bytes, and then closes. */
describe('as Node’s own client reads it, where both do', () => {
  let answer: Buffer = Buffer.alloc(0);
  let server: Server;
  const serve = (socket: Socket) => socket.on('error', () => {}).once('data', () => socket.end(answer));
  beforeAll(async () => {
    server = createServer(serve);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  const ofNode = async (bytes: Buffer): Promise<HttpResponse | undefined> => {
    answer = bytes;
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      return await networkTransport({}).send({
        method: 'POST',
        url,
        headers: { Connection: 'close' },
        timeoutMs: 5000,
      });
    } catch (error) {
      expect(error).toBeInstanceOf(Failure);
      return undefined;
    }
  };

  const name = fc.constantFrom('X', 'Retry-After', 'Location', 'Date', 'Content-Type', '__proto__', 'X(', 'x y', '');
  const value = fc.string({
    unit: fc.constantFrom('a', ',', ' ', '\t', '"', '\xfc', ':', '\x7f', '\0', '\n', '\r\n '),
    maxLength: 6,
  });
  const header = fc.tuple(name, fc.constantFrom(': ', ':', ' :', ''), value).map((parts) => parts.join(''));
  const plainHeader = fc.constantFrom(
    'X: a',
    'Retry-After: 5',
    'retry-after: 7',
    'Date: now',
    'Connection: close',
    'Y:\t',
  );
  const body = fc.string({
    unit: fc.constantFrom('a', '\r\n', '0', '\r\n\r\n', '\xc3', '\xbc', 'HTTP/1.1'),
    maxLength: 20,
  });
  const chunksOf = (parts: string[], extension: string, trailer: string) =>
    `${parts.map((part) => `${part.length.toString(16)}${extension}\r\n${part}\r\n`).join('')}0\r\n${trailer}\r\n`;
  const chunk = fc.string({ unit: fc.constantFrom('a', '\r\n', 'ff', '\xfc'), minLength: 1, maxLength: 12 });
  const framed = fc.oneof(
    body.map((text) => [`Content-Length: ${text.length}`, text]),
    fc
      .tuple(fc.array(chunk), fc.constantFrom('', '', ';a=b', ' '), fc.constantFrom('', '', 'T: x\r\n', 'T\r\n'))
      .map((parts) => ['Transfer-Encoding: chunked', chunksOf(...parts)]),
    body.map((text) => ['X-None: yes', text]),
    fc
      .tuple(fc.constantFrom('1', '+1', '1, 1', '', '1\r\nContent-Length: 2'), body)
      .map(([length, text]) => [`Content-Length: ${length}`, text]),
  );
  const response = fc
    .record({
      before: fc.constantFrom('', '', '', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 \r\nLink: a\r\n\r\n'),
      version: fc.constantFrom('1.1', '1.1', '1.1', '1.0'),
      status: fc.constantFrom(200, 200, 400, 429, 503, 204, 304),
      headers: fc.array(fc.oneof({ weight: 20, arbitrary: plainHeader }, { weight: 1, arbitrary: header }), {
        maxLength: 4,
      }),
      framed,
    })
    .map((of) => {
      const [framing, text] = of.framed as [string, string];
      const head = [`HTTP/${of.version} ${of.status} Fine`, ...of.headers, framing].join('\r\n');
      return bytesOf(`${of.before}${head}\r\n\r\n${text}`);
    });

  it('however it is cut', async () => {
    let both = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(response, fc.array(fc.nat(300), { maxLength: 12 }), async (bytes, cuts) => {
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((to, i) => bytes.subarray(places[i], to));
        const read = readIn(pieces);
        expect(read).toEqual(readIn([bytes]));
        const node = await ofNode(bytes);
        if (typeof read === 'string') refused += 1;
        if (typeof read === 'string' || !node) return;
        both += 1;
        expect(read.response).toEqual({ ...node, headers: { ...node.headers } });
      }),
      { numRuns: 1000 },
    );
    // Neither is rare, or this would say little.
    expect([both > 300, refused > 100]).toEqual([true, true]);
  });
});
