import { expect, it } from 'vitest';
import { checkShape } from '../../src/checks/shape.js';
import { fix, someClaims, someToken } from './some.js';

const notVerified = { code: 'signature.not-verified', status: 'skip', facts: {} };
const signature = (code: string, status: string, facts: object) => [
  { code: `signature.${code}`, status, facts, fix },
  notVerified,
];

it.each([
  { name: 'a sound one', token: {}, expected: [notVerified] },
  {
    name: 'a doubled Bearer',
    token: { doubledBearer: true },
    expected: [{ code: 'header.doubled-bearer', status: 'fail', facts: {} }, notVerified],
  },
  { name: 'alg none', token: { header: { alg: 'none' } }, expected: signature('none', 'fail', { algorithm: 'none' }) },
  { name: 'alg NoNe', token: { header: { alg: 'NoNe' } }, expected: signature('none', 'fail', { algorithm: 'NoNe' }) },
  { name: 'no alg', token: { header: {} }, expected: signature('none', 'fail', { algorithm: '' }) },
  { name: 'alg null', token: { header: { alg: null } }, expected: signature('none', 'fail', { algorithm: '' }) },
  {
    name: 'another algorithm',
    token: { header: { alg: 'RS256' } },
    expected: signature('algorithm', 'warn', { algorithm: 'RS256' }),
  },
  {
    name: 'HS256 in lower case',
    token: { header: { alg: 'hs256' } },
    expected: signature('algorithm', 'warn', { algorithm: 'hs256' }),
  },
  {
    name: 'a signature of 42 characters',
    token: { signature: 's'.repeat(42) },
    expected: signature('cut-short', 'fail', { characters: 42, expected: 43 }),
  },
  {
    name: 'half a signature',
    token: { signature: 's'.repeat(22) },
    expected: signature('cut-short', 'fail', { characters: 22, expected: 43 }),
  },
  {
    name: 'less than half',
    token: { signature: 's'.repeat(21) },
    expected: signature('stand-in', 'warn', { characters: 21, expected: 43 }),
  },
  {
    name: 'more than HS256 has',
    token: { signature: 's'.repeat(44) },
    expected: signature('stand-in', 'warn', { characters: 44, expected: 43 }),
  },
  { name: 'a local one', token: { local: true }, expected: signature('local', 'warn', {}) },
  {
    name: 'a local one where that is expected',
    token: { local: true },
    localExpected: true,
    expected: signature('local', 'pass', {}),
  },
  { name: "Courier's where a local one is expected", token: {}, localExpected: true, expected: [notVerified] },
  {
    name: 'no scope claim',
    token: { payload: {} },
    expected: [{ code: 'claim.no-scope', status: 'fail', facts: { present: false }, fix }, notVerified],
  },
  {
    name: 'a scope claim that is a list',
    token: { payload: { scope: ['read:brands'] } },
    claims: { mistyped: [{ claim: 'scope', expected: 'string', found: 'array' } as const] },
    expected: [
      { code: 'claim.no-scope', status: 'fail', facts: { present: true }, fix },
      { code: 'claim.type', status: 'fail', subject: 'scope', facts: { expected: 'string', found: 'array' }, fix },
      notVerified,
    ],
  },
  {
    name: 'all at once',
    token: { doubledBearer: true, header: { alg: 'ES256' }, local: true, payload: { exp: 'soon' } },
    claims: { mistyped: [{ claim: 'exp', expected: 'number', found: 'string' } as const] },
    expected: [
      { code: 'header.doubled-bearer', status: 'fail', facts: {} },
      { code: 'signature.algorithm', status: 'warn', facts: { algorithm: 'ES256' }, fix },
      { code: 'signature.local', status: 'warn', facts: {}, fix },
      { code: 'claim.no-scope', status: 'fail', facts: { present: false }, fix },
      { code: 'claim.type', status: 'fail', subject: 'exp', facts: { expected: 'number', found: 'string' }, fix },
      notVerified,
    ],
  },
])('$name', ({ token, claims = {}, localExpected = false, expected }) => {
  expect(checkShape(someToken(token), someClaims(claims), localExpected, fix)).toEqual(expected);
});

// What JavaScript cannot make a text of must not end the command.
it('an alg that is no text is another algorithm', () => {
  const token = someToken({ header: { alg: { toString: 1 } } });
  expect(checkShape(token, someClaims(), false, fix)).toMatchObject([
    { status: expect.stringMatching(/fail|warn/) },
    notVerified,
  ]);
});
