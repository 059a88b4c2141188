import { checkKey } from '../environments/key.js';
import { isProductionKey, isProductionScope } from '../environments/production.js';
import type { Verdict, VerdictCode } from '../request-entry.js';
import { covers } from '../scopes/match.js';
import { readClaims } from '../token/claims.js';
import { type Jwt, decodeJwt } from '../token/decode.js';
import { isLocal } from '../token/local.js';
import { timeState } from '../token/time.js';
import { Refusal, errorAnswer } from './answer.js';
import { sign } from './sign.js';

/** Data of one environment is not seen from the other. */
export const environments = ['test', 'production'] as const;
export type EnvironmentName = (typeof environments)[number];

/** Who asks, by a genuine token or an API key. */
export interface Caller {
  environment: EnvironmentName;
  by: 'token' | 'key';
  /** Of a token; nothing for a key, which may do all in its environment. */
  users: string[];
  scopes: string[];
  /** Seconds since the epoch; null for what never expires. */
  expiresAt: number | null;
  /** The API key itself, to tell whose `Idempotency-Key` it is. */
  key?: string;
}

export interface Judging {
  /** Seconds since the epoch. */
  now: number;
  /** The only key that is accepted; without it any that has the look of one. */
  apiKey: string | undefined;
}

/**
 * Who the `Authorization` header, or the socket's `auth`, says it is.
 * @throws {Refusal} 401
 */
export function callerOf(bearer: string | undefined, judging: Judging): Caller {
  if (!bearer) throw unauthorized('credentials.missing');
  return bearer.split('.').length === 3 ? byToken(bearer, judging) : byKey(bearer, judging);
}

/** The credential in an `Authorization` header; the scheme is `Bearer`, in any case. */
export function bearerIn(authorization: string | undefined): string | undefined {
  return /^bearer +(\S.*)$/i.exec(authorization ?? '')?.[1];
}

/** Lets in whoever holds an API key. A user token opens only what its scopes name. */
export function requireKey(caller: Caller): void {
  if (caller.by !== 'key') throw forbidden('key.needed');
}

/** Lets in a key, or a token with the scope and, where one is named, with the user. */
export function requireScope(caller: Caller, scope: string | undefined, user?: string): void {
  if (caller.by === 'key') return;
  if (user !== undefined && !caller.users.includes(user)) throw forbidden('user.mismatch', user);
  if (scope !== undefined && !hasScope(caller, scope)) throw forbidden('scope.missing', scope);
}

export function hasScope(caller: Caller, scope: string): boolean {
  return caller.by === 'key' || caller.scopes.some((granted) => covers(granted, scope));
}

/**
 * The user whose data a GraphQL call is about: `x-courier-user-id`, which the web SDK takes from `signIn` and not from
 * the token, else the token's first.
 */
export function userOf(caller: Caller, header: string | undefined): string {
  const user = header || caller.users[0];
  if (user === undefined) throw forbidden('user.missing');
  requireScope(caller, undefined, user);
  return user;
}

function byToken(raw: string, { now }: Judging): Caller {
  const token = decoded(raw);
  if (token.header.alg !== 'HS256') throw unauthorized('token.malformed', 'alg');
  if (!isLocal(token, sign)) throw unauthorized('signature.foreign');
  const claims = readClaims(token.payload);
  const [mistyped] = claims.mistyped;
  if (mistyped) throw unauthorized('token.malformed', mistyped.claim);
  const time = timeState(claims, now);
  if (time === 'expired') throw unauthorized('expiry.expired');
  if (time === 'not-yet-valid') throw unauthorized('clock.not-yet-valid');
  return {
    environment: isProductionScope(claims.tenantScope) ? 'production' : 'test',
    by: 'token',
    users: claims.users,
    scopes: claims.scopes,
    expiresAt: claims.expiresAt,
  };
}

function decoded(raw: string): Jwt {
  try {
    return decodeJwt(raw);
  } catch {
    throw unauthorized('token.malformed');
  }
}

function byKey(key: string, { apiKey }: Judging): Caller {
  if (apiKey === undefined ? !isPlausible(key) : key !== apiKey) throw unauthorized('key.refused');
  const environment = isProductionKey(key) ? 'production' : 'test';
  return { environment, by: 'key', users: [], scopes: [], expiresAt: null, key };
}

function isPlausible(key: string): boolean {
  try {
    return checkKey(key, 'Authorization') === key;
  } catch {
    return false;
  }
}

/** Courier says no more than that. */
function unauthorized(code: VerdictCode, subject?: string): Refusal {
  return new Refusal(errorAnswer(401, 'Unauthorized'), verdict(code, subject));
}

function forbidden(code: VerdictCode, subject?: string): Refusal {
  return new Refusal(errorAnswer(403, 'Forbidden'), verdict(code, subject));
}

function verdict(code: VerdictCode, subject: string | undefined): Verdict {
  return subject === undefined ? { code } : { code, subject };
}
