import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findingsJson } from '../../src/bulk/findings-json.js';
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

it('is what JSON.stringify makes of findings, shared ones too', () => {
  const shared = fc.sample(finding, { numRuns: 4, seed: 1 }).map((one) => Object.freeze(one));
  const mixed = fc.array(fc.oneof(finding, fc.constantFrom(...shared)), { maxLength: 8 });
  fc.assert(
    fc.property(mixed, (findings) => {
      expect(findingsJson(findings)).toBe(JSON.stringify(findings));
      // What was kept of it, too.
      expect(findingsJson(findings)).toBe(JSON.stringify(findings));
    }),
    { numRuns: 2000 },
  );
});
