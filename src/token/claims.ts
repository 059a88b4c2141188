import type { JsonObject } from './decode.js';

/** The claims of a Courier token, as far as they have the right type. Times are in seconds. Source: courier.com tokens as published. */
export interface Claims {
  scopes: string[];
  users: string[];
  issuedAt: number | null;
  expiresAt: number | null;
  notBefore: number | null;
  /** The workspace: Courier calls it tenant. In Test it is a UUID followed by `/test`. */
  tenantId: string | null;
  /** State and environment of the key that minted it: `published/production`. */
  tenantScope: string | null;
  /** Claims that are there with a type that Courier never gives them. */
  mistyped: { claim: string; expected: 'string' | 'number'; found: string }[];
}

const expectedTypes = {
  scope: 'string',
  tenant_id: 'string',
  tenant_scope: 'string',
  iat: 'number',
  exp: 'number',
  nbf: 'number',
} as const;
const typedClaims = Object.entries(expectedTypes).map(([claim, expected]) => ({ claim, expected }));

/** Reads the claims of a payload; never throws. */
export function readClaims(payload: JsonObject): Claims {
  const scopes = scopesIn(payload);
  return {
    scopes,
    users: usersOf(scopes),
    issuedAt: numberOrNull(payload.iat),
    expiresAt: numberOrNull(payload.exp),
    notBefore: numberOrNull(payload.nbf),
    tenantId: textOrNull(payload.tenant_id),
    tenantScope: textOrNull(payload.tenant_scope),
    mistyped: typedClaims
      .filter(({ claim, expected }) => payload[claim] !== undefined && typeof payload[claim] !== expected)
      .map(({ claim, expected }) => ({ claim, expected, found: typeName(payload[claim]) })),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** Splits at spaces only, as Courier does: a tab or a line break is part of a scope, and shows as one. */
export function scopesIn(payload: JsonObject): string[] {
  const scopes = typeof payload.scope === 'string' ? payload.scope.split(' ') : [];
  return scopes.includes('') ? scopes.filter(Boolean) : scopes;
}

export function usersIn(payload: JsonObject): string[] {
  return usersOf(scopesIn(payload));
}

function usersOf(scopes: string[]): string[] {
  const users = scopes.filter((scope) => scope.startsWith('user_id:'));
  const ids = users.map((scope) => scope.slice('user_id:'.length));
  // Nearly always there is one.
  return ids.length > 1 ? [...new Set(ids)] : ids;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
