import { Failure, familyOf, isFailure } from '../errors.js';
import { explain } from '../output/messages/failures.js';
import { type Answer, type Call, Refusal } from './call.js';
import { type Allows, corsHeaders, isPreflight, preflight, refuseForeign } from './cors.js';
import type { LogEntry } from './log.js';
import { isPassing } from './passing.js';
import type { Granted } from './tokens.js';

/** The how-to's endpoint: who is asking, their token, and what is told of it. */
export interface Endpoint {
  /** Looks at whom and what a call is for, before all else. @throws {Refusal} */
  admit?(call: Call): void;
  /** Whose token a call gets. @throws {Refusal} */
  userOf(call: Call): Promise<string>;
  tokenFor(user: string): Granted | Promise<Granted>;
  allows: Allows;
  log(entry: LogEntry): void;
}

/** Answers a call; never rejects. Source: Courier's "How to Send a JWT from Your Backend". */
export async function answerCall(call: Call, endpoint: Endpoint): Promise<Answer> {
  const cors = corsHeaders(call, endpoint.allows);
  let user: string | null = null;
  try {
    endpoint.admit?.(call);
    if (isPreflight(call)) return preflight(call, endpoint.allows);
    if (call.method !== 'POST') throw new Refusal(405, 'method.not-allowed', 'Method Not Allowed');
    refuseForeign(call, endpoint.allows);
    user = await endpoint.userOf(call);
    const { token, expiresIn, expiresAt } = await endpoint.tokenFor(user);
    return json(200, { token, expiresIn, expiresAt }, cors);
  } catch (error) {
    const { status, body, headers, entry } = toldOf(error, user);
    endpoint.log(entry);
    return json(status, body, { ...cors, ...headers });
  }
}

interface Told {
  status: number;
  body: object;
  headers?: Record<string, string>;
  entry: LogEntry;
}

/** Anything can be thrown, and some of it throws when it is looked at. */
function toldOf(thrown: unknown, user: string | null): Told {
  try {
    return thrown instanceof Refusal ? refused(thrown) : failed(thrown, user);
  } catch {
    const { status, message } = internal;
    const reason = 'what was thrown cannot be shown';
    return {
      status,
      body: { error: message },
      entry: { event: 'failed', status, code: 'internal.error', user, reason },
    };
  }
}

function refused({ status, code, message, user }: Refusal): Told {
  return {
    status,
    body: { error: message, code },
    ...(status === 405 && { headers: { allow: 'POST' } }),
    entry: { event: 'refused', status, code, user },
  };
}

/** The client learns nothing of what went wrong inside, and neither does whoever it shows it to. */
function failed(error: unknown, user: string | null): Told {
  const { status, message, retryAfterSeconds = null } = statusOf(error);
  return {
    status,
    body: { error: message },
    ...(retryAfterSeconds !== null && { headers: { 'retry-after': String(Math.ceil(retryAfterSeconds)) } }),
    entry: failureEntry(error, user),
  };
}

export function failureEntry(error: unknown, user: string | null): LogEntry & { event: 'failed' } {
  const { status } = statusOf(error);
  const [code, reason] =
    error instanceof Failure ? [error.code, explain(error).message] : ['internal.error', textOf(error)];
  return { event: 'failed', status, code, user, reason };
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? String(thrown) : `what was thrown is no Error: ${typeof thrown}`;
}

interface Status {
  status: number;
  message: string;
  retryAfterSeconds?: number | null;
}

const internal: Status = { status: 500, message: 'Internal Server Error' };
/** To be tried again; how soon, in seconds, where Courier does not say. */
const unavailable: Status = { status: 503, message: 'Service Unavailable', retryAfterSeconds: 5 };
/** In seconds: a front end that is told to wait for days does not come back. */
const longestRetryAfter = 3600;

function statusOf(failure: unknown): Status {
  if (!(failure instanceof Failure)) return internal;
  if (isFailure(failure, 'courier.rate-limited'))
    return { ...unavailable, retryAfterSeconds: Math.min(failure.facts.retryAfterSeconds ?? 5, longestRetryAfter) };
  if (isPassing(failure)) return unavailable;
  const isCouriers = failure.code === 'key.refused' || ['courier', 'request'].includes(familyOf(failure.code));
  return isCouriers ? { status: 502, message: 'Bad Gateway' } : internal;
}

function json(status: number, body: object, headers: Record<string, string>): Answer {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body: JSON.stringify(body),
  };
}
