import { type Asked, checkGrant } from '../checks/grant.js';
import { Failure } from '../errors.js';
import { readClaims } from '../token/claims.js';
import type { Jwt } from '../token/decode.js';
import { isoOrNull } from '../token/time.js';
import type { LogEntry } from './log.js';
import type { Granted } from './tokens.js';

/**
 * A token that was minted, as it is handed out, and as it is told of.
 * @throws {Failure} `courier.nonsense`, for one that is not the user's alone
 */
export function grantedOf(token: Jwt, asked: Asked, host: string): Granted & { entry: LogEntry } {
  const claims = readClaims(token.payload);
  const differences = checkGrant(claims, asked);
  if (differences.some(({ code }) => code === 'grant.user'))
    throw new Failure('courier.nonsense', { host, problem: 'not-asked-for' });
  const missing = differences.flatMap(({ code, subject }) => (code === 'grant.scope-missing' ? [subject ?? ''] : []));
  const { jti } = token.payload;
  const expiresAt = isoOrNull(claims.expiresAt);
  return {
    token: token.raw,
    lifetimeSeconds:
      claims.expiresAt === null
        ? null
        : claims.expiresAt - (claims.issuedAt ?? claims.expiresAt - asked.lifetimeSeconds),
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
