import type { Transport } from '../courier/transport.js';
import { Failure, familyOf, isFailure } from '../errors.js';
import type { Answered, Outcome } from './outcome.js';
import { tokenAt, tokenElsewhere } from './place.js';
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
    else outcomes.push({ ...response, name, milliseconds, ...tokensIn(response.body, tokenPath) });
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

function tokensIn(body: string, path: string): Pick<Answered, 'token' | 'elsewhere'> {
  const token = tokenAt(body, path);
  const isThere = token !== undefined && !(token instanceof Failure);
  return { token, elsewhere: isThere ? undefined : tokenElsewhere(body) };
}
