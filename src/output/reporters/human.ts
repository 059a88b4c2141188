import { exitCodeOf } from '../../report.js';
import { visible } from '../escape.js';
import type { Paint } from '../paint.js';
import { findingLine, mendLines } from '../report-text.js';
import { type Outcome, type Check, type CheckRun, countsOf, faultsOf, outcomeOf } from './check.js';

/** A line a check, what is wrong with it below, and the commands that mend. */
export function humanReport({ path, checks }: CheckRun, paint: Paint): string {
  const findings = checks.flatMap((check) => check.findings);
  const answer = { 0: paint.green('yes'), 1: paint.red('no'), 3: paint.red('no'), 4: paint.yellow('unknown') }[
    exitCodeOf(findings)
  ];
  const headline = `${answer}  ${visible(path)}, ${countsOf(checks)}`;
  return [
    paint.bold(headline),
    '',
    ...checks.flatMap((check) => checkLines(check, paint)),
    ...mendLines(checks.flatMap(faultsOf), paint),
  ].join('\n');
}

function checkLines(check: Check, paint: Paint): string[] {
  const words: Record<Outcome, string> = {
    passed: paint.green('pass'),
    failed: paint.red('fail'),
    unknown: paint.yellow('?   '),
    skipped: paint.dim('skip'),
  };
  const took = paint.dim(`${Math.round(check.seconds * 1000)} ms`);
  return [
    `${words[outcomeOf(check)]}  ${visible(check.name)}  ${took}`,
    ...faultsOf(check).map((finding) => `      ${findingLine(finding, paint)}`),
  ];
}
