import type { Command } from 'commander';
import { likelyCause } from '../checks/causes.js';
import { checkFound } from '../checks/check-token.js';
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
import { withFix } from './doctor/fixes.js';
import { tryFresh } from './doctor/fresh.js';
import { examineKey } from './doctor/key.js';
import { examineSurroundings } from './doctor/surroundings.js';
import { type Target, chooseTarget, judge, prove } from './online.js';
import { addTokenSource, examples, list, once } from './options.js';
import { type TokenSource, readToken } from './read-token.js';
import { isThere } from './text-file.js';
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
        '\n\nReads only, but for what it mints to compare with: a token of two minutes, and one of seconds.\nIt ends with the likeliest cause, and the command that mends it. Exit 0 fine, 1 no.',
    )
    .action(act(doctor));
}

async function doctor(options: DoctorOptions, tools: Tools, [operand]: (string | undefined)[]): Promise<number> {
  const { console, context, flags } = tools;
  await judgeUsage(options, tools);
  const token = await tokenOrFinding(operand, options, tools);
  const target = await targetOrFinding(tools);
  const found = isToken(token) ? token : undefined;
  const chosen = 'code' in target ? undefined : target;
  const findings = [
    ...(isToken(token) ? [] : [token]),
    ...('code' in target
      ? [target, ...claimsOnly(found, options, tools)]
      : await examine(found, target, options, tools)),
    ...(await examineSurroundings(chosen, tools)),
  ].map((finding) => withFix(finding, { ...options, env: flags.env }));
  const report = makeReport(findings);
  const cause = likelyCause(findings);
  const title = titleOf(found, chosen);
  const told = flags.json
    ? toJson({ ...report, cause: cause ? { code: cause.code, fix: cause.fix ?? [] } : null })
    : doctorText(report, cause, title, console.out);
  // A report that cannot be written loses nobody what was found; with --json it is the one document.
  if (!flags.json) console.result(told);
  if (options.report !== undefined) {
    const now = context.now();
    const text = reportMarkdown({ report, cause, title, view: found && viewToken(found, now), now });
    await writeReport(options.report, tools.secrets.redact(text), tools);
  }
  if (flags.json) console.result(told);
  return exitCodeOf(report.findings);
}

async function judgeUsage({ for: surfaces, user, report }: DoctorOptions, tools: Tools): Promise<void> {
  surfaces?.forEach(surfaceOf);
  if (user !== undefined) assertUser(user);
  if (report === undefined) return;
  if (report === '-' || report === '')
    throw new Failure('usage.value', { option: '--report', value: report, reason: 'it takes the name of a file' });
  if (!tools.flags.yes && (await isThere(report, tools)))
    throw new Failure('usage.file-exists', { option: '--report', path: report });
}

function titleOf(token: FoundToken | undefined, target: Target | undefined): string {
  const whose = token ? say`the token of ${short(usersIn(token.payload).join(', ') || 'nobody')}` : 'no token';
  return target ? say`${whose}, at ${target.local ? 'the embedded Courier' : target.baseUrl}` : whose;
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
    return unmadeCheck(error, 'the token');
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
  const ofToken =
    token && proof
      ? judge(
          token,
          { ...expected, environment: proof.region ? undefined : key.workspace },
          proof,
          [],
          tools.context.now(),
        )
      : [];
  const fresh = await tryFresh({ key, target, proof, expected, ...options }, tools);
  return [...ofToken, ...key.findings, ...fresh];
}

/** Which Courier to ask is not known: what the token claims is all the same. */
function claimsOnly(token: FoundToken | undefined, options: DoctorOptions, { context }: Tools): Finding[] {
  return token ? checkFound(token, { for: options.for, user: options.user }, context.now()) : [];
}

async function writeReport(path: string, text: string, { context, console, flags }: Tools): Promise<void> {
  try {
    await context.files.write(path, `${text}\n`, { isNew: !flags.yes });
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('usage.unwritable', { option: '--report', path, reason: errnoOf(error) });
  }
  console.note(say`the report is in ${path}.`);
}
