import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJson, visible } from '../../src/output/escape.js';
import { Secrets } from '../../src/output/secrets.js';

const key = 'pk_test_0123456789ABCDEFGHIJ';
const signature = 'dL2BTaLdbq-9ABe_DdgZp6UL2X_d6vFAl--4YLyX5AI';

/** A long text that repeats nothing nearby. */
const letters = (length: number) =>
  Array.from({ length }, (_, i) => (i * 7919).toString(36))
    .join('')
    .slice(0, length);

function secretsOf(...values: string[]): Secrets {
  const secrets = new Secrets();
  values.forEach((value) => secrets.add(value));
  return secrets;
}

describe('redact', () => {
  it.each([
    { name: 'a whole one', secrets: [key], text: `Bearer ${key}.`, expected: 'Bearer [redacted].' },
    { name: 'one twice', secrets: [key], text: `${key}${key}`, expected: '[redacted][redacted]' },
    { name: 'several', secrets: [key, signature], text: `${key} ${signature}`, expected: '[redacted] [redacted]' },
    {
      name: 'one within another',
      secrets: ['secret', 'secret-key'],
      text: 'secret-key secret',
      expected: '[redacted] [redacted]',
    },
    { name: 'its beginning', secrets: [key], text: `${key.slice(0, 12)}…`, expected: '[redacted]…' },
    { name: 'its end', secrets: [key], text: `…${key.slice(-12)}`, expected: '…[redacted]' },
    { name: 'its middle', secrets: [key], text: `<${key.slice(5, 17)}>`, expected: '<[redacted]>' },
    {
      name: 'a cut of more than a telling run',
      secrets: [key],
      text: `<${key.slice(0, 23)}>`,
      expected: '<[redacted]>',
    },
    { name: 'half a signature', secrets: [signature], text: `${signature.slice(0, 22)}…`, expected: '[redacted]…' },
    {
      name: 'all of a signature but its first letter',
      secrets: [signature],
      text: signature.slice(1),
      expected: '[redacted]',
    },
    {
      name: 'too little of it to tell',
      secrets: [key],
      text: `${key.slice(0, 11)}…${key.slice(-4)}`,
      expected: 'pk_test_012…GHIJ',
    },
    { name: 'a short one, whole only', secrets: ['abcdef'], text: 'abcdef abcde', expected: '[redacted] abcde' },
    {
      name: 'its form in JSON',
      secrets: ['quo"te\\back'],
      text: JSON.stringify({ key: 'quo"te\\back' }),
      expected: '{"key":"[redacted]"}',
    },
    {
      name: 'its form in a URL',
      secrets: ['sl/ash+plus'],
      text: `https://x/?key=${encodeURIComponent('sl/ash+plus')}`,
      expected: 'https://x/?key=[redacted]',
    },
    {
      name: 'a run of one of 1024 letters',
      secrets: [letters(1024)],
      text: letters(1024).slice(0, 20),
      expected: '[redacted]',
    },
    {
      name: 'of a longer one nothing but the whole',
      secrets: [letters(1025)],
      text: `${letters(1025)} ${letters(20)}`,
      expected: `[redacted] ${letters(20)}`,
    },
    {
      name: 'a token whose header has a line break in it',
      secrets: [],
      text: 'ewogICJhbGciOiJIUzI1NiJ9.ewp9.0123456789abcdef',
      expected: 'ewogICJhbGciOiJIUzI1NiJ9.ewp9.[redacted]',
    },
    {
      name: 'names that only look like one',
      secrets: [],
      text: 'exchange.example.internal-host-name refresh_token_A1B2C3D4E5F6G7',
      expected: 'exchange.example.internal-host-name refresh_token_A1B2C3D4E5F6G7',
    },
    { name: 'no secret', secrets: [key], text: 'nothing to hide', expected: 'nothing to hide' },
    { name: 'an empty secret hides nothing', secrets: [''], text: 'abc', expected: 'abc' },
    { name: 'nor does one of five letters', secrets: ['abcde'], text: 'abcde', expected: 'abcde' },
    { name: 'without secrets', secrets: [], text: 'pk_test_ is a prefix', expected: 'pk_test_ is a prefix' },
    { name: 'a key that nobody named', secrets: [], text: `key ${key}.`, expected: 'key [redacted].' },
    {
      name: 'a token that nobody named',
      secrets: [],
      text: 'eyJhIjoxfQ.e30.0123456789abcdef',
      expected: 'eyJhIjoxfQ.e30.[redacted]',
    },
  ])('$name', ({ secrets, text, expected }) => {
    expect(secretsOf(...secrets).redact(text)).toBe(expected);
  });

  const token = `eyJhbGciOiJIUzI1NiJ9.eyJzY29wZSI6IiJ9.${signature}`;
  it.each([
    { name: 'the revealed token stays', text: token, revealed: token, expected: token },
    { name: 'every time', text: `${token} ${token}`, revealed: token, expected: `${token} ${token}` },
    {
      name: 'and nothing else does',
      text: `${signature} ${token} ${key}`,
      revealed: token,
      expected: `[redacted] ${token} [redacted]`,
    },
    { name: 'what is not there reveals nothing', text: signature, revealed: token, expected: '[redacted]' },
    { name: 'an empty one reveals nothing', text: signature, revealed: '', expected: '[redacted]' },
  ])('$name', ({ text, revealed, expected }) => {
    expect(secretsOf(key, signature).redact(text, revealed)).toBe(expected);
  });

  it.each([
    { name: 'a real signature', given: signature, expected: '[redacted]' },
    { name: 'one of 21 characters', given: signature.slice(0, 21), expected: '[redacted]' },
    { name: 'a stand-in of 20', given: signature.slice(0, 20), expected: signature.slice(0, 20) },
  ])('addSignature: $name', ({ given, expected }) => {
    const secrets = new Secrets();
    secrets.addSignature(given);
    expect(secrets.redact(given)).toBe(expected);
  });

  it('takes a time that grows with the text, however often a secret stands in it', () => {
    const secrets = secretsOf(signature);
    const run = signature.slice(0, 12);
    expect(secrets.redact(`${run} `.repeat(100_000))).toBe('[redacted] '.repeat(100_000));
    const starts = 'eyJ'.repeat(1_000_000);
    expect(secrets.redact(starts)).toBe(starts);
  });

  it('leaves no telling run of any secret in any text', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9_-]{6,60}$/);
    const words = fc.string({ maxLength: 20 });
    fc.assert(
      fc.property(secret, words, words, fc.nat(60), fc.nat(60), (value, before, after, from, length) => {
        const run = value.length <= 12 ? value : value.slice(from % value.length, (from % value.length) + 12 + length);
        const redacted = secretsOf(value).redact(before + run + after);
        const telling = Math.min(12, value.length);
        const runs = Array.from({ length: value.length - telling + 1 }, (_, i) => value.slice(i, i + telling));
        expect(runs.filter((one) => redacted.includes(one))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

it.each(['ab::cd::ef::gh::ij', 'ab##[cd##[ef##[gh'])('a key is redacted as it is shown: %s', (odd) => {
  const secrets = new Secrets();
  secrets.add(odd);
  const shown = [visible(odd), toJson(odd), toJson(visible(odd))];
  expect(shown.map((text) => secrets.redact(text))).toEqual(['[redacted]', '"[redacted]"', '"[redacted]"']);
});

it.each([
  {
    name: 'a number is no secret: in JSON it would be none any more',
    secret: '1795495253123456',
    text: '{"exp": 1795495253123456}',
  },
  { name: 'a number in a secret is none by itself', secret: 'ab123456789012cd', text: '{"exp": 123456789012}' },
])('$name', ({ secret, text }) => {
  const secrets = new Secrets();
  secrets.add(secret);
  expect(secrets.redact(text)).toBe(text);
});

it.each(['ab1234567890123456789012345678901234567890cd', 'a1b2c3d4', 'abcdefghijklmnop', 'x'.repeat(2000)])(
  '%s goes, wherever it stands',
  (secret) => {
    const secrets = new Secrets();
    secrets.add(secret);
    expect(secrets.redact(`before ${secret} after ${secret}.`)).toBe('before [redacted] after [redacted].');
  },
);
