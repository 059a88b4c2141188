import type { Finding } from '../report.js';
import { type Claims, readClaims } from '../token/claims.js';
import type { FoundToken } from '../token/find.js';
import { localEnvironment } from '../token/local.js';
import { idProblem } from '../token/user.js';
import { type Expectations, issueCommand } from './expectations.js';
import { scopeChecker } from './scopes.js';
import { checkShape } from './shape.js';
import { checkTime } from './time.js';
import { checkUser } from './user.js';
import { checkWorkspace } from './workspace.js';

const notAsked: Finding = Object.freeze({ code: 'courier.not-asked', status: 'skip', facts: {} });

/** What is found of a token; `now` is in seconds since the epoch. */
export type Checker = (token: FoundToken, claims: Claims, now: number) => Finding[];

/**
 * Everything that can be said of a token from its claims, all at once. `now` is in seconds since the epoch.
 * @throws {Failure} `usage.value` for an unknown surface
 */
export function checkFound(token: FoundToken, expected: Expectations, now: number): Finding[] {
  const findings = checkerFor(expected)(token, readClaims(token.payload), now);
  // Whoever has them may add to them.
  return findings.map((finding) => ({ ...finding }));
}

/** Stand in a finding for the command that mints a better token, which is made where one is needed. */
const toMint: string[] = [];
const toMintAnywhere: string[] = [];

/** The same for many tokens. Findings that do not differ between them are shared, and so frozen. */
export function checkerFor(expected: Expectations): Checker {
  const scopesOf = scopeChecker(expected, toMint);
  const isLocalExpected = expected.environment?.name === localEnvironment;
  return (token, claims, now) => {
    const { requirement, findings } = scopesOf(claims.scopes);
    const all = [
      ...checkShape(token, claims, isLocalExpected, toMintAnywhere),
      ...checkTime(claims, expected, now, toMint),
      ...checkUser(claims, expected, requirement.needsUser, toMint),
      ...findings,
      ...checkWorkspace(claims, expected, toMint),
      notAsked,
    ];
    return all.some(isToMend) ? mended(all, token, claims, expected, requirement.tenant) : all;
  };
}

function isToMend({ fix }: Finding): boolean {
  return fix === toMint || fix === toMintAnywhere;
}

function mended(
  findings: Finding[],
  token: FoundToken,
  claims: Claims,
  expected: Expectations,
  tenant: string | undefined,
): Finding[] {
  const required = (expected.require ?? []).flatMap((scope) => /^user_id:(.+)$/s.exec(scope)?.[1] ?? []);
  const user = [expected.user, ...required, ...claims.users].find(
    (id) => id !== undefined && idProblem(id) === undefined,
  );
  const mint = (environment: string | undefined) => issueCommand(expected, { user, tenant, environment });
  const anywhere = mint(expected.mintIn);
  const fix = mint(expected.mintIn ?? (token.local ? localEnvironment : undefined));
  return findings.map((one) => (isToMend(one) ? { ...one, fix: one.fix === toMint ? fix : anywhere } : one));
}
