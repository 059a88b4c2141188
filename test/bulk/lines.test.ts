import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Line, linesOf } from '../../src/bulk/lines.js';

async function linesIn(chunks: Buffer[], limit = 1000): Promise<Line[]> {
  async function* given() {
    yield* chunks;
  }
  const batches: Line[][] = [];
  for await (const batch of linesOf(given(), limit)) batches.push(batch);
  return batches.flat();
}

const textsIn = async (chunks: Buffer[]) => (await linesIn(chunks)).map(({ text }) => text);
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

/** All the ways to cut it once. */
function halves(bytes: Buffer): Buffer[][] {
  return Array.from({ length: bytes.length + 1 }, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]);
}

describe('the lines of a stream, wherever it is cut', () => {
  const rows: { name: string; bytes: Buffer | string; lines: string[] }[] = [
    { name: 'nothing', bytes: '', lines: [] },
    { name: 'one line', bytes: 'a\n', lines: ['a'] },
    { name: 'no line break at the end', bytes: 'a\nb', lines: ['a', 'b'] },
    { name: 'one character', bytes: 'a', lines: ['a'] },
    { name: 'empty lines', bytes: '\n\na\n\n', lines: ['', '', 'a', ''] },
    { name: 'CR before LF', bytes: 'a\r\nb\r\n\r\n', lines: ['a', 'b', ''] },
    { name: 'CR alone, and at the end', bytes: 'a\rb\nc\r', lines: ['a\rb', 'c'] },
    { name: 'two CR', bytes: 'a\r\r\n', lines: ['a\r'] },
    { name: 'characters of several bytes', bytes: 'ü€\n𝒳日\n', lines: ['ü€', '𝒳日'] },
    { name: 'a byte order mark', bytes: '\ufeffa\n\ufeffb', lines: ['a', '\ufeffb'] },
    { name: 'a byte order mark alone', bytes: '\ufeff', lines: [] },
    { name: 'UTF-16 with its mark', bytes: utf16('a\r\nü𝒳\n'), lines: ['a', 'ü𝒳'] },
    { name: 'UTF-16 without a line break', bytes: utf16('a'), lines: ['a'] },
    { name: 'what is no UTF-8', bytes: Buffer.from([0x61, 0xff, 0x0a, 0xe2, 0x82]), lines: ['a\ufffd', '\ufffd'] },
    { name: 'line separators of Unicode', bytes: 'a\u2028b\u0085c\n', lines: ['a\u2028b\u0085c'] },
  ];
  it.each(rows)('$name', async ({ bytes, lines }) => {
    const whole = Buffer.from(bytes);
    const single = Array.from(whole, (byte) => Buffer.from([byte]));
    const cuts = [[whole], single, ...halves(whole)];
    const seen = await Promise.all(cuts.map(textsIn));
    expect(seen).toEqual(cuts.map(() => lines));
  });
});

it('lines are counted from 1, empty ones too', async () => {
  expect(await linesIn([Buffer.from('a\n\nb')])).toEqual([
    { number: 1, text: 'a', isTooLong: false },
    { number: 2, text: '', isTooLong: false },
    { number: 3, text: 'b', isTooLong: false },
  ]);
});

it('the lines of a chunk come together', async () => {
  async function* given() {
    yield Buffer.from('a\nb\nc');
    yield Buffer.from('d\n');
  }
  const batches: string[][] = [];
  for await (const batch of linesOf(given(), 10)) batches.push(batch.map(({ text }) => text));
  expect(batches).toEqual([['a', 'b'], ['cd']]);
});

describe('of a line that is too long there is its beginning, and the next one is whole', () => {
  it.each([
    { name: 'just as long', bytes: '12345\n6', lines: [['12345', false] as const, ['6', false] as const] },
    { name: 'too long by one', bytes: '123456\n7', lines: [['12345', true] as const, ['7', false] as const] },
    { name: 'without an end', bytes: '1\n123456789', lines: [['1', false] as const, ['12345', true] as const] },
  ])('$name', async ({ bytes, lines }) => {
    const seen = await Promise.all(halves(Buffer.from(bytes)).map((cut) => linesIn(cut, 5)));
    const told = seen.map((cut) => cut.map(({ text, isTooLong }) => [text, isTooLong]));
    expect(told).toEqual(seen.map(() => lines));
  });

  it('10 MB in small pieces', async () => {
    const piece = Buffer.alloc(1000, 'x');
    const pieces = Array.from({ length: 10_000 }, () => piece);
    const lines = await linesIn([...pieces, Buffer.from('\nb\n')], 1_000_000);
    expect(lines.map(({ number, text, isTooLong }) => [number, text.length, isTooLong])).toEqual([
      [1, 1_000_000, true],
      [2, 1, false],
    ]);
  });
});

it('however the bytes are cut, the lines are the same', async () => {
  const text = fc
    .array(fc.constantFrom('a', 'bc', '\n', '\r', '\r\n', 'ü', '€', '𝒳', '\ufeff', '\u0000'), { maxLength: 60 })
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(text, fc.boolean(), fc.array(fc.nat(200), { maxLength: 12 }), async (of, isUtf16, cuts) => {
      const bytes = isUtf16 ? utf16(of) : Buffer.from(of);
      const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((to, i) => bytes.subarray(places[i], to));
      expect(await linesIn(chunks, 7)).toEqual(await linesIn([bytes], 7));
      const split = (isUtf16 ? of : of.replace(/^\ufeff/, '')).replace(/\n$/, '').split('\n');
      const whole = (isUtf16 ? of : of.replace(/^\ufeff/, '')) === '' ? [] : split;
      expect(await textsIn(chunks)).toEqual(whole.map((line) => line.replace(/\r$/, '')));
    }),
    { numRuns: 500 },
  );
});
