import type { Finding } from '../report.js';
import type { Claims } from '../token/claims.js';
import { idProblem } from '../token/user.js';
import type { Expectations } from './expectations.js';

/** Whose token it is. `needsUser`: whether what is required means nothing without a user. */
export function checkUser(claims: Claims, expected: Expectations, needsUser: boolean, fix: string[]): Finding[] {
  return [
    ...missing(claims, needsUser || expected.user !== undefined, fix),
    ...unusable(claims, fix),
    ...compared(claims, expected, fix),
  ];
}

function missing({ users }: Claims, needsUser: boolean, fix: string[]): Finding[] {
  return needsUser && users.length === 0 ? [{ code: 'user.missing', status: 'fail', facts: {}, fix }] : [];
}

function unusable({ users }: Claims, fix: string[]): Finding[] {
  if (users.every((user) => idProblem(user) === undefined)) return [];
  return users.flatMap((user): Finding[] => {
    const problem = idProblem(user);
    if (problem === undefined) return [];
    const code = problem === 'placeholder' ? 'user.placeholder' : 'user.invalid';
    return [{ code, status: 'fail', subject: user, facts: { problem }, fix }];
  });
}

function compared({ users }: Claims, expected: Expectations, fix: string[]): Finding[] {
  const wanted = expected.user;
  if (wanted === undefined) {
    const several: Finding = { code: 'user.several', status: 'warn', facts: { users }, fix };
    return [...(users.length > 1 ? [several] : []), { code: 'user.not-compared', status: 'skip', facts: { users } }];
  }
  const others = users.filter((user) => user !== wanted);
  const mismatch = (user: string): Finding => {
    const facts = { expected: wanted, also: users.includes(wanted) };
    return { code: 'user.mismatch', status: 'fail', subject: user, facts, fix };
  };
  if (others.length > 0) return others.map(mismatch);
  return users.length > 0 ? [{ code: 'user.match', status: 'pass', subject: wanted, facts: {} }] : [];
}
