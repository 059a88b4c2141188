import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mint } from '../../src/emulator/mint.js';
import { findToken } from '../../src/token/find.js';
import { localSigningKey } from '../../src/token/local.js';
import { quickFinder } from '../../src/token/quick.js';
import { sign } from '../support/courier-server.js';

const localSign = (input: string) => createHmac('sha256', localSigningKey).update(input).digest('base64url');
const quick = quickFinder(localSign);

const claims = { scope: 'user_id:alice inbox:read:messages', tenant_scope: 'published/test', exp: 1_767_312_000 };
const token = sign(claims);
const [header, payload, signature] = token.split('.') as [string, string, string];
const part = (text: string | Buffer) => Buffer.from(text).toString('base64url');
const local = (
  mint({ scope: 'user_id:alice', expires_in: '1d' }, { now: 1_767_225_600, id: 'x' }).body as { token: string }
).token;
const withPayload = (json: string | Buffer) => `${header}.${part(json)}.${signature}`;

describe('a token that stands alone is read as findToken reads it', () => {
  it.each([
    { name: 'one of Courier’s', text: token, json: JSON.stringify(claims) },
    { name: 'one of the embedded Courier’s', text: local, json: undefined },
    { name: 'another signature', text: `${header}.${payload}.abc`, json: JSON.stringify(claims) },
    {
      name: 'characters of several bytes',
      text: withPayload('{"scope":"user_id:ü€𝒳"}'),
      json: '{"scope":"user_id:ü€𝒳"}',
    },
    { name: 'an escape in its JSON', text: withPayload('{"a":"\\u0041"}'), json: '{"a":"\\u0041"}' },
    { name: 'no Courier token', text: sign({ sub: 'x' }), json: '{"sub":"x"}' },
    {
      name: 'a payload of a megabyte',
      text: withPayload(JSON.stringify({ a: 'x'.repeat(700_000) })),
      json: JSON.stringify({ a: 'x'.repeat(700_000) }),
    },
  ])('$name', ({ text, json }) => {
    const found = quick(text);
    expect(found?.token).toEqual(findToken(text));
    expect(found?.header).toBe('{"alg":"HS256","typ":"JWT"}');
    if (json !== undefined) expect(found?.payload).toBe(json);
  });

  it('tells the embedded Courier’s apart', () => {
    expect([quick(local)?.token.local, quick(token)?.token.local]).toEqual([true, false]);
  });
});

describe('all else is left to findToken', () => {
  it.each([
    { name: 'a text around it', text: `Bearer ${token}` },
    { name: 'white space', text: `${token} ` },
    { name: 'a fourth part', text: `${token}.x` },
    { name: 'an empty signature', text: `${header}.${payload}.` },
    { name: 'a header that begins in its midst', text: `x${token}` },
    { name: 'a header that is no object', text: `${part('["alg","HS256"]')}.${payload}.${signature}` },
    { name: 'a payload that is none', text: withPayload('[1]') },
    { name: 'a payload that is no JSON', text: withPayload('{"a":') },
    { name: 'a payload that is too deep', text: withPayload(`${'{"a":'.repeat(101)}1${'}'.repeat(101)}`) },
    { name: 'bytes that are no UTF-8', text: withPayload(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])) },
    { name: 'a length that base64 never has', text: `${header}.${part('{"a":1}  ')}A.${signature}` },
    { name: 'a header with white space before it', text: `${part(' {"alg":"HS256"}')}.${payload}.${signature}` },
    { name: 'a payload of more than a megabyte', text: withPayload(JSON.stringify({ a: 'x'.repeat(800_000) })) },
    { name: 'nothing', text: '' },
  ])('$name', ({ text }) => {
    expect(quick(text)).toBeUndefined();
  });
});

it('whatever is changed in a token, what is read quickly is what findToken finds', () => {
  const characters = fc.constantFrom(...'AZaz09-_.+/= e"\u00e9\u0144\n'.split(''));
  const edits = fc.array(fc.tuple(fc.nat(token.length), fc.constantFrom('put', 'insert', 'cut'), characters), {
    maxLength: 3,
  });
  const json = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify({ scope: text })),
  );
  const base = fc.oneof(
    fc.constant(token),
    fc.constant(local),
    json.map(withPayload),
    fc.uint8Array().map((bytes) => withPayload(Buffer.from(bytes))),
  );
  let read = 0;
  fc.assert(
    fc.property(base, edits, (text, changes) => {
      const changed = changes.reduce(
        (left, [at, how, char]) =>
          left.slice(0, at) + (how === 'cut' ? '' : char) + left.slice(how === 'insert' ? at : at + 1),
        text,
      );
      const found = quick(changed);
      if (found === undefined) return;
      read += 1;
      expect(found.token).toEqual(findToken(changed));
      expect(JSON.parse(found.payload)).toEqual(found.token.payload);
    }),
    { numRuns: 5000 },
  );
  // It is no test of nothing.
  expect(read).toBeGreaterThan(1000);
});
