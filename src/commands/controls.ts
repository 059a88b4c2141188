import { isAnybodys } from '../checks/access.js';
import { type ControlKind, type Untested, checkControl, notTested } from '../checks/controls.js';
import { socketSubject } from '../checks/subjects.js';
import { isProductionScope } from '../environments/production.js';
import { type Environment, labelOf } from '../environments/resolve.js';
import { Failure, isFailure } from '../errors.js';
import { unmadeCheck } from '../output/messages/unmade.js';
import type { Finding } from '../report.js';
import { covers } from '../scopes/match.js';
import { readClaims } from '../token/claims.js';
import type { Jwt } from '../token/decode.js';
import type { FoundToken } from '../token/find.js';
import { probe } from './env/probe.js';
import { open } from './environment.js';
import { mintToken, targetOf } from './mint.js';
import { type Proof, type Target, answeredIn, tryToken } from './online.js';
import type { Tools } from './tools.js';

/** Whom a token is minted for that must not open another's inbox. */
const otherUser = 'courier-jwt-control';

/** Long enough for a slow way to Courier. A token cannot be revoked. */
const lifetime = '120s';

const readsInbox = 'inbox:read:messages';

/**
 * The environment whose key mints controls.
 * @throws {Failure} `production.unconfirmed`, where it is known to be production
 */
export async function assertControls(
  { choice }: Target,
  { allowProduction }: { allowProduction?: boolean | undefined },
  tools: Tools,
): Promise<void> {
  const { production } = await open(choice!, tools);
  if (production.known && !allowProduction)
    throw new Failure('production.unconfirmed', { environment: labelOf(choice!), how: production.how });
}

/** Makes the calls of a proof again with tokens that must be refused, minted with the environment's key. */
export async function tryControls(
  token: FoundToken,
  proof: Proof,
  { allowProduction = false }: { allowProduction?: boolean | undefined },
  tools: Tools,
): Promise<Finding[]> {
  const environment = await open(proof.target.choice!, tools);
  const planned = plan(token, proof);
  try {
    await assertNoProduction(environment, allowProduction, tools);
    const tests = planned.map(async (test) => trial(test, token, proof, environment, tools));
    return (await Promise.all(tests)).flat();
  } catch (error) {
    if (isFailure(error, 'production.unconfirmed')) throw error;
    const untested = planned.flatMap(({ kind, tried }) => tried.map((scope) => notTested(kind, scope, 'no-token')));
    return [unmadeCheck(error, labelOf(environment.choice)), ...untested];
  }
}

/** Whether a key is production's shows only in what it mints: five seconds, for nobody. */
async function assertNoProduction(environment: Environment, allowProduction: boolean, tools: Tools): Promise<void> {
  const { choice } = environment;
  if (choice.local || allowProduction) return;
  const { tenantScope } = await probe(targetOf(environment), tools);
  if (isProductionScope(tenantScope))
    throw new Failure('production.unconfirmed', { environment: labelOf(choice), how: 'minted' });
}

/** The calls of one control: its token is minted, and thrown away. */
async function trial(
  { kind, scopes, tried }: Planned,
  token: FoundToken,
  proof: Proof,
  environment: Environment,
  tools: Tools,
): Promise<Finding[]> {
  const none = (reason: Untested) => tried.map((scope) => notTested(kind, scope, reason));
  const minted = await mintFor(scopes, environment, tools);
  // Courier cannot mint that one: the others tell all the same.
  if (!minted) return none('no-token');
  const { tenantId } = readClaims(minted.payload);
  if (tenantId !== readClaims(token.payload).tenantId) return none('other-workspace');
  const { answers } = await tryToken(minted.raw, { ...proof, scopes: tried }, tools);
  const own = (scope: string) => answeredIn(proof.access).find((answer) => answer.scope === scope);
  return answers.map((answer) =>
    'failure' in answer
      ? notTested(kind, answer.scope, 'no-answer')
      : checkControl({ kind, answer }, own(answer.scope)),
  );
}

interface Planned {
  kind: ControlKind;
  /** To mint with. */
  scopes: string[];
  /** To call. */
  tried: string[];
}

/** One token of somebody else for all that is a user's, and for each call one that lacks its scope. */
function plan(token: FoundToken, { user, access }: Proof): Planned[] {
  const tried = answeredIn(access).map(({ scope }) => scope);
  const held = readClaims(token.payload).scopes.filter((scope) => !scope.startsWith('user_id:'));
  const others: Planned = {
    kind: 'other-user',
    scopes: [`user_id:${otherUser}`, ...held],
    tried: user === undefined ? [] : tried.filter((scope) => !isAnybodys(scope)),
  };
  const without = tried
    .filter((scope) => scope !== socketSubject)
    .map((scope): Planned => {
      const rest = held.filter((other) => !covers(other, scope));
      const alike = scope === readsInbox && tried.includes(socketSubject) ? [scope, socketSubject] : [scope];
      const scopes = [...(user === undefined ? [] : [`user_id:${user}`]), ...rest];
      return { kind: 'without-scope', scopes: scopes.length > 0 ? scopes : [`user_id:${otherUser}`], tried: alike };
    });
  return [others, ...without].filter(({ tried: calls }) => calls.length > 0);
}

async function mintFor(scopes: string[], environment: Environment, tools: Tools): Promise<Jwt | undefined> {
  try {
    return await mintToken(targetOf(environment), { scopes, expiresIn: lifetime }, tools);
  } catch (error) {
    if (isFailure(error, 'request.rejected')) return undefined;
    throw error;
  }
}
