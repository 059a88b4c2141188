import { expect, it } from 'vitest';
import { countsOf, faultsOf, outcomeOf } from '../../../src/output/reporters/check.js';
import { check, empty, excess, local, missing, notMade, passing, run } from './some.js';

it.each([
  { findings: [passing], outcome: 'passed', faults: [] },
  { findings: [passing, local], outcome: 'passed', faults: [] },
  { findings: [excess], outcome: 'passed', faults: ['scope.excess'] },
  { findings: [empty, missing], outcome: 'failed', faults: ['access.empty', 'scope.missing'] },
  { findings: [{ ...missing, code: 'key.refused' }], outcome: 'failed', faults: ['key.refused'] },
  { findings: [{ ...local, status: 'fail' as const }], outcome: 'failed', faults: ['signature.local'] },
  { findings: [empty], outcome: 'unknown', faults: ['access.empty'] },
  { findings: [notMade], outcome: 'skipped', faults: [] },
])('$outcome: $faults', ({ findings, outcome, faults }) => {
  const made = check(findings);
  expect([outcomeOf(made), faultsOf(made).map(({ code }) => code)]).toEqual([outcome, faults]);
  expect(faultsOf(made).filter(({ facts }) => 'of' in facts)).toEqual([]);
});

it.each([
  { checks: run.checks, expected: '4 checks: 1 failed, 1 could not be told, 1 passed, 1 not made' },
  { checks: run.checks.slice(0, 1), expected: '1 check: 1 passed' },
])('$expected', ({ checks, expected }) => {
  expect(countsOf(checks)).toBe(expected);
});
