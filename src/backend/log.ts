import { inertJson } from '../output/escape.js';
import type { Secrets } from '../output/secrets.js';
import type { RefusalCode } from './call.js';

/** What is told of a call. Nothing in it opens anything. */
export type LogEntry =
  /** A token was minted. */
  | {
      event: 'token';
      user: string;
      /** What it may do. */
      scopes: string[];
      /** Of those asked for, what Courier did not grant. */
      missing: string[];
      /** ISO 8601 in UTC. */
      expiresAt: string;
      /** The token's own id. */
      jti: string | null;
    }
  /** No token: `user` is the session's, where there is one. */
  | { event: 'refused'; status: number; code: RefusalCode; user: string | null }
  /** Courier, or something inside, failed: `code` is a Failure's. With status 200 an older token served. */
  | { event: 'failed'; status: number; code: string; user: string | null; reason: string };

/** What it gives is not looked at, and not waited for. */
export type Log = (entry: LogEntry) => unknown;

/** A line of JSON on stdout, where servers log. */
export function logLine(entry: LogEntry): void {
  console.log(inertJson(JSON.stringify({ at: new Date().toISOString(), ...entry })));
}

/** A log that is never the reason for a call to fail, and gets no secret. */
export function safely(log: Log, secrets: Secrets): (entry: LogEntry) => void {
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(clean);
    return typeof value === 'string' ? secrets.redact(value) : value;
  };
  const tell = async (entry: LogEntry) =>
    log(Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, clean(value)])) as LogEntry);
  // Its owner hears of it elsewhere.
  return (entry) => void tell(entry).catch(() => {});
}
