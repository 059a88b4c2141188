import type { Verdict, VerdictCode } from '../../request-entry.js';
import { say, short } from '../escape.js';

const sentences: Record<VerdictCode, (subject: string) => string> = {
  'token.accepted': () => 'token accepted',
  'key.accepted': () => 'key accepted',
  open: () => 'needs no token',
  'not-emulated': () => 'not emulated',
  'credentials.missing': () => 'there is no token and no key: the header is Authorization: Bearer …',
  'key.needed': () => 'takes an API key, and was given a user token',
  'key.refused': () => 'that is neither a user token nor an API key that is taken here',
  'token.needed': () => 'takes a user token, and was given an API key',
  'token.malformed': (claim) => (claim ? say`the token's ${claim} is malformed` : 'that is no user token'),
  'signature.foreign': () => 'the token is signed by another Courier: mint one here',
  'expiry.expired': () => 'the token has expired',
  'clock.not-yet-valid': () => 'the token is not yet valid (clock skew?)',
  'user.missing': () => 'the token names no user',
  'user.mismatch': (user) => say`the token is not for ${user}`,
  'scope.missing': (scope) => say`the token lacks ${scope}`,
  'host.refused': (host) => say`Host ${host} is not let in: --allow-host lets it`,
  'origin.refused': (origin) => say`Origin ${origin} is not let in: --allow-origin lets it`,
};

/** What the emulator thought of a request's credentials. Everything in it that came from outside is escaped. */
export function verdictSentence({ code, subject = '' }: Verdict): string {
  return sentences[code](short(subject, 100));
}
