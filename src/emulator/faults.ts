import { type Answer, errorAnswer } from './answer.js';

/** A fault that was asked for: the next requests that it is about fail so. */
export interface Fault {
  how: 'status' | 'hang' | 'drop';
  status: number;
  /** Only requests whose path begins with it. */
  path: string | null;
  method: string | null;
  /** How many are left; null for all. */
  count: number | null;
  retryAfter: number | null;
}

export interface RateLimit {
  requests: number;
  /** Seconds. */
  seconds: number;
}

/** Neither an answer nor none: the request waits for ever, or its connection breaks. */
export type Silence = 'hang' | 'drop';

/** How a request fails on purpose; the reason where it was not a fault that was asked for. */
export interface Failing {
  answer: Answer | Silence;
  reason: string | null;
}

/** What goes wrong on purpose. */
export class Faults {
  faults: Fault[] = [];
  latencyMs = 0;
  #rateLimit: RateLimit | null = null;
  #window = { since: 0, used: 0 };

  get rateLimit(): RateLimit | null {
    return this.#rateLimit;
  }

  set rateLimit(limit: RateLimit | null) {
    this.#rateLimit = limit;
    this.#window = { since: -Infinity, used: 0 };
  }

  reset(): void {
    this.faults = [];
    this.latencyMs = 0;
    this.rateLimit = null;
  }

  /** How this request fails, if it does; `seconds` runs on whatever the emulator's clock says. */
  next(method: string, path: string, seconds: number): Failing | undefined {
    return this.#overLimit(seconds) ?? this.#fail(method, path);
  }

  #overLimit(seconds: number): Failing | undefined {
    if (!this.#rateLimit) return undefined;
    const { requests, seconds: length } = this.#rateLimit;
    if (seconds - this.#window.since >= length) this.#window = { since: seconds, used: 0 };
    this.#window.used += 1;
    if (this.#window.used <= requests) return undefined;
    const wait = Math.max(1, Math.ceil(this.#window.since + length - seconds));
    const answer = errorAnswer(429, 'Too Many Requests', { 'retry-after': String(wait) });
    return { answer, reason: `over the rate limit: ${requests} in ${length} s` };
  }

  #fail(method: string, path: string): Failing | undefined {
    const fault = this.faults.find(
      (one) => (one.method === null || one.method === method) && (one.path === null || path.startsWith(one.path)),
    );
    if (!fault) return undefined;
    if (fault.count !== null) fault.count -= 1;
    this.faults = this.faults.filter(({ count }) => count !== 0);
    if (fault.how !== 'status') return { answer: fault.how, reason: null };
    const headers = fault.retryAfter === null ? undefined : { 'retry-after': String(fault.retryAfter) };
    return { answer: errorAnswer(fault.status, statusText(fault.status), headers), reason: null };
  }
}

function statusText(status: number): string {
  const known: Record<number, string> = {
    400: 'Bad Request',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'Not Found',
    409: 'Conflict',
    429: 'Too Many Requests',
    500: 'Internal Server Error',
    502: 'Bad Gateway',
    503: 'Service Unavailable',
    504: 'Gateway Timeout',
  };
  return known[status] ?? `Status ${status}`;
}
