import type { Claims } from '../../src/token/claims.js';
import type { FoundToken } from '../../src/token/find.js';

/** 2026-01-01T00:00:00Z, in seconds. */
export const now = 1_767_225_600;

/** The command that stands for any. */
export const fix = ['courier-jwt', 'issue'];

/** Claims with nothing in them but what is given. */
export function someClaims(claims: Partial<Claims> = {}): Claims {
  return {
    scopes: [],
    users: [],
    issuedAt: null,
    expiresAt: null,
    notBefore: null,
    tenantId: null,
    tenantScope: null,
    mistyped: [],
    ...claims,
  };
}

/** A token in sound shape but for what is given. */
export function someToken(token: Partial<FoundToken> = {}): FoundToken {
  return {
    raw: 'a.b.c',
    header: { alg: 'HS256', typ: 'JWT' },
    payload: { scope: 'user_id:alice' },
    signature: 's'.repeat(43),
    doubledBearer: false,
    local: false,
    ...token,
  };
}
