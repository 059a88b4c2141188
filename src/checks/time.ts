import type { Facts, Finding } from '../report.js';
import type { Claims } from '../token/claims.js';
import { isoOrNull, secondsAhead, skewSeconds } from '../token/time.js';
import type { Expectations } from './expectations.js';

/** A lifetime over this is warned of: a token cannot be revoked. Source: the how-to's security notes. */
export const longLifetimeSeconds = 30 * 86_400;

/** Expiry, clock and lifetime. `now` in seconds; `fix` mints a new token. */
export function checkTime(claims: Claims, expected: Expectations, now: number, fix: string[]): Finding[] {
  return [...checkClock(claims, now, fix), ...checkExpiry(claims, expected, now, fix), ...checkLifetime(claims, fix)];
}

function checkExpiry({ expiresAt, mistyped }: Claims, expected: Expectations, now: number, fix: string[]): Finding[] {
  // One that cannot be read is not none: `claim.type` says so.
  if (mistyped.some(({ claim }) => claim === 'exp')) return [];
  if (expiresAt === null) return [{ code: 'expiry.never', status: 'warn', facts: {}, fix }];
  const { leeway = 0, minTtl = 0 } = expected;
  const remainingSeconds = Math.floor(expiresAt - now);
  const facts: Facts = { expiresAt: isoOrNull(expiresAt), remainingSeconds };
  if (expiresAt <= now) {
    // What must live on is not helped by leeway.
    const status = expiresAt + leeway > now && minTtl === 0 ? 'warn' : 'fail';
    return [{ code: 'expiry.expired', status, facts: { ...facts, leewaySeconds: leeway }, fix }];
  }
  if (remainingSeconds < minTtl)
    return [{ code: 'expiry.min-ttl', status: 'fail', facts: { ...facts, minTtlSeconds: minTtl }, fix }];
  return [{ code: 'expiry.valid', status: 'pass', facts }];
}

function checkClock(claims: Claims, now: number, fix: string[]): Finding[] {
  const ahead = Math.ceil(secondsAhead(claims, now));
  if (ahead === 0) return [];
  const facts = { aheadSeconds: ahead, issuedAt: isoOrNull(claims.issuedAt), notBefore: isoOrNull(claims.notBefore) };
  return ahead > skewSeconds
    ? [{ code: 'clock.not-yet-valid', status: 'fail', facts, fix }]
    : [{ code: 'clock.skew', status: 'warn', facts }];
}

function checkLifetime({ issuedAt, expiresAt }: Claims, fix: string[]): Finding[] {
  if (issuedAt === null || expiresAt === null || expiresAt - issuedAt <= longLifetimeSeconds) return [];
  return [{ code: 'expiry.long', status: 'warn', facts: { lifetimeSeconds: expiresAt - issuedAt }, fix }];
}
