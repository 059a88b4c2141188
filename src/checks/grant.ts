import type { Finding } from '../report.js';
import { covers } from '../scopes/match.js';
import type { Claims } from '../token/claims.js';
import { isoOrNull } from '../token/time.js';

export interface Asked {
  /** `user_id:` included. */
  scopes: string[];
  user: string;
  lifetimeSeconds: number;
}

/** Between Courier's clock and rounding, a lifetime may come back this much off. */
const toleranceSeconds = 2;

/** Compares what was granted with what was asked: less fails, more warns. */
export function checkGrant(claims: Claims, asked: Asked): Finding[] {
  return [...grantedScopes(claims, asked), ...grantedUser(claims, asked), ...grantedLifetime(claims, asked)];
}

function grantedScopes({ scopes }: Claims, asked: Asked): Finding[] {
  // Nearly always, and quickly told.
  if (scopes.join(' ') === asked.scopes.join(' ')) return [];
  const named = (list: string[]) => list.filter((scope) => !scope.startsWith('user_id:'));
  const missing = named(asked.scopes).filter((scope) => !scopes.some((granted) => covers(granted, scope)));
  const extra = named(scopes).filter((scope) => !asked.scopes.some((wanted) => covers(wanted, scope)));
  return [
    ...missing.map((scope): Finding => ({ code: 'grant.scope-missing', status: 'fail', subject: scope, facts: {} })),
    ...extra.map((scope): Finding => ({ code: 'grant.scope-extra', status: 'warn', subject: scope, facts: {} })),
  ];
}

function grantedUser({ users }: Claims, { user }: Asked): Finding[] {
  if (users.length === 1 && users[0] === user) return [];
  return [{ code: 'grant.user', status: 'fail', subject: user, facts: { users } }];
}

function grantedLifetime({ issuedAt, expiresAt }: Claims, { lifetimeSeconds }: Asked): Finding[] {
  if (expiresAt === null) return [{ code: 'expiry.never', status: 'warn', facts: {} }];
  if (issuedAt === null) return [];
  const granted = expiresAt - issuedAt;
  if (Math.abs(granted - lifetimeSeconds) <= toleranceSeconds) return [];
  const facts = { askedSeconds: lifetimeSeconds, grantedSeconds: granted, expiresAt: isoOrNull(expiresAt) };
  return granted < lifetimeSeconds
    ? [{ code: 'grant.lifetime-short', status: 'fail', facts }]
    : [{ code: 'grant.lifetime-long', status: 'warn', facts }];
}
