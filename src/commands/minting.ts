import type { Command } from 'commander';
import { type Asked, checkGrant } from '../checks/grant.js';
import { longLifetimeSeconds } from '../checks/time.js';
import { knownPrefix } from '../environments/key.js';
import { isProductionScope } from '../environments/production.js';
import { type Choice, type Environment, labelOf } from '../environments/resolve.js';
import { Failure } from '../errors.js';
import { say } from '../output/escape.js';
import { relative } from '../output/times.js';
import type { Finding } from '../report.js';
import { composeScopes, suggestionFor } from '../scopes/compose.js';
import { entryOf } from '../scopes/match.js';
import { type Claims, readClaims } from '../token/claims.js';
import type { Jwt } from '../token/decode.js';
import { isLocal } from '../token/local.js';
import { chooseFor, keyText, open } from './environment.js';
import { mintToken, targetOf } from './mint.js';
import { type KeyOptions, addKeyOptions, list, once, seconds } from './options.js';
import { type Tools, canPrompt } from './tools.js';

/** What a token may do, and how long it lives. */
export interface AskingOptions {
  for?: string[];
  scope?: string[];
  tenant?: string;
  expiresIn?: string;
}

/** What a token is minted by, for whom, and what it may do: of `issue` and `exec`. */
export interface MintOptions extends KeyOptions, AskingOptions {
  user?: string;
  allowProduction?: boolean;
}

export function addMintOptions(command: Command): Command {
  const whose = addKeyOptions(command).option('-u, --user <id>', 'whose token it is: one user', once('--user'));
  return addAskingOptions(whose).option('--allow-production', 'mint from a production key');
}

/** What tokens are for, and how long they live. */
export function addAskingOptions(command: Command): Command {
  return command
    .option('--for <surfaces>', 'what the token is for: inbox, toast, preferences, push, …', list('--for'))
    .option(
      '--scope <scopes>',
      "scopes of your own: alone instead of the how-to's set, with --for besides",
      list('--scope'),
    )
    .option('--tenant <id>', "Courier Create's scopes for this tenant only", once('--tenant'))
    .option('--expires-in <duration>', 'how long it lives: 30m, 12h, 7d (default: 1d)', once('--expires-in'));
}

/** What is asked of Courier, judged. `expiresIn` is sent as it was given: Courier reads the same grammar. */
export type Asking = Asked & { expiresIn: string };

/** `command`: whose flags they are, and `needed`: what says for whom, for messages. */
export function askedBy(options: AskingOptions & { user?: string }, command: string, needed = '--user <id>'): Asking {
  if (options.user === undefined) throw new Failure('usage.missing', { option: needed, command });
  const { user, expiresIn = '1d', for: surfaces, scope, tenant } = options;
  const lifetimeSeconds = seconds('--expires-in', { least: 1 })(expiresIn);
  return { user, expiresIn, lifetimeSeconds, scopes: composeScopes({ user, for: surfaces, scopes: scope, tenant }) };
}

export interface Minted {
  token: Jwt;
  claims: Claims;
  asked: Asking;
  choice: Choice;
  apiKey: string;
  /** Those that were told on stderr; of `granted`, what differs from what was asked. */
  warnings: Finding[];
  granted: Finding[];
}

/** Mints a token as the flags and the environment say; what is to be warned of is told, and production asked about. */
export async function mint(asked: Asking, options: MintOptions, tools: Tools): Promise<Minted> {
  const choice = await chooseFor(options, tools);
  const environment = await open(choice, tools);
  await confirmProduction(environment, `a token that opens ${asked.user}'s real inbox`, options, tools);
  const before = [...requestWarnings(asked), ...keyWarnings(environment, tools)];
  before.forEach(tools.console.warn);
  const token = await mintToken(targetOf(environment), asked, tools);
  const claims = readClaims(token.payload);
  refuseProduction(claims, environment, options);
  tools.console.maskInActions(token.raw);
  const granted = [...checkGrant(claims, asked), ...localWarning(token, choice)];
  granted.forEach(tools.console.warn);
  return { token, claims, asked, choice, apiKey: environment.apiKey, warnings: [...before, ...granted], granted };
}

/** A production key mints what opens a real user's inbox: `--yes` is not enough. `what`: for the question. */
export async function confirmProduction(
  { choice, production }: Environment,
  what: string,
  options: Pick<MintOptions, 'allowProduction'>,
  tools: Tools,
): Promise<void> {
  if (!production.known || options.allowProduction) return;
  const environment = labelOf(choice);
  if (!canPrompt(tools)) throw new Failure('production.unconfirmed', { environment, how: production.how });
  const question = say`${environment} is production. Mint ${what}?`;
  if (!(await tools.context.prompts.confirm(question)))
    throw new Failure('usage.declined', { what: 'minting a production token' });
}

/** @throws {Failure} `production.unconfirmed`, where only the token says that it is production's: then nobody sees it */
export function refuseProduction(
  { tenantScope }: Claims,
  { choice, production }: Environment,
  { allowProduction }: Pick<MintOptions, 'allowProduction'>,
): void {
  if (!isProductionScope(tenantScope) || production.known || allowProduction) return;
  throw new Failure('production.unconfirmed', { environment: labelOf(choice), how: 'minted' });
}

export function requestWarnings({ scopes, lifetimeSeconds }: Pick<Asking, 'scopes' | 'lifetimeSeconds'>): Finding[] {
  const unknown = scopes.filter((scope) => entryOf(scope) === undefined);
  const long: Finding = { code: 'expiry.long', status: 'warn', facts: { lifetimeSeconds } };
  return [
    ...unknown.map((scope): Finding => {
      const suggestion = suggestionFor(scope);
      return { code: 'scope.unknown', status: 'warn', subject: scope, facts: suggestion ? { suggestion } : {} };
    }),
    ...(lifetimeSeconds > longLifetimeSeconds ? [long] : []),
  ];
}

export function keyWarnings({ choice, apiKey }: Environment, { context }: Tools): Finding[] {
  const { name, record, source } = choice;
  if (choice.local) return [];
  if (record?.storage === 'file' && name !== null && context.store.isExposed(name))
    return [{ code: 'environment.exposed', status: 'warn', subject: name, facts: {} }];
  if (record || knownPrefix(apiKey)) return [];
  return [{ code: 'key.unknown-prefix', status: 'warn', subject: `the key from ${source}`, facts: {} }];
}

function localWarning(token: Jwt, choice: Choice): Finding[] {
  return choice.local || isLocal(token) ? [{ code: 'signature.local', status: 'warn', facts: {} }] : [];
}

/** What was minted, in a sentence. */
export function summary({ claims, asked, choice }: Minted, now: number): string {
  const expiry = claims.expiresAt === null ? 'never expires' : `expires ${relative(claims.expiresAt - now)}`;
  const count = `${claims.scopes.length} scopes`;
  return say`minted for ${asked.user}: ${claims.tenantScope ?? 'no environment'}, ${count}, ${expiry}; key: ${keyText(choice)}`;
}
