/** One request as the emulator's log tells of it. Nothing in it opens anything: neither key nor token, nor a query. */
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
  /** Why it failed, or did less than it seems, where the verdict does not say it. */
  reason: string | null;
  /** Of a fault that was asked for, or a rate limit. */
  fault: boolean;
  milliseconds: number;
}

/** What the emulator thinks of a request's credentials: the reason, which Courier itself never gives. */
export interface Verdict {
  code: VerdictCode;
  /** The scope, the user, or the claim that it is about. */
  subject?: string;
}

export type VerdictCode =
  /** Taken: a token, an API key, or a call that needs neither. */
  | 'token.accepted'
  | 'key.accepted'
  | 'open'
  /** Nothing was looked at: Courier may have it, and the emulator has not. */
  | 'not-emulated'
  /** Refused. */
  | 'credentials.missing'
  | 'key.needed'
  | 'key.refused'
  | 'token.needed'
  | 'token.malformed'
  | 'signature.foreign'
  | 'expiry.expired'
  | 'clock.not-yet-valid'
  | 'user.missing'
  | 'user.mismatch'
  | 'scope.missing'
  /** Not looked at: neither this machine's nor let in by name. */
  | 'host.refused'
  | 'origin.refused';
