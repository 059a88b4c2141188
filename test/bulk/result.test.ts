import { expect, it } from 'vitest';
import { resultOf } from '../../src/bulk/result.js';
import type { Outcome } from '../../src/bulk/run.js';
import { Failure } from '../../src/errors.js';
import { readClaims } from '../../src/token/claims.js';

const minted = (payload: Record<string, unknown>): Outcome => ({
  user: 'a',
  token: 'x.y.z',
  claims: readClaims(payload),
  warnings: [],
});

it.each<{ name: string; outcome: Outcome; expected: unknown }>([
  {
    name: 'a token',
    outcome: minted({ exp: 1_767_312_000 }),
    expected: { user: 'a', token: 'x.y.z', expiresAt: '2026-01-02T00:00:00Z' },
  },
  { name: 'one that never expires', outcome: minted({}), expected: { user: 'a', token: 'x.y.z', expiresAt: null } },
  {
    name: 'a failure',
    outcome: {
      user: 'a b',
      failure: new Failure('user.invalid', { user: 'a b', problem: 'whitespace', option: 'user', of: 'line 3' }),
    },
    expected: {
      user: 'a b',
      error: { code: 'user.invalid', message: expect.stringMatching(/white space.*\(line 3\)/) as string },
    },
  },
  {
    name: 'less than was asked for',
    outcome: { user: 'a', lacking: { code: 'grant.scope-missing', status: 'fail', subject: 'read:brands', facts: {} } },
    expected: {
      user: 'a',
      error: { code: 'grant.scope-missing', message: expect.stringContaining('read:brands') as string },
    },
  },
])('$name', ({ outcome, expected }) => {
  expect(resultOf(outcome)).toEqual(expected);
});
