import { Failure } from '../errors.js';
import { retryAfterSeconds } from './retry.js';
import type { HttpResponse } from './transport.js';

/** What a status says that is neither an answer nor about a key or a token. */
export function statusFailure(response: HttpResponse, host: string): Failure {
  const { status, headers, body } = response;
  if (status >= 300 && status < 400)
    return new Failure('courier.redirect', { host, status, location: headers.location ?? '' });
  if (status === 429)
    return new Failure('courier.rate-limited', { host, retryAfterSeconds: retryAfterSeconds(response) });
  if (status >= 500 || status === 408) return new Failure('courier.unavailable', { host, status });
  return new Failure('courier.status', { host, status, message: messageIn(body) });
}

/** Courier's `message`; gateways answer HTML or nothing. */
export function messageIn(body: string): string | null {
  const message = fieldOf(parseJson(body), 'message');
  return typeof message === 'string' ? message.slice(0, 500) : null;
}

export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function hostOf(baseUrl: string): string {
  return new URL(baseUrl).host || baseUrl;
}
