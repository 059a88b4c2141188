import { checkFound } from './checks/check-token.js';
import type { Expectations } from './checks/expectations.js';
import { checkGrant } from './checks/grant.js';
import { issueToken as mint } from './courier/client.js';
import type { Region } from './courier/regions.js';
import type { Transport } from './courier/transport.js';
import { checkKey } from './environments/key.js';
import { Failure } from './errors.js';
import { baseUrlOf, network, wait, withoutKey } from './outside.js';
import { type Finding, type Report, makeReport } from './report.js';
import { type ScopeRequest, composeScopes } from './scopes/compose.js';
import { speaking } from './speaking.js';
import { readClaims } from './token/claims.js';
import { parseDuration } from './token/duration.js';
import { findToken } from './token/find.js';
import { isoOrNull } from './token/time.js';
import { type TokenView, viewToken } from './token/view.js';
import { judged } from './untyped.js';

export type { Expectations, Finding, Region, Report, ScopeRequest, TokenView, Transport };
export type { FailureCode, FailureFacts } from './errors.js';
export type { Facts, Status } from './report.js';
export type { HttpRequest, HttpResponse } from './courier/transport.js';
export { type IssueTokensOptions, type UserToMint, issueTokens } from './bulk/issue-tokens.js';
export type { UserToken, UserTokenError } from './bulk/result.js';
export { Failure };
/** The sentence of a finding. */
export { describe as describeFinding } from './output/messages/findings.js';

export interface IssueTokenOptions extends ScopeRequest {
  apiKey: string;
  /** In the grammar of the npm package `ms`; `1d` unless given. */
  expiresIn?: string;
  /** `us` unless given. */
  region?: Region;
  /** Courier somewhere else than in a region; https, or loopback. */
  baseUrl?: string;
  /** Per attempt, the body included, in milliseconds; 10 000 unless given. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Instead of the network. */
  transport?: Transport;
}

export interface IssuedToken {
  token: string;
  user: string;
  /** What was asked for. */
  scopes: string[];
  /** What the token claims. */
  granted: string[];
  /** ISO 8601 in UTC; null for a token that never expires. */
  expiresAt: string | null;
  /** Where the token differs from what was asked: `fail` where it is less. */
  warnings: Finding[];
}

/**
 * Mints a token for one user through Courier's `POST /auth/issue-token`, with two retries.
 * @throws {Failure} `user.invalid`, `key.refused`, `courier.unreachable` and others; its message is a sentence
 */
export async function issueToken(options: IssueTokenOptions): Promise<IssuedToken> {
  return speaking(async () => {
    const given: Untyped = judged(options, {
      ...scopeOptions,
      apiKey: 'text',
      expiresIn: 'any',
      region: 'text',
      baseUrl: 'text',
      timeoutMs: 'any',
      signal: 'any',
      transport: 'any',
    });
    const { user = '', apiKey: key = '', timeoutMs = 10_000, signal } = given;
    const expiresIn = String(given.expiresIn ?? '1d');
    const scopes = composeScopes({ ...options, user });
    const lifetime = parseDuration(expiresIn);
    if ('problem' in lifetime)
      throw new Failure('duration.invalid', { option: 'expiresIn', value: expiresIn, problem: lifetime.problem });
    const baseUrl = baseUrlOf(given);
    const apiKey = checkKey(key, 'apiKey');
    const transport = withoutKey(options.transport ?? (await network()), apiKey);
    const token = await mint(
      transport,
      { baseUrl, apiKey, scopes, expiresIn, timeoutMs, signal, environment: 'apiKey' },
      { sleep: (ms) => wait(ms, signal), random: Math.random },
    );
    const claims = readClaims(token.payload);
    return {
      token: token.raw,
      user,
      scopes,
      granted: claims.scopes,
      expiresAt: isoOrNull(claims.expiresAt),
      warnings: checkGrant(claims, { user, scopes, lifetimeSeconds: lifetime.seconds }),
    };
  });
}

/**
 * What a token claims, found in any text; its signature is left out, and verified by nobody. `now` in seconds.
 * @throws {Failure} of the `token` family
 */
export function decodeToken(text: string, { now = Date.now() / 1000 } = {}): TokenView {
  return speaking(() => viewToken(findToken(judgedText(text)), now));
}

/**
 * Judges a token by its claims, without network: `ok`, and every finding. Durations and `now` in seconds.
 * @throws {Failure} of the `token` family, or `usage.value` for an unknown surface
 */
export function checkToken(
  text: string,
  expected: Expectations = {},
  { now = Date.now() / 1000, strict = false } = {},
): Report {
  return speaking(() => {
    const wanted = judged(expected, {
      for: 'list',
      require: 'list',
      user: 'text',
      tenantScope: 'text',
      environment: 'any',
      mintIn: 'text',
      minTtl: 'seconds',
      leeway: 'seconds',
    });
    return makeReport(checkFound(findToken(judgedText(text)), wanted, now), { strict });
  });
}

/**
 * The scope string for `POST /auth/issue-token`.
 * @throws {Failure} `user.invalid` for a user id that would add scopes, and others
 */
export function scopeString(request: ScopeRequest): string {
  return speaking(() => composeScopes(judged(request, scopeOptions)).join(' '));
}

const scopeOptions = { user: 'text', for: 'list', scopes: 'list', tenant: 'text' } as const;

/** @throws {Failure} `token.empty` */
function judgedText(text: unknown): string {
  if (typeof text === 'string') return text;
  throw new Failure('token.empty', { source: 'the token' });
}

/** What callers without types give. */
type Untyped = Partial<Omit<IssueTokenOptions, 'expiresIn' | 'region'>> & {
  expiresIn?: string | number;
  region?: string;
};
