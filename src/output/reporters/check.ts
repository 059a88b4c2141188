import { type Facts, type Finding, exitCodeOf } from '../../report.js';
import type { Secrets } from '../secrets.js';

/** One check of `smoke` (an environment, a user, and what the token must do), or of `probe`. */
export interface Check {
  /** The environment, or the host. */
  environment: string;
  user: string;
  /** Null for the how-to's set. Of `probe`: what was tried. */
  surface: string | null;
  /** `test · alice · inbox`. */
  name: string;
  /** Where the environment stands in the file, from 1; undefined where there is no file. */
  line?: number;
  findings: Finding[];
  /** How long it took. */
  seconds: number;
}

/** What a reporter reports. */
export interface CheckRun {
  command: 'smoke' | 'probe';
  /** The file, or the endpoint, as it was named. */
  path: string;
  checks: Check[];
}

/**
 * A run without secrets. A reporter that changes how characters are written would hide them from the one writer that
 * redacts: `&#95;` is no `_`.
 */
export function withoutSecrets({ path, checks, ...run }: CheckRun, secrets: Pick<Secrets, 'redact'>): CheckRun {
  const clean = (text: string) => secrets.redact(text);
  return {
    ...run,
    path: clean(path),
    checks: checks.map((check) => ({
      ...check,
      user: clean(check.user),
      name: clean(check.name),
      // What passed is not reported.
      findings: check.findings.map((finding) => (finding.status === 'pass' ? finding : cleaned(finding, clean))),
    })),
  };
}

function cleaned({ subject, facts, ...finding }: Finding, clean: (text: string) => string): Finding {
  const cleanFact = (fact: Facts[string]) =>
    typeof fact === 'string' ? clean(fact) : Array.isArray(fact) ? fact.map(clean) : fact;
  return {
    ...finding,
    ...(subject === undefined ? {} : { subject: clean(subject) }),
    facts: Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, cleanFact(fact)])),
  };
}

export type Outcome = 'passed' | 'failed' | 'unknown' | 'skipped';

/** How a check ended; one that was not made, such as for an environment that cannot be used, is skipped. */
export function outcomeOf({ findings }: Check): Outcome {
  if (findings.length > 0 && findings.every(({ status }) => status === 'skip')) return 'skipped';
  return ({ 0: 'passed', 1: 'failed', 3: 'failed', 4: 'unknown' } as const)[exitCodeOf(findings)];
}

/** What is to be mended in a check, whose name is said already. */
export function faultsOf({ findings }: Check): Finding[] {
  return findings
    .filter(({ code, status }) => ['fail', 'unknown', 'warn'].includes(status) && !isUsual(code, status))
    .map(({ facts: { of: _, ...facts }, ...finding }) => ({ ...finding, facts }));
}

/** Tokens of the embedded Courier are wanted where it is named. */
function isUsual(code: string, status: string): boolean {
  return code === 'signature.local' && status === 'warn';
}

/** `12 checks: 2 failed, 1 could not be told, 9 passed`. */
export function countsOf(checks: Check[]): string {
  const count = (outcome: Outcome) => checks.filter((check) => outcomeOf(check) === outcome).length;
  const parts = [
    [count('failed'), 'failed'],
    [count('unknown'), 'could not be told'],
    [count('passed'), 'passed'],
    [count('skipped'), 'not made'],
  ] as const;
  const counts = parts.flatMap(([n, what]) => (n > 0 ? [`${n} ${what}`] : [])).join(', ');
  return `${checks.length} check${checks.length === 1 ? '' : 's'}: ${counts}`;
}
