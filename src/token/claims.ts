import { memo } from '../memo.js';
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
    mistyped: mistypedIn(payload),
  };
}

function mistypedIn(payload: JsonObject): Claims['mistyped'] {
  const { scope, tenant_id: tenantId, tenant_scope: tenantScope, iat, exp, nbf } = payload;
  // Nearly all have none, and to look for each by its name takes long.
  if (areOf('string', scope, tenantId, tenantScope) && areOf('number', iat, exp, nbf)) return [];
  return typedClaims
    .filter(({ claim, expected }) => !areOf(expected, payload[claim]))
    .map(({ claim, expected }) => ({ claim, expected, found: typeName(payload[claim]) }));
}

function areOf(type: 'string' | 'number', ...values: unknown[]): boolean {
  return values.every((value) => value === undefined || typeof value === type);
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** Splits at spaces only, as Courier does: a tab or a line break is part of a scope, and shows as one. */
export function scopesIn({ scope }: JsonObject): string[] {
  if (typeof scope !== 'string') return [];
  // Who is named first is nearly always all that differs.
  const first = scope.slice(0, Math.max(0, scope.indexOf(' ')));
  const rest = splitAtSpaces(scope.slice(first.length));
  return first === '' ? [...rest] : [first, ...rest];
}

const splitAtSpaces = memo((text: string) => text.split(' ').filter(Boolean));

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
