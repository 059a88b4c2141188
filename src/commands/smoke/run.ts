import { checkFound } from '../../checks/check-token.js';
import type { Expectations } from '../../checks/expectations.js';
import { type Asked, checkGrant } from '../../checks/grant.js';
import { isProductionScope } from '../../environments/production.js';
import type { Environment, EnvironmentSources } from '../../environments/resolve.js';
import { Failure, familyOf, tellable } from '../../errors.js';
import { unmadeCheck } from '../../output/messages/unmade.js';
import type { Check } from '../../output/reporters/check.js';
import type { Finding } from '../../report.js';
import { composeScopes } from '../../scopes/compose.js';
import { readClaims } from '../../token/claims.js';
import type { Jwt } from '../../token/decode.js';
import { parseDuration } from '../../token/duration.js';
import { isLocal, localEnvironment, localWorkspace } from '../../token/local.js';
import { probe } from '../env/probe.js';
import { chooseNamed, environmentSources, open } from '../environment.js';
import { mintToken, targetOf } from '../mint.js';
import { judge, prove } from '../online.js';
import type { Tools } from '../tools.js';
import type { SmokeConfig } from './config.js';
import { inPool } from './pool.js';

export interface Running {
  /** The file, as it was named. */
  path: string;
  config: SmokeConfig;
  online: boolean;
  allowProduction: boolean;
  concurrency: number;
  /** Called after each check. */
  onDone(done: Check): void;
}

/** An environment as far as it could be opened: or why it cannot be used. */
type Opened = { name: string; environment: Environment } | { name: string; failure: Failure };

/** A check that is to be made. */
interface Planned {
  opened: Opened;
  user: string;
  surface: string | null;
}

/**
 * Makes every check: for each environment, user and surface one token, which is judged and thrown away.
 * @throws {Failure} `production.unconfirmed`, before any token of a user is minted
 */
export async function runChecks(running: Running, tools: Tools): Promise<Check[]> {
  const { config, concurrency, onDone } = running;
  const environments = await Promise.all(
    (await openAll(running, tools)).map(async (one) => proved(one, running.allowProduction, tools)),
  );
  const surfaces = config.surfaces.length > 0 ? config.surfaces : [null];
  const planned = environments.flatMap((opened) =>
    config.users.flatMap((user) => surfaces.map((surface): Planned => ({ opened, user, surface }))),
  );
  // A key that is refused once is not tried a hundred times.
  const refused = new Map<string, Failure>(
    environments.flatMap((one) => ('failure' in one ? [[one.name, one.failure] as const] : [])),
  );
  const told = new Set<string>();
  return inPool(concurrency, planned, async (one) => {
    // The embedded Courier waits for nothing: without this nobody would hear of Ctrl-C.
    await tools.context.sleep(0);
    const check = await makeCheck(one, refused, told, running, tools);
    onDone(check);
    return check;
  });
}

/** What is set and counts for none of them is said once. */
function tellUnused(opened: Opened[], { console }: Tools): void {
  const isUnused = opened.some(
    (one) => 'environment' in one && one.environment.choice.unused.includes('COURIER_BASE_URL'),
  );
  if (isUnused)
    console.note('note: COURIER_BASE_URL is not used: an environment goes where it was added for, else to its region.');
}

async function openAll({ path, config, allowProduction }: Running, tools: Tools): Promise<Opened[]> {
  const sources = await environmentSources(tools);
  const opened: Opened[] = [];
  // One after another: a keychain may ask.
  for (const name of config.environments) {
    const source = `${path}:${config.lines.get(name) ?? 1}`;
    opened.push(await openOne(name, source, sources, tools));
  }
  tellUnused(opened, tools);
  for (const one of opened) {
    if ('environment' in one && one.environment.production.known && !allowProduction)
      throw new Failure('production.unconfirmed', { environment: one.name, how: one.environment.production.how });
  }
  return opened;
}

async function openOne(name: string, envSource: string, sources: EnvironmentSources, tools: Tools): Promise<Opened> {
  try {
    return { name, environment: await open(chooseNamed(name, envSource, sources, tools), tools) };
  } catch (error) {
    return { name, failure: tellable(error) };
  }
}

/** Asks once for each key whether it is taken, and whether it is production's, which its name need not tell. */
async function proved(one: Opened, allowProduction: boolean, tools: Tools): Promise<Opened> {
  if ('failure' in one || one.environment.choice.local) return one;
  const { name, environment } = one;
  try {
    const { tenantScope } = await probe(targetOf(environment), tools, tools.console.debug);
    if (isProductionScope(tenantScope) && !allowProduction)
      throw new Failure('production.unconfirmed', { environment: name, how: 'minted' });
    return one;
  } catch (error) {
    const failure = tellable(error);
    if (failure.code === 'production.unconfirmed') throw failure;
    // A Courier in trouble is each check's to tell.
    return ofEnvironment.has(familyOf(failure.code)) ? { name, failure } : one;
  }
}

