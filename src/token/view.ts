import { type Claims, readClaims } from './claims.js';
import type { JsonObject } from './decode.js';
import type { FoundToken } from './find.js';
import { type TimeState, isoOrNull, timeState } from './time.js';

/** A token as it may be shown: everything but the signature. Documented in README; `decode --json` prints it. */
export interface TokenView {
  header: JsonObject;
  payload: JsonObject;
  users: string[];
  scopes: string[];
  time: {
    state: TimeState;
    /** ISO 8601, UTC. */
    issuedAt: string | null;
    expiresAt: string | null;
    /** Negative once it has expired; null when it never does. */
    remainingSeconds: number | null;
  };
  workspace: { tenantId: string | null; tenantScope: string | null };
  /** `local`: signed by the embedded Courier. Nothing else can be told without Courier. */
  signature: 'not-verified' | 'local';
}

/** `now` in seconds since the epoch. */
export function viewToken(token: FoundToken, now: number, claims = readClaims(token.payload)): TokenView {
  return {
    header: token.header,
    payload: token.payload,
    users: claims.users,
    scopes: claims.scopes,
    time: timeOf(claims, now),
    workspace: { tenantId: claims.tenantId, tenantScope: claims.tenantScope },
    signature: token.local ? 'local' : 'not-verified',
  };
}

function timeOf(claims: Claims, now: number): TokenView['time'] {
  return {
    state: timeState(claims, now),
    issuedAt: isoOrNull(claims.issuedAt),
    expiresAt: isoOrNull(claims.expiresAt),
    remainingSeconds: claims.expiresAt === null ? null : Math.floor(claims.expiresAt - now),
  };
}
