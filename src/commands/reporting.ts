import type { Command } from 'commander';
import { Failure, errnoOf } from '../errors.js';
import { toJson } from '../output/escape.js';
import { explain } from '../output/messages/failures.js';
import { type CheckRun, withoutSecrets } from '../output/reporters/check.js';
import { githubReport, stepSummary } from '../output/reporters/github.js';
import { junitReport } from '../output/reporters/junit.js';
import type { Report } from '../report.js';
import { oneOf } from './options.js';
import { type Tools, isAutomated } from './tools.js';

const reporters = ['human', 'json', 'junit', 'github'] as const;
export type Reporter = (typeof reporters)[number];

export interface ReporterOptions {
  reporter?: Reporter;
}

export function addReporter(command: Command): Command {
  return command.option(
    '--reporter <name>',
    'human, json, junit or github (default: human)',
    oneOf('--reporter', reporters),
  );
}

/** @throws {Failure} `usage.conflict` */
export function reporterOf({ reporter }: ReporterOptions, { flags }: Tools): Reporter {
  if (flags.json && reporter !== undefined && reporter !== 'json')
    throw new Failure('usage.conflict', { options: ['--json', `--reporter ${reporter}`] });
  return reporter ?? (flags.json ? 'json' : 'human');
}

/** Whether somebody watches a line that is written anew with each step. */
export function isWatched(reporter: Reporter, { context, flags }: Tools): boolean {
  const isSeen = context.stderr.isTerminal && !isAutomated(context.variables);
  return isSeen && !flags.quiet && !flags.debug && reporter !== 'json';
}

/** Tells what was found, as it was asked for; `human` is how a person reads it. */
export async function tellReport(
  reporter: Reporter,
  report: Report,
  given: CheckRun,
  human: (run: CheckRun) => string,
  tools: Tools,
): Promise<void> {
  const { console, secrets } = tools;
  const run = withoutSecrets(given, secrets);
  const tellers: Record<Reporter, () => string> = {
    human: () => human(run),
    json: () => toJson(report),
    junit: () => junitReport(run),
    github: () => githubReport(run),
  };
  console.result(tellers[reporter]());
  if (reporter === 'github') await summarize(run, tools);
}

/** GitHub gives each step a file of its own, which is shown as Markdown. */
async function summarize(run: CheckRun, { console, context, secrets }: Tools): Promise<void> {
  const path = context.variables.GITHUB_STEP_SUMMARY;
  if (!path) return;
  try {
    await context.files.append(path, secrets.redact(stepSummary(run)));
  } catch (error) {
    // What was found counts, and not whether it could be said there, too.
    const { message } = explain(
      new Failure('usage.unwritable', { option: 'GITHUB_STEP_SUMMARY', path, reason: errnoOf(error) }),
    );
    console.error(`${console.err.yellow('warning:')} ${message}`);
  }
}
