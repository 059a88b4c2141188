import { isAnybodys, socketSubject } from '../checks/access.js';
import { type ControlKind, checkControl } from '../checks/controls.js';
import { isProductionScope } from '../environments/production.js';
import { type Environment, keyLabelOf, labelOf } from '../environments/resolve.js';
import { unmadeCheck } from '../output/messages/unmade.js';
import type { Finding } from '../report.js';
import { covers } from '../scopes/match.js';
import { readClaims } from '../token/claims.js';
import type { FoundToken } from '../token/find.js';
import { open } from './environment.js';
import { mintToken } from './mint.js';
import { type Proof, answeredIn, tryToken } from './online.js';
import type { Tools } from './tools.js';

/** Whom a token is minted for that must not open another's inbox. */
const otherUser = 'courier-jwt-control';

/** Long enough for a slow way to Courier. A token cannot be revoked. */
const lifetime = '60s';

const readsInbox = 'inbox:read:messages';

/** Makes the calls of a proof again with tokens that must be refused, minted with the environment's key. */
export async function tryControls(
  token: FoundToken,
  proof: Proof,
  { allowProduction = false }: { allowProduction?: boolean | undefined },
  tools: Tools,
): Promise<Finding[]> {
  const environment = await open(proof.target.choice!, tools);
  const planned = plan(token, proof);
  const notTested = (reason: string) =>
    planned.flatMap(({ kind, tried }) => tried.map((scope) => untested(kind, scope, reason)));
  if (environment.production.known && !allowProduction) return notTested('production');
  const tests = planned.map(async (test) => {
    const minted = await mintFor(test.scopes, environment, tools);
    const { tenantId, tenantScope } = readClaims(minted.payload);
    if (isProductionScope(tenantScope) && !allowProduction)
      return test.tried.map((scope) => untested(test.kind, scope, 'production'));
    if (tenantId !== readClaims(token.payload).tenantId)
      return test.tried.map((scope) => untested(test.kind, scope, 'other-workspace'));
    const { answers } = await tryToken(minted.raw, { ...proof, scopes: test.tried }, tools);
    const own = (scope: string) => answeredIn(proof.access).find((answer) => answer.scope === scope);
    return answers.map((answer) =>
      'failure' in answer
        ? untested(test.kind, answer.scope, 'no-answer')
        : checkControl({ kind: test.kind, answer }, own(answer.scope)),
    );
  });
  try {
    return (await Promise.all(tests)).flat();
  } catch (error) {
    return [unmadeCheck(error, labelOf(environment.choice)), ...notTested('no-token')];
  }
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

async function mintFor(scopes: string[], environment: Environment, tools: Tools) {
  const { choice, apiKey } = environment;
  return mintToken({ ...choice, apiKey, label: keyLabelOf(choice) }, { scopes, expiresIn: lifetime }, tools);
}

function untested(control: ControlKind, subject: string, reason: string): Finding {
  return { code: 'control.not-tested', status: 'skip', subject, facts: { control, reason } };
}
