import { expect, it } from 'vitest';
import type { Answered } from '../../src/checks/access.js';
import { checkFresh } from '../../src/checks/fresh.js';

const scope = 'inbox:read:messages';
const answered = (status: number, items: number | null = null): Answered => ({ scope, call: 'POST /q', status, items });
const fixes = { mint: ['mint'], check: ['check'] };

it.each([
  { fresh: answered(200, 3), given: answered(200, 3), code: 'fresh.accepted', status: 'pass' },
  { fresh: answered(200, 3), given: undefined, code: 'fresh.accepted', status: 'pass' },
  { fresh: answered(200, 3), given: answered(401), code: 'fresh.sees-more', status: 'fail', fix: fixes.mint },
  { fresh: answered(200, 3), given: answered(200, 0), code: 'fresh.sees-more', status: 'fail', fix: fixes.mint },
  { fresh: answered(200, 0), given: answered(200, 0), code: 'fresh.empty', status: 'unknown' },
  { fresh: answered(200, 0), given: undefined, code: 'fresh.empty', status: 'unknown' },
  { fresh: answered(200, 0), given: answered(200, 3), code: 'fresh.less', status: 'warn' },
  { fresh: answered(403), given: answered(200, 3), code: 'fresh.less', status: 'warn' },
  { fresh: answered(401), given: answered(401), code: 'fresh.refused', status: 'fail', fix: fixes.check },
  { fresh: answered(401), given: undefined, code: 'fresh.refused', status: 'fail', fix: fixes.check },
])('$fresh.status $fresh.items beside $given.status $given.items: $code', ({ fresh, given, ...expected }) => {
  const { call, status, items } = fresh;
  const facts = { call, status, items, given: given?.status ?? null, givenItems: given?.items ?? null };
  expect(checkFresh(fresh, given, fixes)).toEqual({ subject: scope, facts, ...expected });
});
