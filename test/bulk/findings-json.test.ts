import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FindingsJson } from '../../src/bulk/findings-json.js';
import type { Facts, Finding, Status } from '../../src/report.js';

const text = fc.oneof(fc.string(), fc.constantFrom('alice', 'a"b', 'a\\b', '\u2028', 'ü', '\ud800', ''));
const value = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(text),
  fc.constant(undefined),
);
const facts = fc.dictionary(fc.constantFrom('users', 'found', 'by'), value) as fc.Arbitrary<Facts>;
const finding = fc
  .record(
    {
      code: fc.constantFrom('scope.granted', 'expiry.valid'),
      status: fc.constantFrom<Status>('pass', 'warn', 'skip'),
      subject: text,
      facts,
      fix: fc.array(text),
    },
    { requiredKeys: ['code', 'status', 'facts'] },
  )
  .map((one) => one as Finding);

const signature = 'IHnpaxc1d4zIDwb2SE4iKjaYCfoEAYTPGFC7P7aAyEc';
const isInert = (said: string) => /^[ -~]*$/.test(said) && !said.includes('\\');

it('is what JSON.stringify makes of findings, shared ones too, or nothing', () => {
  const shared = fc.sample(finding, { numRuns: 8, seed: 1 }).map((one) => Object.freeze(one));
  const mixed = fc.array(fc.oneof(finding, fc.constantFrom(...shared)), { maxLength: 8 });
  const quick = new FindingsJson(isInert);
  let told = 0;
  fc.assert(
    fc.property(mixed, (findings) => {
      const json = quick.of(findings, signature);
      // What was kept of it, too.
      expect(quick.of(findings, signature)).toBe(json);
      if (json === undefined) return;
      told += 1;
      expect(json).toBe(JSON.stringify(findings));
    }),
    { numRuns: 2000 },
  );
  // It is no test of nothing.
  expect(told).toBeGreaterThan(100);
});

describe('where it is for somebody else to write it', () => {
  const plain: Finding = { code: 'user.match', status: 'pass', subject: 'alice', facts: { also: false } };
  const others = [
    { name: 'plain', change: {}, isTold: true },
    { name: 'a long id', change: { subject: '4d4b2e5e-7d1c-4a3a-9b63-0f6a1d2c3b4a' }, isTold: true },
    { name: 'a fix', change: { fix: ['courier-jwt', 'issue', '--user', 'alice'] }, isTold: true },
    { name: 'texts that are none', change: { facts: { a: null, b: -0, c: Infinity, d: [], e: true } }, isTold: true },
    { name: 'what is not inert', change: { subject: 'ü' }, isTold: false },
    { name: 'its own signature', change: { subject: signature }, isTold: false },
    {
      name: 'a part of it in a list',
      change: { facts: { users: ['bob', `x${signature.slice(3, 15)}`] } },
      isTold: false,
    },
    { name: 'in a fix', change: { fix: ['courier-jwt', signature.slice(-12)] }, isTold: false },
  ];
  it.each(others)('$name', ({ change, isTold }) => {
    const one = { ...plain, ...change };
    const expected = isTold ? JSON.stringify([plain, one, plain]) : undefined;
    const quick = new FindingsJson(isInert);
    expect(quick.of([plain, one, plain], signature)).toBe(expected);
    const shared = Object.freeze({ ...one });
    expect(quick.of([plain, shared, plain], signature)).toBe(expected);
    // Another token's signature is no secret of this one.
    expect(quick.of([plain, shared, plain], 'abc') !== undefined).toBe(one.subject !== 'ü');
  });

  it.each(['a"b', 'a\\b', 'a\nb'])('what JSON escapes: %j', (subject) => {
    expect(new FindingsJson(() => true).of([{ ...plain, subject }], signature)).toBeUndefined();
  });
});
