import type { Finding } from '../report.js';
import { type Answered, verdictOf } from './access.js';

/** A token that should be refused: one of somebody else, or one without the scope that a call takes. */
export type ControlKind = 'other-user' | 'without-scope';

/** How Courier answered to a call with a token that it should refuse. */
export interface Control {
  kind: ControlKind;
  answer: Answered;
}

/**
 * Whether a call is refused that should be: where it is not, that the user's own token is accepted proves nothing. `own` is
 * how Courier answered to that. Nothing in an inbox that has something for its user counts as a refusal.
 */
export function checkControl({ kind, answer }: Control, own: Answered | undefined): Finding {
  const { scope: subject, call, status, items } = answer;
  const facts = { control: kind, call, status, items };
  if (!own || verdictOf(own) === 'refused') return notTested(kind, subject, 'refused-anyway');
  const verdict = verdictOf(answer);
  if (verdict === 'refused' || (verdict === 'empty' && verdictOf(own) === 'accepted'))
    return { code: 'control.refused', status: 'pass', subject, facts };
  return { code: 'control.accepted', status: 'unknown', subject, facts };
}

/** Why a control could not be made. */
export type Untested = 'refused-anyway' | 'no-token' | 'no-answer' | 'other-workspace';

/** A control that was not made leaves open what it would have told, but where something else answers that. */
export function notTested(control: ControlKind, subject: string, reason: Untested): Finding {
  const status = reason === 'refused-anyway' || reason === 'no-token' ? 'skip' : 'unknown';
  return { code: 'control.not-tested', status, subject, facts: { control, reason } };
}

/** An empty inbox was let in all the same, where the call is refused without its scope. */
export function withControls(findings: Finding[], controls: Finding[]): Finding[] {
  const proved = controls.filter(
    ({ code, facts }) => code === 'control.refused' && facts.control === 'without-scope' && facts.status !== 200,
  );
  return findings.map((finding) =>
    finding.code === 'access.empty' && proved.some(({ subject }) => subject === finding.subject)
      ? { ...finding, status: 'pass' }
      : finding,
  );
}
