import { isProductionKey } from '../environments/production.js';
import type { JsonObject } from '../token/decode.js';
import { parseDuration } from '../token/duration.js';
import { type Sign, localWorkspace, signLocally } from '../token/local.js';

export interface Mint {
  /** Seconds since the epoch. */
  now: number;
  /** A UUID for `jti`. */
  id: string;
  /** The API key; `--env local` has none, and mints for published/test. */
  key?: string | undefined;
  sign?: Sign;
}

/** Courier's answer to the body of `POST /auth/issue-token`: a token of Courier's exact shape, or its error. */
export function mint(
  body: unknown,
  { now, id, key = '', sign = signLocally }: Mint,
): { status: number; body: JsonObject } {
  const { scope, expires_in: expiresIn } = (body ?? {}) as JsonObject;
  if (typeof scope !== 'string' || scope.trim() === '') return invalid('scope is required');
  const lifetime = expiresIn === undefined ? null : lifetimeSeconds(expiresIn);
  if (lifetime === undefined) return invalid('expires_in must be a duration such as "1d", or a number of seconds');
  const iat = Math.floor(now);
  const claims = {
    scope,
    ...workspaceOf(key),
    iat,
    ...(lifetime === null ? {} : { exp: Math.floor(iat + lifetime) }),
    jti: id,
  };
  return { status: 200, body: { token: signed(claims, sign) } };
}

/** State and environment stand in a key's prefix. A `token_` key's are known to Courier only: here they are published/test. */
function workspaceOf(key: string) {
  const state = key.startsWith('dk_') ? 'draft' : 'published';
  if (!isProductionKey(key)) return { tenant_scope: `${state}/test`, tenant_id: localWorkspace.tenantId };
  return { tenant_scope: `${state}/production`, tenant_id: localWorkspace.tenantId.replace('/test', '') };
}

function lifetimeSeconds(expiresIn: unknown): number | undefined {
  if (typeof expiresIn === 'number') return expiresIn > 0 && Number.isFinite(expiresIn) ? expiresIn : undefined;
  if (typeof expiresIn !== 'string') return undefined;
  const parsed = parseDuration(expiresIn);
  return 'seconds' in parsed ? parsed.seconds : undefined;
}

const header = encoded({ alg: 'HS256', typ: 'JWT' });

function signed(claims: JsonObject, sign: Sign): string {
  const input = `${header}.${encoded(claims)}`;
  return `${input}.${sign(input)}`;
}

function encoded(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function invalid(message: string): { status: number; body: JsonObject } {
  return { status: 400, body: { message, type: 'invalid_request_error' } };
}
