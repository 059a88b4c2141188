import type { Command } from 'commander';
import { isLoopback } from '../courier/regions.js';
import { keysIn } from '../environments/variables.js';
import { Failure } from '../errors.js';
import { say, toJson } from '../output/escape.js';
import { plannedText } from '../output/probe-text.js';
import { progressOn } from '../output/progress.js';
import { reportText } from '../output/report-text.js';
import type { Check } from '../output/reporters/check.js';
import { judgeOutcomes, judgeTransport } from '../probe/judge.js';
import { mintedIn } from '../probe/outcome.js';
import { type ProbeRequest, nobody, planFor } from '../probe/plan.js';
import { runTrials } from '../probe/run.js';
import { isJson, namesUser, urlFor } from '../probe/template.js';
import { type Finding, exitCodeOf, makeReport } from '../report.js';
import { assertUser, surfaceOf } from '../scopes/compose.js';
import { refuseCourierFlags } from './courier-flags.js';
import { network } from './network.js';
import { examples, list, once, oneOf } from './options.js';
import { sessionHeaders } from './probe/headers.js';
import { type Reporter, type ReporterOptions, addReporter, isWatched, reporterOf, tellReport } from './reporting.js';
import type { Act, Tools } from './tools.js';

interface ProbeOptions extends ReporterOptions {
  user?: string;
  otherUser: string;
  header?: string[];
  body?: string;
  method: ProbeRequest['method'];
  tokenPath: string;
  for?: string[];
  strict?: boolean;
  dryRun?: boolean;
}

/** As the how-to's front end sends it. */
const howToBody = '{"userId":"{user}"}';

export function define(command: Command, act: Act): void {
  command
    .argument('[url]', 'the endpoint; {user} in it stands for the user id')
    .option('-u, --user <id>', 'who asks for a token: whoever is signed in', once('--user'))
    .option('--other-user <id>', 'who is not signed in, and must get none', nobody)
    .option('--header <header>', "of the session: 'Name: value', or @file with one a line", each)
    .option('--body <template>', `what is sent (default: ${howToBody})`, once('--body'))
    .option('--method <method>', 'POST, PUT or GET', method, 'POST')
    .option('--token-path <path>', 'where the answer has the token: data.token; - is all of it', 'token')
    .option('--for <surfaces>', "what the token is for: inbox, toast, … (default: the how-to's set)", list('--for'))
    .option('--strict', 'warnings fail');
  addReporter(command)
    .option('--dry-run', 'list the requests, and send none')
    .addHelpText(
      'after',
      examples(
        ['courier-jwt probe https://app.test/api/generate-courier-jwt -u alice', 'what anybody can do there'],
        ['courier-jwt probe <url> -u alice --header @session.txt', 'and what somebody who is signed in can'],
        ["courier-jwt probe <url> -u alice --header @session.txt --body '{}'", 'where no body names the user'],
        ["courier-jwt probe '<url>?for={user}' -u alice --method GET", 'another way to ask'],
        ['courier-jwt probe <url> -u alice --dry-run', 'what would be sent'],
      ) +
        '\n\nSends a dozen requests to that URL alone, one after another, with a body of 50 kB at most. Tokens that it gets\nare real ones; they are thrown away. A header on a command line can be seen by others: --header @file cannot.\nExit 0 no hole, 1 a hole, 4 could not tell.',
    )
    .action(act(probe));
  command.usage('<url> --user <id> [options]');
}

async function probe(options: ProbeOptions, tools: Tools, [url]: (string | undefined)[]): Promise<number> {
  const reporter = reporterOf(options, tools);
  if (options.dryRun && (reporter === 'junit' || reporter === 'github'))
    throw new Failure('usage.conflict', {
      options: ['--dry-run', `--reporter ${reporter}`],
      reason: 'nothing is found',
    });
  judgeUsage(options, tools);
  const request = await requestFor(endpointOf(url), options, tools);
  if (options.dryRun) return tellPlan(request, reporter, tools);
  const shown = isWatched(reporter, tools);
  const report = makeReport(await findingsOf(request, options, shown, tools), options);
  const path = withoutQuery(request.url);
  const title = say`${request.method} ${path}, for ${request.user}`;
  const human = () => reportText(report, title, tools.console.out);
  await tellReport(
    reporter,
    report,
    { command: 'probe', path, checks: checksOf(report.findings, request) },
    human,
    tools,
  );
  return exitCodeOf(report.findings);
}

