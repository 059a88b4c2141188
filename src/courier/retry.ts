import { isFailure } from '../errors.js';
import type { HttpResponse } from './transport.js';

/** What came of an attempt: an answer, or what it failed with. */
export type Attempted = HttpResponse | Error;

/** A longer `Retry-After` is not waited for: the caller is told instead. */
const retryAfterCapSeconds = 20;
const retries = 2;
const firstDelayMs = 500;

export interface RetryContext {
  /** Rejects with `interrupted.signal` when the wait is interrupted. */
  sleep(ms: number): Promise<void>;
  /** From 0 to 1, for jitter. */
  random(): number;
  /** For all attempts together, in milliseconds: a wait that is longer is not begun. */
  timeLeftMs?(): number;
  /** Called before each wait. */
  onRetry?(event: { reason: string; delayMs: number; attempt: number; of: number }): void;
}

/**
 * Two retries on dropped and refused connections, 408, 429 and 5xx, with exponential backoff and jitter; `Retry-After`
 * is obeyed. A timeout is not retried: the mint may have happened. Source: the official SDK's policy, less 409.
 */
export async function withRetries(attempt: () => Promise<HttpResponse>, context: RetryContext): Promise<HttpResponse> {
  for (let tries = 0; ; tries += 1) {
    const attempted = await attempt().catch((error: Error) => error);
    const reason = reasonToRetry(attempted);
    const delayMs = retryDelayMs(attempted, tries, context.random());
    const longestMs = Math.min(retryAfterCapSeconds * 1000, context.timeLeftMs?.() ?? Infinity);
    if (reason === undefined || tries === retries || delayMs > longestMs) {
      if (attempted instanceof Error) throw attempted;
      return attempted;
    }
    context.onRetry?.({ reason, delayMs, attempt: tries + 2, of: retries + 1 });
    await context.sleep(delayMs);
  }
}

/** The seconds that a `Retry-After` header asks for (a number or an HTTP date), or null. */
export function retryAfterSeconds(response: HttpResponse): number | null {
  const header = response.headers['retry-after']?.trim();
  if (!header) return null;
  if (/^\d{1,9}(\.\d+)?$/.test(header)) return Number(header);
  const at = Date.parse(header);
  const now = Date.parse(response.headers.date ?? '');
  return Number.isNaN(at) || Number.isNaN(now) ? null : Math.max(0, (at - now) / 1000);
}

/** Why an attempt is worth another, in a word: the status, or the error's name; undefined where it is not. */
export function reasonToRetry(attempted: Attempted): string | undefined {
  if (isFailure(attempted, 'courier.unreachable'))
    return ['certificate', 'proxy'].includes(attempted.facts.reason) ? undefined : attempted.facts.detail;
  if (attempted instanceof Error) return undefined;
  const { status } = attempted;
  return status === 408 || status === 429 || status >= 500 ? String(status) : undefined;
}

/** How long to wait before the next attempt; `tries` were made before this one, and `random` is from 0 to 1. */
export function retryDelayMs(attempted: Attempted, tries: number, random: number): number {
  const asked = attempted instanceof Error ? null : retryAfterSeconds(attempted);
  // Jitter takes up to a quarter off, so that many clients do not come back together.
  return asked === null ? firstDelayMs * 2 ** tries * (1 - random / 4) : asked * 1000;
}
