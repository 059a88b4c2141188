import { type Expectations, issueCommand } from '../../checks/expectations.js';
import { checkFresh } from '../../checks/fresh.js';
import { type Asked, checkGrant } from '../../checks/grant.js';
import { triedScopes } from '../../courier/access.js';
import { labelOf } from '../../environments/resolve.js';
import { unmadeCheck } from '../../output/messages/unmade.js';
import type { Finding } from '../../report.js';
import { composeScopes } from '../../scopes/compose.js';
import { readClaims } from '../../token/claims.js';
import { idProblem } from '../../token/user.js';
import { mintToken, targetOf } from '../mint.js';
import { type Proof, type Target, answeredIn, checkUnanswered, networkOf, tryToken } from '../online.js';
import type { Tools } from '../tools.js';
import type { ExaminedKey } from './key.js';

const lifetime = { expiresIn: '120s', lifetimeSeconds: 120 };

interface Trying {
  key: ExaminedKey;
  target: Target;
  proof: Proof | undefined;
  expected: Expectations;
  allowProduction?: boolean;
}

/** Mints a token for the same user, and tries it as the given one was. */
export async function tryFresh(trying: Trying, tools: Tools): Promise<Finding[]> {
  const { key, target, proof, expected, allowProduction = false } = trying;
  const { environment } = key;
  const user = proof?.user ?? expected.user;
  if (!environment || user === undefined || idProblem(user)) return [];
  const label = labelOf(environment.choice);
  if (key.isProduction && !allowProduction)
    return [{ code: 'fresh.not-tried', status: 'skip', subject: label, facts: {} }];
  const asked: Asked = {
    user,
    scopes: composeScopes({ user, for: expected.for }),
    lifetimeSeconds: lifetime.lifetimeSeconds,
  };
  try {
    const { choice } = environment;
    const minted = await mintToken(targetOf(environment), { ...asked, ...lifetime }, tools);
    const claims = readClaims(minted.payload);
    const scopes = triedScopes(claims, [], user);
    const network = await networkOf(target, tools);
    const access = await tryToken(minted.raw, { network, user, baseUrl: target.baseUrl, scopes }, tools);
    const given = (scope: string) => proof && answeredIn(proof.access).find((answer) => answer.scope === scope);
    const less = checkGrant(claims, asked).map((finding) => ({ ...finding, facts: { ...finding.facts, of: label } }));
    const fixes = {
      mint: issueCommand(expected, { user, environment: choice.name ?? undefined }),
      check: ['courier-jwt', 'env', 'check', ...(choice.name === null ? [] : [choice.name])],
    };
    const unanswered = checkUnanswered(access).map((finding) => ({
      ...finding,
      subject: `a token minted just now, ${finding.subject}`,
    }));
    return [
      ...less,
      ...answeredIn(access).map((answer) => checkFresh(answer, given(answer.scope), fixes)),
      ...unanswered,
    ];
  } catch (error) {
    return [unmadeCheck(error, label)];
  }
}
