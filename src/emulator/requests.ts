import type { RequestEntry, Verdict } from '../request-entry.js';
import { withoutSecrets } from './redact.js';

/** What becomes known of a request while it is answered. */
export interface Told {
  method: string;
  path: string;
  operation: string | null;
  /** Whom the request says that it is for; else whom its token is for. */
  user: string | null;
  verdict: Verdict;
  reason: string | null;
}

/** As many are kept, the newest. */
const kept = 1000;

/** Longer ones are cut: a thousand of them are kept. */
const longest = 500;

export class RequestLog {
  entries: RequestEntry[] = [];
  readonly #listener: (entry: RequestEntry) => void;
  readonly #apiKey: string | undefined;

  /** `apiKey` is the one that is pinned: it may have no shape that could be told. */
  constructor(listener: (entry: RequestEntry) => void, apiKey?: string) {
    this.#listener = listener;
    this.#apiKey = apiKey;
  }

  add(entry: RequestEntry): void {
    const { path, user, operation, verdict, reason } = entry;
    const text = `${path} ${user} ${operation} ${verdict.subject} ${reason}`;
    const isFine = text.length < longest && withoutSecrets(text, this.#apiKey) === text;
    const shown = isFine ? entry : this.#cleaned(entry);
    this.entries.push(shown);
    // Cut now and then: cutting each time would copy a thousand for every request.
    if (this.entries.length > 2 * kept) this.entries = this.newest();
    // What a listener throws is its own, and keeps no request from its answer.
    queueMicrotask(() => this.#listener(shown));
  }

  newest(): RequestEntry[] {
    return this.entries.slice(-kept);
  }

  #cleaned(entry: RequestEntry): RequestEntry {
    const { path, user, operation, verdict, reason } = entry;
    const clean = (text: string) => withoutSecrets(text, this.#apiKey).slice(0, longest);
    return {
      ...entry,
      path: clean(path),
      user: user && clean(user),
      operation: operation && clean(operation),
      reason: reason && clean(reason),
      verdict: verdict.subject === undefined ? verdict : { ...verdict, subject: clean(verdict.subject) },
    };
  }
}