/** @throws {Failure} of the `usage` or `user` family */
function judgeUsage({ user, otherUser, body, method: asked, for: surfaces }: ProbeOptions, { flags }: Tools): void {
  const reason = 'it asks your own endpoint, and that one has the key';
  refuseCourierFlags('probe', flags, { env: reason, region: reason, envFile: reason });
  if (user === undefined) throw new Failure('usage.missing', { option: '--user <id>', command: 'probe' });
  assertUser(user);
  assertUser(otherUser, '--other-user');
  if (user === otherUser)
    throw new Failure('usage.value', { option: '--other-user', value: otherUser, reason: 'it is the same as --user' });
  if (asked === 'GET' && body !== undefined)
    throw new Failure('usage.conflict', { options: ['--method GET', '--body'], reason: '{user} goes into the URL' });
  if (body !== undefined && /^\s*[[{](?!user\})/.test(body) && !isJson(body))
    throw new Failure('usage.value', { option: '--body', value: body, reason: 'it begins as JSON does, and is none' });
  surfaces?.forEach(surfaceOf);
}

/** @throws {Failure} of the `usage` family */
function endpointOf(url: string | undefined): string {
  if (url === undefined) throw new Failure('usage.missing', { option: 'the URL of an endpoint', command: 'probe' });
  const named = urlFor(url, 'alice');
  const wrong = (reason: string, suggestion?: string) =>
    new Failure('usage.value', {
      option: 'probe',
      value: url.replace(/^((?:https?:)?\/*).*@/s, '$1…@'),
      reason,
      suggestion,
    });
  if (!URL.canParse(named) || !/^https?:$/.test(new URL(named).protocol))
    throw wrong('it is no URL that begins with https:// or http://', withScheme(url));
  const { username, password, hostname, origin } = new URL(named);
  if (origin !== new URL(urlFor(url, 'bob')).origin) throw wrong('{user} belongs behind the host');
  if (hostname === '0.0.0.0' || hostname === '[::]')
    throw wrong('there a server listens, and nobody calls', url.replace(/0\.0\.0\.0|\[::\]/, 'localhost'));
  if (username !== '' || password !== '')
    throw wrong("it has a password in it: --header 'Authorization: …' takes that");
  return url.replace(/#.*$/s, '');
}

/** What was meant by a host without its scheme. */
function withScheme(url: string): string | undefined {
  const [, host] = /^(\[[\da-f:]+\]|[\w.-]+)(?::\d{1,5})?\/[^\s]*$/i.exec(url) ?? [];
  if (host === undefined) return undefined;
  return `${isLoopback(host.toLowerCase()) ? 'http' : 'https'}://${url}`;
}

async function requestFor(url: string, options: ProbeOptions, tools: Tools): Promise<ProbeRequest> {
  const { method: asked, body = howToBody } = options;
  const users = [options.user ?? '', options.otherUser];
  // The endpoint may take the user from its URL alone.
  const template = asked === 'GET' || (options.body === undefined && namesUser(url)) ? undefined : body;
  return {
    url,
    method: asked,
    body: template,
    headers: await sessionHeaders(options.header ?? [], new URL(urlFor(url, '')), users, tools),
    user: options.user ?? '',
    otherUser: options.otherUser,
    timeoutMs: tools.flags.timeout * 1000,
    signal: tools.context.interruption,
  };
}

async function findingsOf(
  request: ProbeRequest,
  { tokenPath, for: surfaces }: ProbeOptions,
  isShown: boolean,
  tools: Tools,
): Promise<Finding[]> {
  const { context } = tools;
  const way = judgeTransport(request.url);
  if (way.some(({ status }) => status === 'fail')) return way;
  const plan = planFor(request);
  const progress = progressOn(context.stderr, plan.length, isShown);
  try {
    const outside = { transport: await network(tools), now: context.now, onDone: () => progress.add(false) };
    const outcomes = await runTrials(plan, tokenPath, outside);
    for (const outcome of outcomes) tools.secrets.addSignature(mintedIn(outcome)?.signature ?? '');
    const keys = keysIn(context.variables);
    return judgeOutcomes(outcomes, request, { for: surfaces, tokenPath, keys, now: context.now() });
  } finally {
    progress.end();
  }
}

/** For reporters that count checks: each finding is one. */
function checksOf(findings: Finding[], { url, user }: ProbeRequest): Check[] {
  const { host } = new URL(urlFor(url, user));
  return findings.map((finding) => {
    const what = [finding.code, finding.subject ?? ''].join(' ').trim();
    return { environment: host, user, surface: what, name: what, findings: [finding], seconds: 0 };
  });
}

/** What is in a query may be secret. */
function withoutQuery(url: string): string {
  return url.replace(/\?.*$/s, '');
}

function tellPlan(request: ProbeRequest, reporter: Reporter, { console, flags }: Tools): number {
  const asJson = reporter === 'json';
  const given = Object.keys(request.headers);
  const requests = planFor(request).map(({ name, request: { method: by, url, headers, body = null } }) => ({
    name,
    method: by,
    url,
    headers: given.filter((one) => one in headers),
    body,
  }));
  const { timeout } = flags;
  if (!asJson)
    console.note(
      `nothing was sent. It would be ${requests.length} requests, one after another, each of ${timeout} seconds at most.`,
    );
  console.result(asJson ? toJson({ requests, timeoutSeconds: timeout }) : plannedText(requests, console.out));
  return 0;
}

function each(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function method(value: string): ProbeRequest['method'] {
  return oneOf('--method', ['POST', 'PUT', 'GET'])(value.toUpperCase());
}
