import { describe, expect, it } from 'vitest';
import { familyOf } from '../src/errors.js';
import { type Finding, type Status, exitCodeOf, makeReport } from '../src/report.js';

const finding = (code: string, status: Status): Finding => ({ code, status, facts: {} });
const pass = finding('expiry.valid', 'pass');
const skip = finding('courier.not-asked', 'skip');
const warn = finding('expiry.never', 'warn');
const unknown = finding('courier.unreachable', 'unknown');
const no = finding('scope.missing', 'fail');
const keyNo = finding('key.refused', 'fail');
const environmentNo = finding('environment.unknown', 'fail');
const keychainNo = finding('keychain.timeout', 'fail');

describe('exitCodeOf', () => {
  it.each([
    { name: 'nothing', findings: [], expected: 0 },
    { name: 'passes', findings: [pass], expected: 0 },
    { name: 'skipped', findings: [skip, pass], expected: 0 },
    { name: 'a warning', findings: [warn, pass], expected: 0 },
    { name: 'a failure', findings: [pass, no], expected: 1 },
    { name: 'a key refused', findings: [pass, keyNo], expected: 3 },
    { name: 'an environment that is not there', findings: [environmentNo], expected: 3 },
    { name: 'a keychain that does not answer', findings: [keychainNo], expected: 3 },
    { name: 'something unknown', findings: [pass, unknown], expected: 4 },
    { name: '1 before 3', findings: [keyNo, no], expected: 1 },
    { name: '1 before 4', findings: [unknown, no], expected: 1 },
    { name: '3 before 4', findings: [unknown, keyNo], expected: 3 },
    { name: '1 before 3 before 4', findings: [unknown, keyNo, warn, no], expected: 1 },
    { name: 'a key warned of is no failure', findings: [finding('key.unknown-prefix', 'warn')], expected: 0 },
    { name: 'a key that could not be asked', findings: [finding('key.refused', 'unknown')], expected: 4 },
    { name: 'a family that only begins like another', findings: [finding('keys.x', 'fail')], expected: 1 },
  ])('$name: $expected', ({ findings, expected }) => {
    expect(exitCodeOf(findings)).toBe(expected);
  });
});

describe('makeReport', () => {
  it.each([
    { name: 'nothing', findings: [], expected: { ok: true, findings: [] } },
    { name: 'a pass', findings: [pass], expected: { ok: true, findings: [pass] } },
    { name: 'a warning', findings: [warn], expected: { ok: true, findings: [warn] } },
    {
      name: 'a warning, strict',
      findings: [pass, warn],
      strict: true,
      expected: { ok: false, findings: [pass, { ...warn, status: 'fail' }] },
    },
    {
      name: 'a pass and a skip, strict',
      findings: [pass, skip],
      strict: true,
      expected: { ok: true, findings: [pass, skip] },
    },
    { name: 'unknown', findings: [unknown], expected: { ok: false, findings: [unknown] } },
    {
      name: 'unknown stays unknown, strict',
      findings: [unknown],
      strict: true,
      expected: { ok: false, findings: [unknown] },
    },
    { name: 'a failure', findings: [no, pass], expected: { ok: false, findings: [no, pass] } },
    { name: 'a key refused', findings: [keyNo], expected: { ok: false, findings: [keyNo] } },
  ])('$name', ({ findings, strict, expected }) => {
    expect(makeReport(findings, strict === undefined ? {} : { strict })).toEqual(expected);
  });

  it('leaves the findings it is given as they are', () => {
    const given = [{ ...warn }];
    makeReport(given, { strict: true });
    expect(given).toEqual([warn]);
  });
});

it.each([
  { code: 'token.cut-short', expected: 'token' },
  { code: 'tenant-scope.match', expected: 'tenant-scope' },
  { code: 'a.b.c', expected: 'a' },
])('the family of $code is $expected', ({ code, expected }) => {
  expect(familyOf(code)).toBe(expected);
});
