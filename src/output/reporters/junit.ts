import type { ConfigProblem } from '../../errors.js';
import { unseen } from '../../token/unseen.js';
import { configProblem } from '../messages/failures/config-problem.js';
import { describe } from '../messages/findings.js';
import { type Outcome, type Check, type CheckRun, faultsOf, outcomeOf } from './check.js';

/** A suite an environment, a case a check. Source: https://github.com/testmoapp/junitxml. */
export function junitReport({ command, checks }: CheckRun): string {
  const environments = [...new Set(checks.map(({ environment }) => environment))];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: `courier-jwt ${command}`, ...countsIn(checks) })}>`,
    ...environments.flatMap((name) =>
      suite(
        name,
        checks.filter(({ environment }) => environment === name),
      ),
    ),
    '</testsuites>',
  ].join('\n');
}

/** What is wrong with the file itself: nothing was checked. */
export function junitProblems(path: string, problems: ConfigProblem[]): string {
  const counts = { tests: problems.length, failures: 0, errors: problems.length, skipped: 0, time: '0.000' };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: 'courier-jwt smoke', ...counts })}>`,
    `  <testsuite ${attributes({ name: path, ...counts })}>`,
    ...problems.flatMap((one) => [
      `    <testcase ${attributes({ classname: path, name: `${one.line}:${one.column}`, time: '0.000' })}>`,
      `      <error ${attributes({ type: 'usage.config', message: configProblem(one) })}/>`,
      '    </testcase>',
    ]),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

function suite(name: string, checks: Check[]): string[] {
  return [`  <testsuite ${attributes({ name, ...countsIn(checks) })}>`, ...checks.flatMap(testCase), '  </testsuite>'];
}

function countsIn(checks: Check[]) {
  const count = (outcome: Outcome) => checks.filter((check) => outcomeOf(check) === outcome).length;
  const seconds = checks.reduce((sum, check) => sum + check.seconds, 0);
  return {
    tests: checks.length,
    failures: count('failed'),
    errors: count('unknown'),
    skipped: count('skipped'),
    time: seconds.toFixed(3),
  };
}

function testCase(check: Check): string[] {
  const { environment, user, surface, seconds } = check;
  const open = `    <testcase ${attributes({ classname: `${environment}.${user}`, name: surface ?? "the how-to's set", time: seconds.toFixed(3) })}`;
  const inside = result(check);
  return inside.length === 0 ? [`${open}/>`] : [`${open}>`, ...inside, '    </testcase>'];
}

function result(check: Check): string[] {
  const outcome = outcomeOf(check);
  if (outcome === 'passed') return [];
  if (outcome === 'skipped') return [`      <skipped ${attributes({ message: describe(check.findings[0]!) })}/>`];
  const faults = faultsOf(check);
  const wanted = outcome === 'failed' ? 'fail' : 'unknown';
  const first = faults.find(({ status }) => status === wanted) ?? faults[0]!;
  const tag = outcome === 'failed' ? 'failure' : 'error';
  const lines = faults.map((finding) => xml(`${finding.status}: ${describe(finding)} [${finding.code}]`));
  return [`      <${tag} ${attributes({ type: first.code, message: describe(first) })}>${lines.join('\n')}</${tag}>`];
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${xml(String(value))}"`)
    .join(' ');
}

/**
 * As a parser reads it back; what is unseen, or a command to GitHub, stands there as a reference to its character.
 * Characters that XML 1.0 has no way to hold are marked. Source: https://www.w3.org/TR/xml/#charsets.
 */
function xml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replace(/[&<>"']/g, (char) => entities[char]!)
    .replace(unseen, (char) => `&#${char.codePointAt(0)};`)
    .replaceAll('::', ':&#58;')
    .replaceAll('##[', '#&#35;[');
}
