import type { Finding } from '../report.js';
import { type Answered, verdictOf } from './access.js';

/**
 * What Courier answers to a token that was minted just now, beside what it answered to the given one (`given`; undefined
 * where that was not tried): whether the token is at fault, or what is around it. `fixes` mint another token, and check the key.
 */
export function checkFresh(
  fresh: Answered,
  given: Answered | undefined,
  fixes: { mint: string[]; check: string[] },
): Finding {
  const { scope: subject, call, status, items } = fresh;
  const facts = { call, status, items, given: given?.status ?? null, givenItems: given?.items ?? null };
  const verdict = verdictOf(fresh);
  const before = given && verdictOf(given);
  // What this one may and a new one may not is no fault of this one.
  if (before === 'accepted' && verdict !== 'accepted') return { code: 'fresh.less', status: 'warn', subject, facts };
  if (verdict === 'refused') return { code: 'fresh.refused', status: 'fail', subject, facts, fix: fixes.check };
  if (verdict === 'empty') return { code: 'fresh.empty', status: 'unknown', subject, facts };
  if (before === 'empty' || before === 'refused')
    return { code: 'fresh.sees-more', status: 'fail', subject, facts, fix: fixes.mint };
  return { code: 'fresh.accepted', status: 'pass', subject, facts };
}
