import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJwt, decodePart } from '../../src/token/decode.js';
import { sign } from '../support/courier-server.js';
import { failureOf } from './failure-of.js';

const claims = { scope: 'user_id:alice', exp: 1 };
const token = sign(claims);
const [header, payload, signature] = token.split('.') as [string, string, string];
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('decodeJwt', () => {
  it.each([
    {
      name: 'a token',
      raw: token,
      expected: { raw: token, header: { alg: 'HS256', typ: 'JWT' }, payload: claims, signature },
    },
    {
      name: 'text beyond ASCII',
      raw: `${header}.${part({ scope: 'user_id:Zoë-日本-😀' })}.c2ln`,
      expected: {
        raw: `${header}.${part({ scope: 'user_id:Zoë-日本-😀' })}.c2ln`,
        header: { alg: 'HS256', typ: 'JWT' },
        payload: { scope: 'user_id:Zoë-日本-😀' },
        signature: 'c2ln',
      },
    },
    {
      name: 'an empty payload object',
      raw: `${header}.e30.c2ln`,
      expected: { raw: `${header}.e30.c2ln`, header: { alg: 'HS256', typ: 'JWT' }, payload: {}, signature: 'c2ln' },
    },
  ])('takes $name apart', ({ raw, expected }) => {
    expect(decodeJwt(raw)).toEqual(expected);
  });

  const wrongPart = (which: string, problem: string) => ({ code: 'token.part', facts: { part: which, problem } });
  const cut = (segments: number, inside: string) => ({ code: 'token.cut-short', facts: { segments, inside } });
  it.each([
    { name: 'nothing', raw: '', expected: wrongPart('header', 'json') },
    { name: 'a header that is no JSON', raw: `aGk.${payload}.c2ln`, expected: wrongPart('header', 'json') },
    {
      name: 'a header that is no base64url',
      raw: `${header}A.${payload}.c2ln`,
      expected: wrongPart('header', 'base64url'),
    },
    { name: 'an array as header', raw: `${part([])}.${payload}.c2ln`, expected: wrongPart('header', 'array') },
    { name: 'null as header', raw: `${part(null)}.${payload}.c2ln`, expected: wrongPart('header', 'null') },
    { name: 'true as header', raw: `${part(true)}.${payload}.c2ln`, expected: wrongPart('header', 'not-an-object') },
    { name: 'a header alone', raw: header, expected: cut(1, 'payload') },
    { name: 'no payload', raw: `${header}..c2ln`, expected: cut(1, 'payload') },
    { name: 'half a payload', raw: `${header}.${payload.slice(0, -3)}`, expected: cut(2, 'payload') },
    { name: 'no signature', raw: `${header}.${payload}`, expected: cut(2, 'signature') },
    {
      name: 'alg none',
      raw: `${part({ alg: 'none' })}.${payload}.`,
      expected: { code: 'token.unsigned', facts: { algorithm: 'none' } },
    },
    { name: 'no alg', raw: `${part({})}.${payload}.`, expected: { code: 'token.unsigned', facts: { algorithm: '' } } },
    {
      name: 'an alg that is no text',
      raw: `${part({ alg: { toString: 1 } })}.${payload}.`,
      expected: cut(2, 'signature'),
    },
    {
      name: 'five parts with enc',
      raw: `${part({ alg: 'dir', enc: 'A256GCM' })}..a.b.c`,
      expected: { code: 'token.encrypted', facts: {} },
    },
    {
      name: 'a string as payload',
      raw: `${header}.${part('a')}.c2ln`,
      expected: wrongPart('payload', 'not-an-object'),
    },
  ])('fails for $name', ({ raw, expected }) => {
    expect(failureOf(() => decodeJwt(raw))).toEqual(expected);
  });

  it('says nothing of the text in its failure', () => {
    const secret = 'c2VjcmV0LXBheWxvYWQ';
    try {
      decodeJwt(`${header}.${secret}.c2ln`);
      expect.unreachable();
    } catch (error) {
      const { message, stack, cause } = error as Error;
      expect([message, cause, stack?.includes(secret), stack?.includes('secret-payload')]).toEqual([
        'token.part',
        undefined,
        false,
        false,
      ]);
    }
  });

  it('throws nothing but a Failure', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(fc.jsonValue().map(part), fc.string()), { maxLength: 5 }).map((parts) => parts.join('.')),
    );
    fc.assert(
      fc.property(anything, (text) => {
        failureOf(() => decodeJwt(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('reads back any claims', () => {
    const object = fc.dictionary(
      fc.string({ unit: 'grapheme' }).filter((key) => key !== '__proto__'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(object, (value) => {
        expect(decodeJwt(sign(value)).payload).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

it('decodePart says which part it is', () => {
  expect([failureOf(() => decodePart(part([]), 'payload')), failureOf(() => decodePart(part([]), 'header'))]).toEqual([
    { code: 'token.part', facts: { part: 'payload', problem: 'array' } },
    { code: 'token.part', facts: { part: 'header', problem: 'array' } },
  ]);
});