/** What fails for one check of an environment fails for all. */
const ofEnvironment = new Set(['key', 'keychain', 'environment', 'production']);

async function makeCheck(
  { opened, user, surface }: Planned,
  refused: Map<string, Failure>,
  told: Set<string>,
  running: Running,
  tools: Tools,
): Promise<Check> {
  const { name } = opened;
  const started = tools.context.now();
  const findings = await findingsOf();
  const of = [name, user, ...(surface === null ? [] : [surface])].join(' · ');
  return {
    environment: name,
    user,
    surface,
    name: of,
    line: running.config.lines.get(name) ?? 1,
    findings: findings.map((finding) => ({ ...finding, facts: { ...finding.facts, of } })),
    seconds: tools.context.now() - started,
  };

  async function findingsOf(): Promise<Finding[]> {
    const known = refused.get(name);
    if (known || 'failure' in opened) return notMade(known!);
    try {
      return await checkOne({ environment: opened.environment, name, user, surface }, running, tools);
    } catch (error) {
      const failure = tellable(error);
      if (!ofEnvironment.has(familyOf(failure.code))) return [unmadeCheck(failure, name)];
      if (!refused.has(name)) refused.set(name, failure);
      return notMade(failure);
    }
  }

  /** Why an environment cannot be used is told once. */
  function notMade(failure: Failure): Finding[] {
    if (told.has(name))
      return [{ code: 'smoke.not-made', status: 'skip', subject: name, facts: { reason: failure.code } }];
    told.add(name);
    return [unmadeCheck(failure, name)];
  }
}

interface One {
  environment: Environment;
  name: string;
  user: string;
  surface: string | null;
}

async function checkOne(one: One, running: Running, tools: Tools): Promise<Finding[]> {
  const { environment, name, user, surface } = one;
  const { config, allowProduction } = running;
  const surfaces = surface === null ? undefined : [surface];
  const asked = askedFor(user, surfaces, config.expiresIn);
  const began = tools.context.now();
  const token = await mintToken(targetOf(environment), asked, tools, tools.console.debug);
  const seconds = tools.context.now() - began;
  const claims = readClaims(token.payload);
  if (isProductionScope(claims.tenantScope) && !allowProduction)
    throw new Failure('production.unconfirmed', { environment: name, how: 'minted' });
  const expected: Expectations = {
    for: surfaces,
    user,
    minTtl: config.minTtl,
    environment: recordedOf(environment, name),
    mintIn: name,
  };
  return [
    ...checkGrant(claims, asked),
    ...checkLatency(seconds, config),
    ...(await judged(token, expected, environment, running, tools)),
  ];
}

function askedFor(user: string, surfaces: string[] | undefined, expiresIn: string): Asked & { expiresIn: string } {
  const parsed = parseDuration(expiresIn);
  const lifetimeSeconds = 'seconds' in parsed ? parsed.seconds : 0;
  return { user, scopes: composeScopes({ user, for: surfaces }), expiresIn, lifetimeSeconds };
}

/** The workspace that the environment's tokens come from, as far as that was recorded. */
function recordedOf({ choice }: Environment, name: string): Expectations['environment'] {
  if (choice.local) return { name: localEnvironment, ...localWorkspace };
  const { record } = choice;
  return record?.tenantId ? { name, tenantId: record.tenantId, tenantScope: record.tenantScope } : undefined;
}

async function judged(
  token: Jwt,
  expected: Expectations,
  { choice }: Environment,
  { online }: Running,
  tools: Tools,
): Promise<Finding[]> {
  const found = { ...token, doubledBearer: false, local: isLocal(token) };
  const { now } = tools.context;
  if (!online) return checkFound(found, expected, now());
  const target = { baseUrl: choice.baseUrl, local: choice.local, isNamed: true, choice };
  return judge(found, expected, await prove(found, expected, target, tools), [], now());
}

function checkLatency(seconds: number, { maxLatency }: SmokeConfig): Finding[] {
  if (maxLatency === undefined) return [];
  const facts = { milliseconds: Math.round(seconds * 1000), maxMilliseconds: Math.round(maxLatency * 1000) };
  return seconds > maxLatency
    ? [{ code: 'latency.slow', status: 'fail', facts }]
    : [{ code: 'latency.fast', status: 'pass', facts }];
}
