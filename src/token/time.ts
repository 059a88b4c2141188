import { memo } from '../memo.js';
import type { Claims } from './claims.js';

/** How far `iat` or `nbf` may lie ahead before the token counts as not yet valid, in seconds. */
export const skewSeconds = 60;

export type TimeState = 'valid' | 'expired' | 'no-expiry' | 'not-yet-valid';

/** Where a token stands in time. `now` is in seconds since the epoch; a token is expired from the second `exp` on. */
export function timeState(claims: Pick<Claims, 'issuedAt' | 'expiresAt' | 'notBefore'>, now: number): TimeState {
  if (claims.expiresAt !== null && claims.expiresAt <= now) return 'expired';
  if (secondsAhead(claims, now) > skewSeconds) return 'not-yet-valid';
  return claims.expiresAt === null ? 'no-expiry' : 'valid';
}

/** How many seconds `iat` or `nbf` lies ahead of `now`; 0 when neither does. */
export function secondsAhead(claims: Pick<Claims, 'issuedAt' | 'notBefore'>, now: number): number {
  return Math.max(0, (claims.issuedAt ?? 0) - now, (claims.notBefore ?? 0) - now);
}

/** A claim's seconds as ISO 8601 in UTC (whole seconds), or null where they are no date. */
export function isoOrNull(seconds: unknown): string | null {
  if (typeof seconds !== 'number') return null;
  const minute = Math.floor(seconds / 60);
  if (Number.isInteger(seconds) && isDate(seconds)) return `${minuteOf(minute)}${twoDigits(seconds - minute * 60)}Z`;
  return isDate(seconds) ? isoOf(seconds) : null;
}

function isDate(seconds: number): boolean {
  return Math.abs(seconds) <= 8.64e12;
}

function isoOf(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, -'.000Z'.length)}Z`;
}

/** To make a date takes long, and those of a stream are near each other. */
const minuteOf = memo((minute: number) => isoOf(minute * 60).slice(0, -'00Z'.length));

const twoDigits = (number: number) => (number < 10 ? `0${number}` : String(number));
