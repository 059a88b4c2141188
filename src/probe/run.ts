import { fieldOf, parseJson } from '../courier/answers.js';
import type { Transport } from '../courier/transport.js';
import { Failure, familyOf, isFailure } from '../errors.js';
import { usersIn } from '../token/claims.js';
import { type FoundToken, findToken } from '../token/find.js';
import type { Outcome } from './outcome.js';
import type { Trial } from './plan.js';

/** Answers that take so long cannot be told from none: no more are waited for after two. */
const mostTimeouts = 2;

/**
 * Sends what was planned, one after another; ends early where the first request gets no answer, or the endpoint stops
 * answering. `now` in seconds.
 * @throws {Failure} `interrupted.signal`, or of the `usage` family
 */
export async function runTrials(
  plan: Trial[],
  tokenPath: string,
  { transport, now, onDone }: { transport: Transport; now(): number; onDone?(): void },
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { name, request } of plan) {
    const began = now();
    const response = await transport.send(request).catch(asFailure);
    const milliseconds = Math.round((now() - began) * 1000);
    if (response instanceof Failure) outcomes.push({ name, failure: response });
    else outcomes.push({ ...response, name, milliseconds, token: tokenIn(response.body, tokenPath) });
    onDone?.();
    const timeouts = outcomes.filter((one) => 'failure' in one && isFailure(one.failure, 'courier.timeout'));
    if ((response instanceof Failure && outcomes.length === 1) || timeouts.length === mostTimeouts) break;
  }
  return outcomes;
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure && familyOf(error.code) === 'courier') return error;
  throw error;
}

/** The token where it belongs (`data.token`; `-` is the whole body), or one of Courier's anywhere: minted is minted. */
function tokenIn(body: string, path: string): FoundToken | Failure | undefined {
  const value = valueAt(body, path);
  if (value !== undefined) return read(value);
  const anywhere = read(body);
  return !(anywhere instanceof Failure) && isCouriers(anywhere) ? anywhere : undefined;
}

/** A page to sign in may well hold a JWT of another kind. */
function isCouriers({ payload }: FoundToken): boolean {
  return 'tenant_scope' in payload || usersIn(payload).length > 0;
}

/** What stands at a path of the body's JSON, where it is a text. */
export function valueAt(body: string, path: string): string | undefined {
  if (path === '-') return body.trim();
  const value = path.split('.').reduce<unknown>((inside, name) => fieldOf(inside, name), parseJson(body));
  return typeof value === 'string' ? value : undefined;
}

function read(text: string): FoundToken | Failure {
  try {
    return findToken(text);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
