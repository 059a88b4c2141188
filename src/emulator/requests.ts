import type { Verdict } from '../checks/verdict.js';
import { apiKeyPattern } from '../token/api-key.js';
import { jwtStart, mapSignatures } from '../token/signatures.js';

/** One request as the log tells of it. Nothing in it opens anything: neither key nor token, nor a query. */
export interface RequestEntry {
  /** ISO 8601, by the emulator's clock. */
  at: string;
  method: string;
  path: string;
  /** What of GraphQL was asked, or where a message went. */
  operation: string | null;
  /** Null for a request that was left without an answer. */
  status: number | null;
  /** By the token, or by the header that says whose Inbox it is. */
  user: string | null;
  verdict: Verdict;
  /** Of a fault that was asked for. */
  fault: boolean;
  milliseconds: number;
}

/** What becomes known of a request while it is answered. */
export interface Told {
  method: string;
  path: string;
  operation: string | null;
  /** Whom the request says that it is for; else whom its token is for. */
  user: string | null;
  verdict: Verdict;
}

/** As many are kept, the newest. */
const kept = 1000;

const keys = new RegExp(apiKeyPattern, 'g');

/** Spares nearly all of them the rest. */
const secretLike = new RegExp(`${jwtStart.source}|${apiKeyPattern.source}`);

export class RequestLog {
  entries: RequestEntry[] = [];
  readonly #listener: (entry: RequestEntry) => void;

  constructor(listener: (entry: RequestEntry) => void) {
    this.#listener = listener;
  }

  add(entry: RequestEntry): void {
    const shown = secretLike.test(`${entry.path} ${entry.user} ${entry.operation} ${entry.verdict.subject}`)
      ? withoutSecrets(entry)
      : entry;
    this.entries.push(shown);
    // Cut now and then: cutting each time would copy a thousand for every request.
    if (this.entries.length > 2 * kept) this.entries = this.newest();
    this.#listener(shown);
  }

  newest(): RequestEntry[] {
    return this.entries.slice(-kept);
  }
}

/** A token may stand in any of it by mistake: in a path, or where the user's id belongs. */
function withoutSecrets(entry: RequestEntry): RequestEntry {
  const { path, user, operation, verdict } = entry;
  const clean = (text: string) => mapSignatures(text, () => '[redacted]').replace(keys, '[redacted]');
  return {
    ...entry,
    path: clean(path),
    user: user && clean(user),
    operation: operation && clean(operation),
    verdict: verdict.subject === undefined ? verdict : { ...verdict, subject: clean(verdict.subject) },
  };
}
