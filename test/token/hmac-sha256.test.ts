import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hmacSha256 } from '../../src/token/hmac-sha256.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const expected = (key: Uint8Array, message: Uint8Array) => createHmac('sha256', key).update(message).digest('hex');
const bytes = (length: number, seed: number) => Uint8Array.from({ length }, (_, i) => (i * 31 + seed) % 256);

// The lengths around the block of 64 bytes and its padding of 9.
const lengths = [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000];
const rows = lengths.flatMap((message) => [0, 1, 63, 64, 65, 128, 1000].map((key) => ({ key, message })));

it.each(rows)('is node:crypto’s, key of $key bytes, message of $message', ({ key, message }) => {
  const [k, m] = [bytes(key, 7), bytes(message, 200)];
  expect(hex(hmacSha256(k, m))).toBe(expected(k, m));
});

it('is the one of RFC 4231, test case 2', () => {
  const utf8 = new TextEncoder();
  expect(hex(hmacSha256(utf8.encode('Jefe'), utf8.encode('what do ya want for nothing?')))).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});

it('is node:crypto’s for any key and message', () => {
  const anyBytes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(anyBytes, anyBytes, (key, message) => {
      expect(hex(hmacSha256(key, message))).toBe(expected(key, message));
    }),
    { numRuns: 300 },
  );
});

it('changes neither key nor message', () => {
  const [key, message] = [bytes(80, 1), bytes(80, 2)];
  hmacSha256(key, message);
  expect([key, message]).toEqual([bytes(80, 1), bytes(80, 2)]);
});
