import type { Finding } from '../report.js';
import { covers, isWrite } from '../scopes/match.js';
import type { Claims } from '../token/claims.js';
import { socketSubject } from './subjects.js';

/** What Courier answered to a call that reads, with the user's token. */
export interface Answered {
  /** The scope that the call takes; `socket` is the realtime socket, which takes that of reading the inbox. */
  scope: string;
  /** Method and URL: `POST https://inbox.courier.com/q`. */
  call: string;
  status: number;
  /** How many things were in it; null where they are not to be counted, or it was refused. */
  items: number | null;
  /** Whether a refusal is in Courier's own words: others between here and there refuse, too. */
  isCouriers?: boolean;
}

/** What an Inbox asks: there, nothing in a 200 is also what a missing scope has been seen to give. */
const inboxes = ['inbox:read:messages', 'read:messages'];

/** Whether Courier let the call in, as far as its answer tells: an empty inbox tells nothing. */
export function verdictOf({ scope, status, items }: Answered): 'accepted' | 'empty' | 'refused' {
  if (status === 401 || status === 403) return 'refused';
  return items === 0 && inboxes.includes(scope) ? 'empty' : 'accepted';
}

/** Whether Courier knows whose token it is: it let a call in, or said itself that this one is not allowed. */
export function isAuthentic(answers: Answered[]): boolean {
  return answers
    .filter(({ scope }) => scope !== socketSubject)
    .some((answer) => verdictOf(answer) === 'accepted' || (answer.status === 403 && answer.isCouriers === true));
}

/** What an answer is compared with. */
export interface Promised {
  claims: Claims;
  /** Whose data was asked for. */
  user: string | undefined;
  /** Whether nothing of the token itself is wrong, such as its expiry. */
  isSound: boolean;
}

/** Compares an answer with what the token promises. `fix` mints another one. */
export function checkAnswer(answer: Answered, { claims, user, isSound }: Promised, fix: string[]): Finding {
  const { scope: subject, call, status, items } = answer;
  const isUsers = user === undefined || isAnybodys(subject) || claims.users.includes(user);
  const promised = isSound && isUsers && promises(claims, subject === socketSubject ? inboxes[0]! : subject);
  const facts = { call, status, items, promised };
  switch (verdictOf(answer)) {
    case 'refused':
      return { code: 'access.refused', status: 'fail', subject, facts, fix };
    case 'empty':
      return { code: 'access.empty', status: 'unknown', subject, facts };
    case 'accepted':
      if (!promised) return { code: 'access.unpromised', status: 'warn', subject, facts };
      return { code: items === 0 ? 'access.empty' : 'access.accepted', status: 'pass', subject, facts };
  }
}

/** The scopes that a call reads with, of a user. */
export const readable = [...inboxes, 'read:preferences', 'read:user-tokens'];

/** The scopes of a token that were not tried, and why. */
export function checkUntried(claims: Claims, tried: string[]): Finding[] {
  const scopes = claims.scopes.filter((scope) => !scope.startsWith('user_id:') && !tried.includes(scope));
  return [...new Set(scopes)].map((subject) => {
    const reason = isWrite(subject)
      ? 'write'
      : readable.includes(subject)
        ? 'no-user'
        : isAnybodys(subject)
          ? 'enough'
          : 'no-call';
    return { code: 'access.not-tried', status: 'skip', subject, facts: { reason } };
  });
}

/** Whether what a scope opens is not a user's. */
export function isAnybodys(scope: string): boolean {
  return /^read:brands(?::|$)/.test(scope);
}

/** Whether the claims say that a call for `scope` is let in. */
export function promises({ scopes }: Pick<Claims, 'scopes'>, scope: string): boolean {
  return scopes.some((granted) => covers(granted, scope));
}
