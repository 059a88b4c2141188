import type { ConfigProblem } from '../../errors.js';
import { visible } from '../escape.js';
import { configProblem } from '../messages/failures/config-problem.js';
import { describe } from '../messages/findings.js';
import { type Check, type CheckRun, countsOf, faultsOf, outcomeOf } from './check.js';

/**
 * Annotations for GitHub Actions, at the line of the environment in the file, and what was counted.
 * Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions.
 */
export function githubReport(run: CheckRun): string {
  const { command, checks } = run;
  return [...checks.flatMap((check) => annotations(check, run)), `${command}: ${countsOf(checks)}`].join('\n');
}

const levels: Record<string, string> = { fail: 'error', unknown: 'error', warn: 'warning' };

function annotations(check: Check, { command, path }: CheckRun): string[] {
  const place = check.line === undefined ? {} : { file: path, line: String(check.line) };
  return faultsOf(check).map((finding) => {
    const properties = Object.entries({ ...place, title: `${command}: ${check.name}` })
      .map(([name, value]) => `${name}=${property(value)}`)
      .join(',');
    return `::${levels[finding.status]} ${properties}::${data(`${describe(finding)} [${finding.code}]`)}`;
  });
}

/** What is wrong with the file itself, each at its place. */
export function githubProblems(path: string, problems: ConfigProblem[]): string {
  return problems
    .map((one) => `::error file=${property(path)},line=${one.line},col=${one.column}::${data(configProblem(one))}`)
    .join('\n');
}

/** Source: `escapeData` of @actions/core. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** Source: `escapeProperty` of @actions/core. */
function property(text: string): string {
  return data(seen(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Line breaks have an escape of GitHub's; nothing else that is unseen has. */
function seen(text: string): string {
  return text.replace(/[^\r\n]+/g, visible);
}

/** A table for the summary of a step, as Markdown. */
export function stepSummary({ command, path, checks }: CheckRun): string {
  const rows = checks.map((check) => {
    const what = faultsOf(check).map((finding) => `${cell(describe(finding))} (${cell(finding.code)})`);
    return `| ${marks[outcomeOf(check)]} | ${cell(check.environment)} | ${cell(check.user)} | ${cell(check.surface ?? "the how-to's set")} | ${what.join('<br>')} |`;
  });
  return [
    `### courier-jwt ${command}: ${countsOf(checks)}`,
    '',
    cell(path),
    '',
    '| | environment | user | surface | |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    '',
  ].join('\n');
}

const marks = { passed: '✅', failed: '❌', unknown: '❔', skipped: '⏭️' };

/** No character of it counts as Markdown, HTML, or the end of a cell. */
function cell(text: string): string {
  return visible(text).replace(/[^\p{L}\p{N} ]/gu, (char) => `&#${char.codePointAt(0)};`);
}
