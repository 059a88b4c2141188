import type { Failure } from '../errors.js';
import { explain } from '../output/messages/failures.js';
import { describe } from '../output/messages/findings.js';
import { isoOrNull } from '../token/time.js';
import type { Outcome } from './run.js';

/** One user's token, or why there is none: a line of `issue --users`, and what `issueTokens` gives. Documented in README. */
export type UserToken =
  /** `expiresAt`: ISO 8601 in UTC; null for a token that never expires. */
  { user: string; token: string; expiresAt: string | null } | { user: string; error: UserTokenError };

export interface UserTokenError {
  /** Of a Failure, or, where less was granted than asked, of a finding: `grant.scope-missing`. */
  code: string;
  message: string;
}

/** `sentenceOf`: how a failure is put; as the command line puts it, unless given. */
export function resultOf(outcome: Outcome, sentenceOf = (failure: Failure) => explain(failure).message): UserToken {
  const { user } = outcome;
  if ('failure' in outcome)
    return { user, error: { code: outcome.failure.code, message: sentenceOf(outcome.failure) } };
  if ('lacking' in outcome) return { user, error: { code: outcome.lacking.code, message: describe(outcome.lacking) } };
  return { user, token: outcome.token, expiresAt: isoOrNull(outcome.claims.expiresAt) };
}
