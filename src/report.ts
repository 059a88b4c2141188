import { familyOf } from './errors.js';

/** `unknown`: could not be told. `skip`: was not looked at. Neither is a pass. */
export type Status = 'pass' | 'warn' | 'fail' | 'unknown' | 'skip';

/** What a finding knows, as JSON-safe values. Its sentence is made of these in `output/messages/findings.ts`. */
export interface Facts {
  [name: string]: string | number | boolean | null | string[] | undefined;
}

export interface Finding {
  /** Stable, documented in README: `scope.missing`. */
  code: string;
  status: Status;
  /** The scope, user, claim or environment that the finding is about. */
  subject?: string;
  facts: Facts;
  /** A command that mends it, as argv: never run through a shell, quoted where it is printed. */
  fix?: string[];
}

export interface Report {
  ok: boolean;
  findings: Finding[];
}

/** Joins findings into a report; with `strict`, warnings count as failures and say so. */
export function makeReport(findings: Finding[], { strict = false } = {}): Report {
  const judged = strict
    ? findings.map((finding) => (finding.status === 'warn' ? { ...finding, status: 'fail' as const } : finding))
    : findings;
  return { ok: exitCodeOf(judged) === 0, findings: judged };
}

const credentialFamilies = new Set(['key', 'environment', 'keychain']);

/** 0 yes, 1 the answer is no, 3 credentials, 4 could not tell; several at once: 1 before 3 before 4. */
export function exitCodeOf(findings: Finding[]): 0 | 1 | 3 | 4 {
  const failed = findings.filter((finding) => finding.status === 'fail');
  if (failed.some((finding) => !credentialFamilies.has(familyOf(finding.code)))) return 1;
  if (failed.length > 0) return 3;
  return findings.some((finding) => finding.status === 'unknown') ? 4 : 0;
}
