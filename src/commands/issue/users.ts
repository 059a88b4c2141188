import { realClock } from '../../bulk/clock.js';
import { type AskedOfAll, type Passed, jobsOf } from '../../bulk/jobs.js';
import { resultOf } from '../../bulk/result.js';
import { type MintingAt, type Outcome, type RunOutside, mintAll } from '../../bulk/run.js';
import type { WideNetwork, Transport } from '../../courier/transport.js';
import type { Environment } from '../../environments/resolve.js';
import { Failure, isFailure } from '../../errors.js';
import { documentLine, say, short } from '../../output/escape.js';
import { resuming } from '../../output/messages/failures/sentences.js';
import { count, grouped } from '../../output/numbers.js';
import { shellLine } from '../../output/shell.js';
import type { Finding } from '../../report.js';
import { wantedScopes } from '../../scopes/compose.js';
import { wordsAgain } from '../again.js';
import { chooseFor, keyText, open } from '../environment.js';
import { targetOf } from '../mint.js';
import { confirmProduction, keyWarnings, refuseProduction, requestWarnings } from '../minting.js';
import { embedded, network } from '../network.js';
import { seconds } from '../options.js';
import type { Tools } from '../tools.js';
import { pasteable } from '../words.js';
import { openUsers } from './input.js';
import type { UsersOptions } from './options.js';
import { type Output, judgeOutput, openOutput, takeUp } from './output.js';
import { RunProgress } from './progress.js';

/** Mints for all the users that `--users` names; resolves with the exit code. */
export async function issueUsers(options: UsersOptions, tools: Tools): Promise<number> {
  const { console, context } = tools;
  const all = askedOfAll(options);
  judgeOutput(options, tools);
  const stop = stopBy(context.interruption);
  const input = await openUsers(options, stop.signal, tools);
  const environment = await openFor(options, all, tools);
  const { minted: before, count: earlier, expired } = await takeUp(options.resume, options.shard, tools);
  const output = await openOutput(options, tools);
  // Not before there is something to end: until then SIGTERM ends the process.
  void context.stopped().then(() => stop.abort());
  const passed: Passed = { repeated: 0, before: 0, elsewhere: 0 };
  const isOnStdout = options.out === undefined && options.resume === undefined;
  const progress = new RunProgress({ input, passed }, isOnStdout && context.stdout.isTerminal, tools);
  stop.signal.addEventListener('abort', () => progress.tellStopping());
  const jobs = jobsOf(input.records, { all, shard: options.shard, before }, passed);
  const outside = outsideOf(environment, options, progress, stop.signal, tools);
  const outcomes = mintAll(jobs, await placeOf(environment, tools), limitsOf(options), outside);
  const isHidden = isOnStdout && !context.stdout.isFile;
  try {
    const sweep = await context.sweeper();
    let written = 0;
    await writeAll(outcomes, output, (outcome) => {
      progress.add(outcome);
      written += 1;
      if (written % sweepEvery === 0) sweep();
      if (isHidden && 'token' in outcome) console.maskInActions(outcome.token);
      return `${lineOf(outcome, tools)}\n`;
    });
  } catch (error) {
    progress.end();
    // What a disk had no room for was counted all the same.
    if (earlier + progress.tokens > 0)
      tellRest(options, isUnwritten(error) ? 'some' : earlier + progress.tokens, tools);
    throw isFailure(error, 'interrupted.signal') ? interrupted(options) : error;
  }
  progress.end();
  // Whoever went away wants no summary.
  if (output.sink.isOpen) tellSummary(progress, { ...passed, expired }, environment, tools);
  return progress.errors.size > 0 ? 1 : 0;
}

function stopBy(interruption: AbortSignal): AbortController {
  const stop = new AbortController();
  interruption.addEventListener('abort', () => stop.abort());
  if (interruption.aborted) stop.abort();
  return stop;
}

/** @throws {Failure} what is wrong for every user */
function askedOfAll({ for: surfaces, scope: scopes, tenant, expiresIn = '1d' }: UsersOptions): AskedOfAll {
  seconds('--expires-in', { least: 1 })(expiresIn);
  wantedScopes({ for: surfaces, scopes, tenant });
  return { for: surfaces, scopes, tenant, expiresIn };
}

async function openFor(options: UsersOptions, all: AskedOfAll, tools: Tools): Promise<Environment> {
  const choice = await chooseFor(options, tools);
  const environment = await open(choice, tools);
  // Where the users come from stdin, there is no answer to be read.
  const asking = options.users === '-' ? { ...tools, flags: { ...tools.flags, input: false } } : tools;
  await confirmProduction(environment, "tokens that open real users' inboxes", options, asking);
  const asked = { scopes: wantedScopes(all), lifetimeSeconds: seconds('--expires-in')(all.expiresIn) };
  const local: Finding[] = choice.local ? [{ code: 'signature.local', status: 'warn', facts: {} }] : [];
  [...requestWarnings(asked), ...keyWarnings(environment, tools), ...local].forEach(tools.console.warn);
  return environment;
}

