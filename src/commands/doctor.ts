import type { Command } from 'commander';
import { likelyCause } from '../checks/causes.js';
import type { Expectations } from '../checks/expectations.js';
import { Failure, errnoOf, familyOf } from '../errors.js';
import { doctorText } from '../output/doctor-text.js';
import { say, short, toJson } from '../output/escape.js';
import { unmadeCheck } from '../output/messages/unmade.js';
import { reportMarkdown } from '../output/report-markdown.js';
import { type Finding, exitCodeOf, makeReport } from '../report.js';
import { assertUser, surfaceOf } from '../scopes/compose.js';
import { usersIn } from '../token/claims.js';
import type { FoundToken } from '../token/find.js';
import { viewToken } from '../token/view.js';
import { tryFresh } from './doctor/fresh.js';
import { examineKey } from './doctor/key.js';
import { examineSurroundings } from './doctor/surroundings.js';
import { type Proof, type Target, chooseTarget, judge, prove } from './online.js';
import { addTokenSource, examples, list, once } from './options.js';
import { type TokenSource, readToken } from './read-token.js';
import type { Act, Tools } from './tools.js';

interface DoctorOptions extends TokenSource {
  for?: string[];
  user?: string;
  report?: string;
  allowProduction?: boolean;
}

export function define(command: Command, act: Act): void {
  addTokenSource(command)
    .option('-u, --user <id>', 'the userId that the app passes to signIn', once('--user'))
    .option('--for <surfaces>', "what it must do: inbox, toast, … (default: the how-to's set)", list('--for'))
    .option('--report <path>', 'write a report that can be shown around, as Markdown', once('--report'))
    .option('--allow-production', 'mint a token to compare with from a production key, too')
    .addHelpText(
      'after',
      examples(
        ['pbpaste | courier-jwt doctor', 'why is the Inbox empty?'],
        ['courier-jwt doctor eyJ… -u alice -e test', 'is it the user, the environment, the key?'],
        ['courier-jwt doctor', 'on a terminal: without a token, the key and what is around it'],
        ['courier-jwt doctor --token-file t --report inbox.md', 'to show to others: no key, no signature'],
      ) +
        '\n\nReads only, but for a token of a minute that it mints to compare with.\nIt ends with the likeliest cause, and the command that mends it. Exit 0 fine, 1 no.',
    )
    .action(act(doctor));
}

async function doctor(options: DoctorOptions, tools: Tools, [operand]: (string | undefined)[]): Promise<number> {
  const { console, context, flags } = tools;
  options.for?.forEach(surfaceOf);
  if (options.user !== undefined) assertUser(options.user);
  const token = await tokenOrFinding(operand, options, tools);
  const target = await targetOrFinding(tools);
  const found = isToken(token) ? token : undefined;
  const findings = [
    ...(found ? [] : [token as Finding]),
    ...('code' in target ? [target] : await examine(found, target, options, tools)),
    ...(await examineSurroundings('code' in target ? undefined : target, tools)),
  ];
  const report = makeReport(findings);
  const cause = likelyCause(findings);
  const whose = found ? say`the token of ${short(usersIn(found.payload).join(', ') || 'nobody')}` : 'no token';
  const title = 'code' in target ? whose : say`${whose}, at ${target.local ? 'the embedded Courier' : target.baseUrl}`;
  const document = { ...report, cause: cause ? { code: cause.code, fix: cause.fix ?? [] } : null };
  if (options.report !== undefined) {
    const view = found && viewToken(found, context.now());
    const text = reportMarkdown({ report, cause, title, view, now: context.now() });
    await writeReport(options.report, tools.secrets.redact(text), tools);
  }
  console.result(flags.json ? toJson(document) : doctorText(report, cause, title, console.out));
  return exitCodeOf(report.findings);
}

/** The token, or why there is none: that is the diagnosis then. */
async function tokenOrFinding(
  operand: string | undefined,
  options: DoctorOptions,
  tools: Tools,
): Promise<FoundToken | Finding> {
  try {
    return await readToken(operand, options, tools);
  } catch (error) {
    if (!(error instanceof Failure) || familyOf(error.code) !== 'token') throw error;
    if (error.code === 'token.no-source') return { code: 'token.not-given', status: 'skip', facts: {} };
    if (['token.two-sources', 'token.empty', 'token.too-large', 'token.ambiguous'].includes(error.code)) throw error;
    const finding = unmadeCheck(error, 'the token');
    // Nothing mends a text that has no token in it.
    return finding.fix?.includes('--help') ? { ...finding, fix: ['courier-jwt', 'doctor', '--help'] } : finding;
  }
}

function isToken(token: FoundToken | Finding): token is FoundToken {
  return 'raw' in token;
}

async function targetOrFinding(tools: Tools): Promise<Target | Finding> {
  try {
    return await chooseTarget(tools);
  } catch (error) {
    return unmadeCheck(error, tools.flags.env ?? 'the environment');
  }
}

/** The token, the key, and a token that the key mints now, at Courier. */
async function examine(
  token: FoundToken | undefined,
  target: Target,
  options: DoctorOptions,
  tools: Tools,
): Promise<Finding[]> {
  const { user } = options;
  const expected: Expectations = { for: options.for, user };
  // Which region it must be is known as soon as one is configured.
  const named: Target = { ...target, isNamed: target.isNamed || target.choice !== undefined };
  const [key, proof] = await Promise.all([
    examineKey(target, tools),
    token && prove(token, expected, named, tools, { anyRegion: true }),
  ]);
  const ofToken = token && proof ? judgeAll(token, { ...expected, environment: key.workspace }, proof, tools) : [];
  const fresh = await tryFresh({ key, target, proof, expected, ...options }, tools);
  return [...ofToken, ...key.findings, ...fresh];
}

function judgeAll(token: FoundToken, expected: Expectations, proof: Proof, { context }: Tools): Finding[] {
  return judge(token, expected, proof, [], context.now()).map((finding) => ({
    ...finding,
    ...fixFor(finding, expected),
  }));
}

/** What tells more where Courier's answer alone tells little. */
function fixFor({ code, status }: Finding, { user }: Expectations): { fix?: string[] } {
  if (code === 'clock.off') return { fix: ['timedatectl', 'set-ntp', 'true'] };
  if (code !== 'access.empty' || status !== 'unknown') return {};
  return {
    fix:
      user === undefined
        ? ['courier-jwt', 'doctor', '-', '--user', 'USER_ID']
        : ['courier-jwt', 'check-scopes', '-', '--online', '--controls'],
  };
}

async function writeReport(path: string, text: string, { context, console }: Tools): Promise<void> {
  try {
    await context.files.write(path, `${text}\n`);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('output.file', { option: '--report', path, reason: errnoOf(error) });
  }
  console.note(say`the report is in ${path}.`);
}
