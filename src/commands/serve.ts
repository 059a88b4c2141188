import type { Command } from 'commander';
import { grantedOf } from '../backend/granted.js';
import type { LogEntry } from '../backend/log.js';
import { type Served, serve as listen } from '../backend/serve.js';
import { type Granted, tokensBy } from '../backend/tokens.js';
import { hostOf } from '../courier/answers.js';
import { isProductionScope } from '../environments/production.js';
import { type Environment, labelOf } from '../environments/resolve.js';
import { Failure } from '../errors.js';
import { documentLine } from '../output/escape.js';
import { Secrets } from '../output/secrets.js';
import { readyText, servedLine } from '../output/serve-text.js';
import { assertUser } from '../scopes/compose.js';
import { type Claims, readClaims } from '../token/claims.js';
import { probe } from './env/probe.js';
import { chooseFor, environmentView, keyText, open } from './environment.js';
import { mintToken, targetOf } from './mint.js';
import { type Asking, type AskingOptions, addAskingOptions, askedBy, keyWarnings, requestWarnings } from './minting.js';
import { type KeyOptions, addKeyOptions, examples, list } from './options.js';
import { type Log, logTo, origins, port, untilStopped } from './serving.js';
import type { Act, Tools } from './tools.js';

interface ServeOptions extends KeyOptions, AskingOptions {
  port: number;
  path: string;
  allowUser?: string[];
  origin?: string[];
}

/** The how-to's. */
const howToPath = '/api/generate-courier-jwt';

export function define(command: Command, act: Act): void {
  command
    .option('--allow-user <ids>', 'whose tokens it gives', list('--allow-user'))
    .option('--port <port>', 'where it listens; 0 takes one that is free', port, 3000)
    .option('--path <url-path>', 'the path of the endpoint', path, howToPath)
    .option('--origin <origins>', 'pages that may call (default: those of this machine)', origins('--origin'));
  addAskingOptions(addKeyOptions(command))
    .addHelpText(
      'after',
      examples(
        ['courier-jwt serve --allow-user alice', "tokens of the default environment, at the how-to's path"],
        ['courier-jwt serve -e local --allow-user alice,bob', 'no key, no network: for courier-jwt emulator'],
        ['courier-jwt serve --allow-user alice --expires-in 2m', 'does the front end refresh in time?'],
        ['courier-jwt serve --allow-user alice --origin https://app.test:8443', 'a page of another name'],
      ) +
        '\n\nFor the development of a front end, before its backend is there: whoever can reach loopback gets these tokens.\nProduction is refused. Exit code: 0 once it is stopped, by Ctrl-C or SIGTERM.',
    )
    .action(act(serve));
  command.usage('--allow-user <id> [options]');
}

async function serve(options: ServeOptions, tools: Tools): Promise<number> {
  const { allowUser: users, path: at, origin } = options;
  if (users === undefined) throw new Failure('usage.missing', { option: '--allow-user <id>', command: 'serve' });
  users.forEach(judgeUser);
  const asking = (user: string) => askedBy({ ...options, user }, 'serve');
  const [asked] = users.map(asking) as [Asking];
  const environment = await open(await chooseFor(options, tools), tools);
  const tenantScope = await provedForTests(environment, tools);
  [...requestWarnings(asked), ...keyWarnings(environment, tools)].forEach(tools.console.warn);
  const log = logTo(tools);
  const endpoint = endpointOf(environment, asking, log, tools);
  const { url, close } = await listen({ ...endpoint, path: at, users, origins: origin }, options.port);
  const tellReady = () => tellServing({ url, users, tenantScope }, environment, asked, tools);
  return untilStopped({ close, log, tellReady }, tools);
}

/** @throws {Failure} `user.invalid`, or `usage.value` for what stands for everybody */
function judgeUser(user: string): void {
  assertUser(user, '--allow-user');
  if (user === '*')
    throw new Failure('usage.value', { option: '--allow-user', value: user, reason: 'it takes users, each by name' });
}

/**
 * Of which environment the tokens will be, from Courier's own word.
 * @throws {Failure} `production.refused`, and what a mint can fail with
 */
async function provedForTests(environment: Environment, tools: Tools): Promise<string> {
  const { choice, production } = environment;
  if (production.known) throw new Failure('production.refused', { environment: labelOf(choice), how: production.how });
  return testsOnly(await probe(targetOf(environment), tools), environment);
}

/**
 * What a token says it is of; one that says nothing may be production's.
 * @throws {Failure} `production.refused`
 */
function testsOnly({ tenantScope }: Claims, { choice }: Environment): string {
  if (tenantScope?.trim() && !isProductionScope(tenantScope)) return tenantScope;
  const how = isProductionScope(tenantScope) ? 'minted' : 'untold';
  throw new Failure('production.refused', { environment: labelOf(choice), how });
}

function endpointOf(
  environment: Environment,
  asking: (user: string) => Asking,
  log: Log,
  tools: Tools,
): Pick<Served, 'tokenFor' | 'log'> {
  const { context, console } = tools;
  const tell = (entry: LogEntry) => {
    const told = { ...entry, at: new Date(context.now() * 1000).toISOString() };
    log.add({ document: () => told, line: () => servedLine(told, context.now(), console.err) });
  };
  const mint = async (user: string): Promise<Granted> => {
    // What is told has no token in it, and to keep the signature of each would fill the memory.
    const token = await mintToken(targetOf(environment), asking(user), { ...tools, secrets: new Secrets() });
    testsOnly(readClaims(token.payload), environment);
    const { entry, ...granted } = grantedOf(token, asking(user), hostOf(environment.choice.baseUrl));
    tell(entry);
    return granted;
  };
  return { tokenFor: tokensBy({ mint, now: context.now }), log: tell };
}

function tellServing(
  { url, users, tenantScope }: { url: string; users: string[]; tenantScope: string },
  { choice }: Environment,
  { scopes, expiresIn }: Asking,
  { console, flags }: Tools,
): void {
  const [, ...granted] = scopes;
  const ready = { event: 'ready', url, users, scopes: granted, expiresIn, tenantScope };
  if (flags.json) console.result(documentLine({ ...ready, environment: environmentView(choice) }));
  else if (flags.quiet) console.result(url);
  console.note(readyText({ url, users, tenantScope, key: keyText(choice) }, console.err));
  if (choice.local) console.warn({ code: 'signature.local', status: 'warn', facts: {} });
}

function path(value: string): string {
  if (/^\/[\w.~!$&'()*+,;=:@%/-]*$/.test(value)) return value;
  throw new Failure('usage.value', {
    option: '--path',
    value,
    reason: `it takes the path of a URL, such as ${howToPath}`,
  });
}
