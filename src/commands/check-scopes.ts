import type { Command } from 'commander';
import { checkFound } from '../checks/check-token.js';
import type { Expectations } from '../checks/expectations.js';
import { isTenantScope } from '../checks/workspace.js';
import { readableNames, readableScope, recordOf } from '../environments/lookup.js';
import { Failure } from '../errors.js';
import { say, short, toJson } from '../output/escape.js';
import { reportText } from '../output/report-text.js';
import { type Finding, exitCodeOf, makeReport } from '../report.js';
import { assertUser, surfaceOf } from '../scopes/compose.js';
import { usersIn } from '../token/claims.js';
import type { FoundToken } from '../token/find.js';
import { localEnvironment, localWorkspace } from '../token/local.js';
import {
  type LinesFlags,
  addLines,
  addTokenSource,
  examples,
  judgeLinesFlags,
  list,
  once,
  seconds,
} from './options.js';
import { type TokenSource, readToken } from './read-token.js';
import type { Act, Tools } from './tools.js';

interface CheckOptions extends TokenSource, LinesFlags {
  for?: string[];
  require?: string[];
  user?: string;
  tenantScope?: string;
  minTtl?: number;
  leeway?: number;
  strict?: boolean;
  online?: boolean;
  controls?: boolean;
  allowProduction?: boolean;
}

export function define(command: Command, act: Act): void {
  addLines(addTokenSource(command))
    .option('--for <surfaces>', "what it must do: inbox, toast, … (default: the how-to's set)", list('--for'))
    .option('--require <scopes>', 'scopes that it must have: alone instead of the default set', list('--require'))
    .option('-u, --user <id>', 'it must be for exactly this user', once('--user'))
    .option('--tenant-scope <s>', 'it must come from test, or published/test', once('--tenant-scope'))
    .option('--min-ttl <duration>', 'it must live at least this much longer', seconds('--min-ttl'))
    .option('--leeway <duration>', 'how long past its expiry it is only warned of', seconds('--leeway', { zero: true }))
    .option('--strict', 'warnings fail')
    .option('--online', 'try it on Courier, too: one call a scope that reads, none that writes')
    .option('--controls', 'with --online: are tokens refused that should be? Mints some, with your key')
    .option('--allow-production', 'with --controls: mint from a production key, too')
    .addHelpText(
      'after',
      examples(
        ['pbpaste | courier-jwt check-scopes', "against the how-to's set"],
        ['courier-jwt check-scopes eyJ… --for inbox,preferences -u alice', 'for what the app uses'],
        ['courier-jwt check-scopes --token-file t --env test', 'is it from that workspace?'],
        ['courier-jwt check-scopes - --min-ttl 1h --strict --json', 'in CI'],
        ['courier-jwt check-scopes - --online -e test', 'and does Courier take it?'],
        ['courier-jwt check-scopes --lines --for inbox < tokens.ndjson', 'a million of them'],
      ) +
        '\n\n--env also compares workspace and environment with those that env add recorded.\nWithout --online nothing is sent: these are claims only. Exit 0 yes, 1 no.',
    )
    .action(act(checkScopes));
}

async function checkScopes(options: CheckOptions, tools: Tools, [operand]: (string | undefined)[]): Promise<number> {
  const { console, context, flags } = tools;
  judgeUsage(options);
  const token = options.lines ? undefined : await readToken(operand, options, tools);
  const { strict = false } = options;
  // Scopes may come several in one string, as Courier writes them.
  const require = options.require?.flatMap((scopes) => scopes.split(' ').filter(Boolean));
  const expected = { ...options, require, environment: environmentOf(tools), mintIn: mintIn(options, tools) };
  if (token === undefined) return (await import('./lines.js')).checkLines(operand, options, expected, tools);
  const findings = options.online
    ? await checkOnline(token, expected, options, tools)
    : checkFound(token, expected, context.now());
  const report = makeReport(findings, { strict });
  const whose = short(usersIn(token.payload).join(', ') || 'nobody');
  const title = say`the token of ${whose}, for ${titleOf(options)}`;
  console.result(flags.json ? toJson(report) : reportText(report, title, console.out));
  return exitCodeOf(report.findings);
}

async function checkOnline(
  token: FoundToken,
  expected: Expectations,
  options: CheckOptions,
  tools: Tools,
): Promise<Finding[]> {
  const online = await import('./online.js');
  const target = await online.chooseTarget(tools, { needsKey: options.controls ?? false });
  const controlling = options.controls ? await import('./controls.js') : undefined;
  await controlling?.assertControls(target, options, tools);
  const proof = await online.prove(token, expected, target, tools);
  const controls = (await controlling?.tryControls(token, proof, options, tools)) ?? [];
  return online.judge(token, expected, proof, controls, tools.context.now());
}

function judgeUsage(options: CheckOptions): void {
  judgeLinesFlags(options);
  const asking = options.controls ? '--controls' : options.online && '--online';
  if (options.lines && asking)
    throw new Failure('usage.conflict', {
      options: ['--lines', asking],
      reason: 'of many tokens only the claims are read',
    });
  if (options.allowProduction && !options.controls)
    throw new Failure('usage.needs', { option: '--allow-production', needs: '--controls' });
  if (options.controls && !options.online)
    throw new Failure('usage.needs', { option: '--controls', needs: '--online' });
  options.for?.forEach(surfaceOf);
  if (options.user !== undefined) assertUser(options.user);
  if (options.tenantScope === '')
    throw new Failure('usage.value', { option: '--tenant-scope', value: '', reason: 'it is empty' });
}

function environmentOf({ context, flags }: Tools): Expectations['environment'] {
  if (flags.env === undefined) return undefined;
  if (flags.env === localEnvironment) return { name: localEnvironment, ...localWorkspace };
  const { tenantId, tenantScope } = recordOf(flags.env, '--env', context.store);
  return { name: flags.env, tenantId, tenantScope };
}

/** The environment whose key mints what `--tenant-scope` wants. */
function mintIn({ tenantScope }: CheckOptions, { context, flags }: Tools): string | undefined {
  if (tenantScope === undefined || flags.env !== undefined) return undefined;
  const views = readableNames(context.store).map((name) => ({ name, scope: readableScope(name, context.store) }));
  return views.find(({ scope }) => scope !== null && isTenantScope(scope, tenantScope))?.name;
}

function titleOf({ for: surfaces, require: own }: CheckOptions): string {
  if (surfaces) return [...surfaces, ...(own ?? [])].join(', ');
  return own ? own.join(', ') : "the how-to's set";
}
