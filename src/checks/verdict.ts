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
