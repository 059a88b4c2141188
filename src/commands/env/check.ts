import type { Command } from 'commander';
import { type Asked, checkGrant } from '../../checks/grant.js';
import { isProductionScope } from '../../environments/production.js';
import { type Choice, labelOf } from '../../environments/resolve.js';
import { Failure } from '../../errors.js';
import { say, toJson } from '../../output/escape.js';
import { unmadeCheck } from '../../output/messages/unmade.js';
import { reportText } from '../../output/report-text.js';
import { type Finding, exitCodeOf, makeReport } from '../../report.js';
import { composeScopes } from '../../scopes/compose.js';
import { type Claims, readClaims } from '../../token/claims.js';
import { chooseFor, chooseNamed, environmentSources, open } from '../environment.js';
import { type MintTarget, mintToken, targetOf } from '../mint.js';
import { type KeyOptions, addKeyOptions, examples, list, once } from '../options.js';
import type { Act, Tools } from '../tools.js';
import { probe, probeLifetime, probeUser } from './probe.js';
import { compareRecord, isUnrecorded } from './record.js';

interface CheckOptions extends KeyOptions {
  all?: boolean;
  for?: string[];
  user?: string;
  allowProduction?: boolean;
}

export function define(command: Command, act: Act): void {
  addKeyOptions(command)
    .option('--all', 'every environment that is kept')
    .option('--for <surfaces>', "what its tokens must do (default: the how-to's set)", list('--for'))
    .option('-u, --user <id>', `whom to mint for (default: ${probeUser})`, once('--user'))
    .option('--allow-production', 'mint for the surfaces from a production key too, not only the probe')
    .addHelpText(
      'after',
      examples(
        ['courier-jwt env check', 'the environment that issue would use'],
        ['courier-jwt env check test --for inbox,push', 'may its key grant what they need?'],
        ['courier-jwt env check --all --json', 'a smoke check of every key'],
      ) + '\n\nMints tokens of five seconds, and throws them away.',
    )
    .action(act(check));
}

async function check(options: CheckOptions, tools: Tools, [name]: (string | undefined)[]): Promise<number> {
  const { console, flags } = tools;
  const user = options.user ?? probeUser;
  const asked: Asked = {
    user,
    scopes: composeScopes({ user, for: options.for }),
    lifetimeSeconds: probeLifetime.lifetimeSeconds,
  };
  judgeUsage(name, options, tools);
  const checks = options.all ? await allOf(tools) : [await oneOf(name, options, tools)];
  const findings = await Promise.all(
    checks.map(({ label, choice }) => findingsOr(label, () => checkKey(choice(), asked, options, tools))),
  );
  const report = makeReport(findings.flat());
  const title = say`the API key of ${checks.map(({ label }) => label).join(', ')}`;
  console.result(flags.json ? toJson(report) : reportText(report, title, console.out));
  return exitCodeOf(report.findings);
}

function judgeUsage(name: string | undefined, options: CheckOptions, { flags }: Tools): void {
  const named = [name !== undefined && 'a name', flags.env !== undefined && '--env'].filter(Boolean) as string[];
  const byHand = [options.apiKeyStdin && '--api-key-stdin', options.apiKeyFile && '--api-key-file'].filter(Boolean);
  const others = [...named, ...(byHand as string[])];
  if (options.all && others.length > 0) throw new Failure('usage.conflict', { options: ['--all', ...others] });
  if (named.length === 2 && name !== flags.env) throw new Failure('usage.conflict', { options: named });
}

interface Check {
  label: string;
  choice(): Choice;
}

/** A single environment that cannot be chosen is the answer; of all, it is one finding among others. */
async function oneOf(name: string | undefined, options: CheckOptions, tools: Tools): Promise<Check> {
  const flags = name === undefined ? tools.flags : { ...tools.flags, env: name };
  const choice = await chooseFor(options, { ...tools, flags }, name === undefined ? '--env' : 'env check');
  return { label: labelOf(choice), choice: () => choice };
}

async function allOf(tools: Tools): Promise<Check[]> {
  const names = tools.context.store.names();
  if (names.length === 0) throw new Failure('environment.none', {});
  const sources = await environmentSources(tools);
  return names.map((env) => ({ label: env, choice: () => chooseNamed(env, undefined, sources, tools) }));
}

async function findingsOr(label: string, ask: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await ask();
  } catch (error) {
    return [unmadeCheck(error, label)];
  }
}

async function checkKey(choice: Choice, asked: Asked, options: CheckOptions, tools: Tools): Promise<Finding[]> {
  const environment = await open(choice, tools);
  const label = labelOf(choice);
  const target = targetOf(environment);
  const claims = await probe(target, tools);
  const accepted: Finding = {
    code: 'key.accepted',
    status: 'pass',
    subject: label,
    facts: { host: choice.local ? 'the embedded Courier' : choice.baseUrl, tenantScope: claims.tenantScope },
  };
  const compared = [...(await recordNow(choice, claims, tools)), ...compareRecord(choice, claims)];
  const production = environment.production.known || isProductionScope(claims.tenantScope);
  const granted: Finding[] =
    production && !options.allowProduction
      ? [{ code: 'grant.not-tried', status: 'skip', subject: label, facts: {} }]
      : await findingsOr(label, async () => checkGranted(target, asked, tools));
  return [accepted, ...compared, ...granted];
}

async function checkGranted(target: MintTarget, asked: Asked, tools: Tools): Promise<Finding[]> {
  const token = await mintToken(target, { ...asked, expiresIn: probeLifetime.expiresIn }, tools);
  const less = checkGrant(readClaims(token.payload), asked);
  const all: Finding = { code: 'grant.all', status: 'pass', subject: target.label, facts: { scopes: asked.scopes } };
  const ofTarget = less.map((finding) => ({ ...finding, facts: { ...finding.facts, of: target.label } }));
  return ofTarget.some(({ status }) => status === 'fail') ? ofTarget : [all, ...ofTarget];
}

/** What `env add` could not record (`--no-check`) is recorded now. */
async function recordNow(choice: Choice, { tenantId, tenantScope }: Claims, { context }: Tools): Promise<Finding[]> {
  const { name, record } = choice;
  if (!record || name === null || !isUnrecorded(choice)) return [];
  const production = record.production || isProductionScope(tenantScope);
  await context.store.write(name, { ...record, tenantId, tenantScope, production });
  return [{ code: 'environment.recorded', status: 'pass', subject: name, facts: { tenantId, tenantScope } }];
}
