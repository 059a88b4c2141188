import { someUser } from '../checks/expectations.js';
import { type Finding, type Report, type Status, exitCodeOf } from '../report.js';
import { describe } from './messages/findings.js';
import type { Paint } from './paint.js';
import { shellLine } from './shell.js';

const order: Status[] = ['fail', 'unknown', 'warn', 'pass', 'skip'];

const counted: Record<Status, (n: number) => string> = {
  fail: (n) => `${n} failed`,
  unknown: (n) => `${n} could not be told`,
  warn: (n) => `${n} warning${n === 1 ? '' : 's'}`,
  pass: (n) => `${n} passed`,
  skip: (n) => `${n} not looked at`,
};

/** A report as text: the headline with every count, each finding with its code, and the commands that mend. */
export function reportText(report: Report, title: string, paint: Paint): string {
  return [...reportLines(report, title, paint), ...mendLines(report.findings, paint)].join('\n');
}

/** The headline, and each finding with its code: what is wrong comes first. */
export function reportLines({ ok, findings }: Report, title: string, paint: Paint): string[] {
  const counts = order
    .map((status) => counted[status](findings.filter((finding) => finding.status === status).length))
    .filter((text) => !text.startsWith('0 '));
  const answer = exitCodeOf(findings) === 4 ? paint.yellow('unknown') : ok ? paint.green('yes') : paint.red('no');
  const headline = `${answer}  ${title}: ${counts.join(', ')}`;
  return [paint.bold(headline), '', ...byStatus(findings).map((finding) => findingLine(finding, paint))];
}

/** The commands that mend what is wrong, each once. */
export function mendLines(findings: Finding[], paint: Paint): string[] {
  const fixes = [
    ...new Set(
      byStatus(findings)
        .filter(needsMending)
        .map(({ fix = [] }) => shellLine(fix)),
    ),
  ].filter(Boolean);
  if (fixes.length === 0) return [];
  const standIn = fixes.some((fix) => fix.includes(someUser)) ? ` (${someUser} stands for the user's own id)` : '';
  return ['', `to mend it${standIn}:`, ...fixes.map((fix) => `  ${paint.bold(fix)}`)];
}

function byStatus(findings: Finding[]): Finding[] {
  return order.flatMap((status) => findings.filter((finding) => finding.status === status));
}

export function findingLine(finding: Finding, paint: Paint): string {
  const colour: Record<Status, (text: string) => string> = {
    fail: paint.red,
    unknown: paint.yellow,
    warn: paint.yellow,
    pass: paint.green,
    skip: paint.dim,
  };
  const word = finding.status === 'unknown' ? '?' : finding.status;
  return `${colour[finding.status](word.padEnd(4))}  ${describe(finding)} ${paint.dim(`[${finding.code}]`)}`;
}

function needsMending({ code, status }: Finding): boolean {
  // Who tries things out with local tokens knows: a second command beside the one that mends the rest would only confuse.
  if (code === 'signature.local' && status === 'warn') return false;
  return status === 'fail' || status === 'warn' || status === 'unknown';
}
