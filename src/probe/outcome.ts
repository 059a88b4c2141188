import type { HttpResponse } from '../courier/transport.js';
import { Failure, isFailure } from '../errors.js';
import type { Finding } from '../report.js';
import { type Claims, readClaims } from '../token/claims.js';
import type { FoundToken } from '../token/find.js';
import type { Elsewhere } from './place.js';
import type { TrialName } from './plan.js';

/** How a trial ended. */
export type Outcome = Answered | Unanswered;

export interface Answered extends HttpResponse {
  name: TrialName;
  milliseconds: number;
  /** The token in it, or why what stands in its place is none; undefined for none. */
  token: FoundToken | Failure | undefined;
  /** One that is not in its place. */
  elsewhere: Elsewhere | undefined;
}

interface Unanswered {
  name: TrialName;
  failure: Failure;
}

/** What a trial shows: `crashed` is a 500 or its like, `unclear` an answer that says nothing of what was tried. */
export type Kind = 'minted' | 'refused' | 'crashed' | 'unclear';

export function kindOf(outcome: Outcome): Kind {
  if (claimsIn(outcome)) return 'minted';
  if ('failure' in outcome || [429, 502, 503, 504].includes(outcome.status)) return 'unclear';
  return outcome.status >= 500 ? 'crashed' : 'refused';
}

/** The claims of the token that was minted. */
export function claimsIn(outcome: Outcome): Claims | undefined {
  const token = mintedIn(outcome);
  return token && readClaims(token.payload);
}

export function mintedIn(outcome: Outcome): FoundToken | undefined {
  if ('failure' in outcome) return undefined;
  const { token, elsewhere } = outcome;
  return token instanceof Failure ? elsewhere?.token : (token ?? elsewhere?.token);
}

export function statusOf(outcome: Outcome): number | null {
  return 'failure' in outcome ? null : outcome.status;
}

/** Why nothing can be told of a trial. */
export function unclear(outcome: Outcome): Finding {
  const { name: subject } = outcome;
  if (!('failure' in outcome))
    return { code: 'endpoint.unavailable', status: 'unknown', subject, facts: { status: outcome.status } };
  const { failure } = outcome;
  const reason = isFailure(failure, 'courier.unreachable')
    ? failure.facts.reason
    : isFailure(failure, 'courier.timeout')
      ? 'timeout'
      : 'too-large';
  const detail = isFailure(failure, 'courier.unreachable') ? failure.facts.detail : null;
  return { code: 'endpoint.unreachable', status: 'unknown', subject, facts: { reason, detail } };
}

/** Why a trial tells nothing, or was not made. */
type Reason = 'no-session' | 'no-token' | 'no-place' | 'stopped';

export function skipped(name: TrialName | 'rest', reason: Reason): Finding {
  return { code: 'probe.not-tried', status: 'skip', subject: name, facts: { reason } };
}
