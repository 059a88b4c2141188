import type { Command } from 'commander';
import { type ConfigProblem, Failure, isFailure } from '../errors.js';
import { progressOn } from '../output/progress.js';
import { type CheckRun, outcomeOf } from '../output/reporters/check.js';
import { githubProblems } from '../output/reporters/github.js';
import { humanReport } from '../output/reporters/human.js';
import { junitProblems } from '../output/reporters/junit.js';
import { exitCodeOf, makeReport } from '../report.js';
import { examples, wholeNumber } from './options.js';
import { type Reporter, type ReporterOptions, addReporter, isWatched, reporterOf, tellReport } from './reporting.js';
import { readConfig } from './smoke/config.js';
import { defaultFile, init } from './smoke/init.js';
import { runChecks } from './smoke/run.js';
import { readTextFile } from './text-file.js';
import type { Act, Tools } from './tools.js';

interface SmokeOptions extends ReporterOptions {
  online?: boolean;
  concurrency: number;
  allowProduction?: boolean;
}

export function define(command: Command, act: Act): void {
  addReporter(command)
    .argument('[file]', `what to check (default: ${defaultFile}); init writes one`)
    .argument('[new file]', 'where init writes it')
    .option('--online', 'try each token on Courier, too, whatever the file says')
    .option('--concurrency <n>', 'how many checks at once', wholeNumber('--concurrency', 100), 8)
    .option('--allow-production', 'mint from production keys, too: no file can say that')
    .addHelpText(
      'after',
      examples(
        ['courier-jwt smoke init', 'a file to start with, from the environments that are kept but production'],
        ['courier-jwt smoke', 'mints and judges a token for each environment, user and surface'],
        ['courier-jwt smoke --online', 'and does Courier take them?'],
        ['courier-jwt smoke --reporter junit > smoke.xml', 'for a CI that reads JUnit'],
        ['courier-jwt smoke --reporter github', 'annotations, and a table in the summary of the step'],
      ) +
        '\n\nThe tokens are thrown away. Exit 0 all is well, 1 something is not, 3 a key is refused, 4 could not tell.',
    )
    .action(act(smoke));
  command.usage('[file | init] [options]');
}

async function smoke(
  options: SmokeOptions,
  tools: Tools,
  [path = defaultFile, newFile]: (string | undefined)[],
): Promise<number> {
  const { console, context, flags } = tools;
  if (path === 'init') return init(newFile ?? defaultFile, tools);
  if (newFile !== undefined) throw new Failure('usage.excess', { command: 'smoke' });
  const reporter = reporterOf(options, tools);
  if (flags.env !== undefined)
    throw new Failure('usage.conflict', { options: ['smoke', '--env'], reason: 'the file names the environments' });
  const read = readConfig(await configText(path, tools));
  if ('problems' in read) {
    const text = problemsAs(reporter, path, read.problems);
    if (text !== undefined) console.result(text);
    throw new Failure('usage.config', { path, problems: read.problems });
  }
  const { config } = read;
  const total = config.environments.length * config.users.length * Math.max(1, config.surfaces.length);
  const progress = progressOn(context.stderr, total, isWatched(reporter, tools));
  const { online = config.online, allowProduction = false } = options;
  try {
    const checks = await runChecks(
      {
        ...options,
        path,
        config,
        online,
        allowProduction,
        onDone: (check) => progress.add(outcomeOf(check) === 'failed'),
      },
      tools,
    );
    const findings = checks.flatMap((check) => check.findings);
    progress.end();
    const human = (run: CheckRun) => humanReport(run, console.out);
    await tellReport(reporter, makeReport(findings), { command: 'smoke', path, checks }, human, tools);
    return exitCodeOf(findings);
  } finally {
    progress.end();
  }
}

async function configText(path: string, tools: Tools): Promise<string> {
  try {
    return await readTextFile('smoke', path, tools);
  } catch (error) {
    if (isFailure(error, 'usage.file') && error.facts.reason === 'ENOENT')
      throw new Failure('usage.no-config', { path });
    throw error;
  }
}

/** What is wrong with the file, for those that read a report and no stderr. */
function problemsAs(reporter: Reporter, path: string, problems: ConfigProblem[]): string | undefined {
  if (reporter === 'github') return githubProblems(path, problems);
  return reporter === 'junit' ? junitProblems(path, problems) : undefined;
}
