import { Failure } from '../errors.js';
import { type Jwt, decodeJwt } from '../token/decode.js';
import { fieldOf, hostOf, messageIn, parseJson, statusFailure } from './answers.js';
import { type RetryContext, withRetries } from './retry.js';
import type { HttpRequest, HttpResponse, Transport } from './transport.js';
import { userAgent } from './user-agent.js';

export interface IssueRequest {
  /** Without a slash at its end. */
  baseUrl: string;
  apiKey: string;
  scopes: string[];
  /** In the grammar of the npm package `ms`: `1d`, `2 hours`. */
  expiresIn: string;
  /** Per attempt, in milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** For messages: what the key belongs to. */
  environment: string;
}

/** The request that mints a token. Source: create-a-jwt, POST /auth/issue-token. */
export function issueHttpRequest(request: Omit<IssueRequest, 'environment'>): HttpRequest {
  return {
    method: 'POST',
    url: `${request.baseUrl}/auth/issue-token`,
    headers: {
      Accept: 'application/json',
      Authorization: `Bearer ${request.apiKey}`,
      'Content-Type': 'application/json',
      'User-Agent': userAgent,
    },
    body: JSON.stringify({ scope: request.scopes.join(' '), expires_in: request.expiresIn }),
    timeoutMs: request.timeoutMs,
    signal: request.signal,
  };
}

/**
 * Mints a token.
 * @throws {Failure} `request.rejected` (400), `key.refused` (401, 403) or one of the `courier` family
 */
export async function issueToken(transport: Transport, request: IssueRequest, retry: RetryContext): Promise<Jwt> {
  const response = await withRetries(() => transport.send(issueHttpRequest(request)), retry);
  return tokenOf(response, { host: hostOf(request.baseUrl), environment: request.environment });
}

/** Whom a failure names. */
export interface AnswerFrom {
  host: string;
  /** What the key belongs to. */
  environment: string;
}

/**
 * The token that Courier answered with.
 * @throws {Failure} as `issueToken`
 */
export function tokenOf(response: HttpResponse, { host, environment }: AnswerFrom, decode = decodeJwt): Jwt {
  if (response.status < 200 || response.status > 299) throw failureOf(response, host, environment);
  return tokenIn(response.body, host, decode);
}

function failureOf(response: HttpResponse, host: string, environment: string): Failure {
  const { status, body } = response;
  if (status === 400) return new Failure('request.rejected', { status, message: messageIn(body) });
  if (status === 401 || status === 403) return new Failure('key.refused', { status, environment, host });
  return statusFailure(response, host);
}

function tokenIn(body: string, host: string, decode: typeof decodeJwt): Jwt {
  const answer = parseJson(body);
  if (answer === undefined) throw new Failure('courier.nonsense', { host, problem: 'not-json' });
  const token = fieldOf(answer, 'token');
  if (typeof token !== 'string') throw new Failure('courier.nonsense', { host, problem: 'no-token' });
  try {
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token))
      throw new Failure('token.none', { bytes: token.length, binary: false });
    return decode(token);
  } catch {
    throw new Failure('courier.nonsense', { host, problem: 'not-a-jwt' });
  }
}
