import type { Finding, Status } from '../report.js';
import { type Answered, type Outcome, kindOf, skipped, unclear } from './outcome.js';
import { type ProbeRequest, type TrialName, foreignOrigins } from './plan.js';

/** Whether a page of another origin may read the answer. */
export function judgeCors(outcomes: Outcome[], { url }: ProbeRequest): Finding[] {
  const origins = Object.entries(foreignOrigins(url)) as [TrialName, string][];
  const asked = origins.flatMap(([name, origin]) =>
    outcomes.filter((one) => one.name === name).map((outcome) => ({ origin, outcome })),
  );
  const told = asked.flatMap(({ origin, outcome }) => ('failure' in outcome ? [] : [{ origin, ...corsOf(outcome) }]));
  const credentials = told.some((one) => one.credentials);
  const find = (code: string, status: Status, subject: string): Finding[] => [
    { code, status, subject, facts: { credentials } },
  ];
  // Any page can make itself one of the origin `null`.
  const reflected = told.find(({ origin, allowed }) => allowed === origin || allowed === 'null');
  if (reflected) return find('cors.reflected', 'fail', reflected.origin);
  const any = told.find(({ allowed }) => allowed === '*');
  if (any)
    return credentials
      ? find('cors.wildcard-credentials', 'fail', any.origin)
      : find('cors.any-origin', 'warn', any.origin);
  const unheard = asked.filter(({ outcome }) => kindOf(outcome) === 'unclear');
  // Where the first request fails so, that is said once.
  if (unheard.length > 0 && kindOf(outcomes[0]!) === 'unclear') return [skipped('foreign-origin', 'no-token')];
  if (unheard.length > 0) return unheard.map(({ outcome }) => unclear(outcome));
  return asked.length === 0
    ? [skipped('foreign-origin', 'stopped')]
    : find('cors.closed', 'pass', foreignOrigins(url)['foreign-origin']);
}

function corsOf({ headers }: Answered): { allowed: string | undefined; credentials: boolean } {
  return {
    allowed: headers['access-control-allow-origin'],
    credentials: headers['access-control-allow-credentials'] === 'true',
  };
}
