import type { Finding } from '../report.js';
import { readClaims } from '../token/claims.js';
import type { FoundToken } from '../token/find.js';
import { localEnvironment } from '../token/local.js';
import { idProblem } from '../token/user.js';
import { type Expectations, issueCommand } from './expectations.js';
import { checkScopes, requirementOf } from './scopes.js';
import { checkShape } from './shape.js';
import { checkTime } from './time.js';
import { checkUser } from './user.js';
import { checkWorkspace } from './workspace.js';

/**
 * Everything that can be said of a token from its claims, all at once. `now` is in seconds since the epoch.
 * @throws {Failure} `usage.value` for an unknown surface
 */
export function checkFound(token: FoundToken, expected: Expectations, now: number): Finding[] {
  const claims = readClaims(token.payload);
  const requirement = requirementOf(expected, claims.scopes);
  const required = (expected.require ?? []).flatMap((scope) => /^user_id:(.+)$/s.exec(scope)?.[1] ?? []);
  const user = [expected.user, ...required, ...claims.users].find(
    (id) => id !== undefined && idProblem(id) === undefined,
  );
  const instead = { user, tenant: requirement.tenant };
  const environment = expected.mintIn ?? (token.local ? localEnvironment : undefined);
  const fix = issueCommand(expected, { ...instead, environment });
  return [
    ...checkShape(
      token,
      claims,
      expected.environment?.name === localEnvironment,
      issueCommand(expected, { ...instead, environment: expected.mintIn }),
    ),
    ...checkTime(claims, expected, now, fix),
    ...checkUser(claims, expected, requirement.needsUser, fix),
    ...checkScopes(claims.scopes, requirement, fix),
    ...checkWorkspace(claims, expected, fix),
    { code: 'courier.not-asked', status: 'skip', facts: {} },
  ];
}
