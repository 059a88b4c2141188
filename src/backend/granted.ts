import { type Asked, checkGrant } from '../checks/grant.js';
import { Failure } from '../errors.js';
import { type Claims, readClaims } from '../token/claims.js';
import type { Jwt } from '../token/decode.js';
import { isoOrNull } from '../token/time.js';
import type { LogEntry } from './log.js';
import { type Granted, inSeconds } from './tokens.js';

/**
 * A token that was minted, as it is handed out, and as it is told of: one that may do less or more than was asked, too.
 * @throws {Failure} `courier.nonsense`, for one that is not the user's alone, or never ends: a browser would have it, and it
 * cannot be revoked
 */
export function grantedOf(
  token: Jwt,
  { expiresIn, ...asked }: Asked & { expiresIn: string },
  host: string,
): Granted & { entry: LogEntry } {
  const claims = readClaims(token.payload);
  const differences = checkGrant(claims, asked);
  const expiresAt = isoOrNull(claims.expiresAt);
  const lifetimeSeconds = lifetimeOf(claims, asked);
  const isForeign = differences.some(({ code }) => code === 'grant.user');
  if (isForeign || expiresAt === null || lifetimeSeconds <= 0)
    throw new Failure('courier.nonsense', { host, problem: 'not-asked-for' });
  const isShort = differences.some(({ code }) => code === 'grant.lifetime-short');
  const missing = differences.flatMap(({ code, subject }) => (code === 'grant.scope-missing' ? [subject ?? ''] : []));
  const { jti } = token.payload;
  return {
    token: token.raw,
    lifetimeSeconds,
    expiresIn: isShort ? inSeconds(lifetimeSeconds) : expiresIn,
    expiresAt,
    entry: {
      event: 'token',
      user: asked.user,
      scopes: claims.scopes,
      missing,
      expiresAt,
      jti: typeof jti === 'string' ? jti : null,
    },
  };
}

/** By Courier's clock alone; as asked, where it does not say when the life began, or makes it longer than it can be. */
function lifetimeOf({ issuedAt, expiresAt }: Claims, { lifetimeSeconds }: Asked): number {
  return issuedAt === null || expiresAt === null ? lifetimeSeconds : Math.min(lifetimeSeconds, expiresAt - issuedAt);
}