async function placeOf(environment: Environment, tools: Tools): Promise<MintingAt> {
  const { local, baseUrl, apiKey, label } = targetOf(environment);
  const transport = local ? await embedded(tools) : many(await network(tools));
  return { transport, baseUrl, apiKey, environment: label, timeoutMs: tools.flags.timeout * 1000 };
}

function many({ sendMany }: WideNetwork): Transport {
  return { send: sendMany };
}

function limitsOf({ concurrency = 64, rate }: UsersOptions) {
  return { concurrency, perSecond: rate };
}

function outsideOf(
  environment: Environment,
  options: UsersOptions,
  progress: RunProgress,
  signal: AbortSignal,
  { context }: Tools,
): RunOutside {
  return {
    ...realClock,
    random: context.random,
    signal,
    onRetry: (reason) => progress.retries.set(reason, (progress.retries.get(reason) ?? 0) + 1),
    onPause: (ms) => (progress.pausedUntil = performance.now() + ms),
    onPace: (isLimited) => (progress.isLimited = isLimited),
    onToken: (claims) => refuseProduction(claims, environment, options),
  };
}

/** So many outcomes leave about 3 MB behind. */
const sweepEvery = 128;

async function writeAll(outcomes: AsyncGenerator<Outcome>, output: Output, lineFor: (outcome: Outcome) => string) {
  const { sink } = output;
  let isBegun = false;
  try {
    for await (const outcome of outcomes) {
      if (!isBegun) await output.begin();
      isBegun = true;
      const room = sink.write(lineFor(outcome));
      if (room) await room;
      if (!sink.isOpen) break;
    }
    // A shard may have no users: whoever goes on with its file finds an empty one, and not an old one.
    if (!isBegun) await output.begin();
    isBegun = true;
  } finally {
    try {
      await sink.end();
    } finally {
      if (!isBegun) await output.giveUp();
    }
  }
}

/** A token is what is asked for; in what else a server or a file has said there may be a secret. */
function lineOf(outcome: Outcome, { secrets }: Tools): string {
  const line = documentLine(resultOf(outcome));
  return 'token' in outcome ? line : secrets.redact(line);
}

function isUnwritten(error: unknown): boolean {
  return isFailure(error, 'output.failed') || isFailure(error, 'output.shared');
}

/** A shell's `<(…)` is another one the next time. */
function isSubstitution(users = ''): boolean {
  return /^\/(?:dev|proc\/self)\/fd\//.test(users);
}

/** What goes on with it, for those who read JSON. */
function interrupted({ users, out, resume = out }: UsersOptions): Failure {
  return new Failure('interrupted.signal', resume === undefined || isSubstitution(users) ? {} : { resume });
}

/** The rest of them can still be minted: how. With `-q`, too: it belongs to the error that follows. */
function tellRest({ users, out, resume }: UsersOptions, minted: number | 'some', { argv, console }: Tools): void {
  const path = resume ?? out;
  const have =
    minted === 1 ? '1 user has a token' : `${minted === 'some' ? minted : grouped(minted)} users have a token`;
  if (path === undefined) {
    console.error(`${have}. To go on later, give --resume a file with what was printed here.`);
    return;
  }
  const words = isSubstitution(users) ? undefined : wordsAgain(argv, resuming(path));
  const again = words && pasteable(words);
  console.error(say`${have}, in ${path}. For the rest${users === '-' ? ', with the same users on stdin' : ''}:`);
  console.error(`  ${again ? console.err.bold(shellLine(again)) : say`the same command with --resume ${path}`}`);
}

function tellSummary(
  progress: RunProgress,
  passed: Passed & { expired: number },
  { choice }: Environment,
  { console }: Tools,
): void {
  for (const [code, times] of progress.warnings) console.note(say`${console.err.yellow('warning:')} ${code} ${times}`);
  const { firstRepeated: first, repeated, before, elsewhere, expired } = passed;
  if (first)
    console.note(
      say`note: ${count(repeated, 'line')} ${repeated === 1 ? 'names' : 'name'} a user who stands before: each is minted for once. The first is line ${first.line ?? ''}, ${short(first.user)}.`,
    );
  const parts = [
    progress.summary(),
    ...(before > 0 ? [`${grouped(before)} had one before`] : []),
    ...(expired > 0 ? [`${count(expired, 'token')} had expired`] : []),
    ...(elsewhere > 0 ? [`${grouped(elsewhere)} of other shards`] : []),
    say`key: ${keyText(choice)}`,
  ];
  console.note(parts.join('; '));
}
