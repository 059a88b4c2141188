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
      error: {
        code: 'user.invalid',
        message:
          'line 3: user a b cannot be a user id: it has white space in it, and a space in a user id adds scopes to the token.',
      },
    },
  },
  {
    name: 'less than was asked for',
    outcome: { user: 'a', lacking: { code: 'grant.scope-missing', status: 'fail', subject: 'read:brands', facts: {} } },
    expected: {
      user: 'a',
      error: {
        code: 'grant.scope-missing',
        message:
          "read:brands was asked for and not granted: the Inbox and the preference center show without the brand's colours and logo.",
      },
    },
  },
])('$name', ({ outcome, expected }) => {
  expect(resultOf(outcome)).toEqual(expected);
});
