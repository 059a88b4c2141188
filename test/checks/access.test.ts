import { expect, it } from 'vitest';
import { type Answered, checkAnswer, checkUntried, isAuthentic, verdictOf } from '../../src/checks/access.js';
import { fix, someClaims } from './some.js';

const inbox = 'inbox:read:messages';
const answered = (scope: string, status: number, items: number | null = null): Answered => {
  return { scope, call: 'GET /', status, items };
};

it.each([
  { answer: answered(inbox, 200, 3), expected: 'accepted' },
  { answer: answered(inbox, 200, 0), expected: 'empty' },
  { answer: answered('read:messages', 200, 0), expected: 'empty' },
  { answer: answered('read:brands', 200, 0), expected: 'accepted' },
  { answer: answered('read:brands:x', 404, 0), expected: 'accepted' },
  { answer: answered('socket', 101), expected: 'accepted' },
  { answer: answered('socket', 401), expected: 'refused' },
  { answer: answered(inbox, 403), expected: 'refused' },
])('$answer.scope $answer.status $answer.items is $expected', ({ answer, expected }) => {
  expect(verdictOf(answer)).toBe(expected);
});

it.each([
  { answers: [], expected: false },
  { answers: [answered(inbox, 401)], expected: false },
  { answers: [answered(inbox, 200, 0)], expected: false },
  { answers: [answered(inbox, 401), { ...answered('read:brands', 403), isCouriers: true }], expected: true },
  // A gateway's, for all that is known.
  { answers: [answered(inbox, 401), answered('read:brands', 403)], expected: false },
  { answers: [answered(inbox, 401), answered('socket', 101)], expected: false },
  { answers: [answered('read:preferences', 200, 0)], expected: true },
  { answers: [answered(inbox, 200, 1)], expected: true },
])('Courier knows whose token it is: $expected', ({ answers, expected }) => {
  expect(isAuthentic(answers)).toBe(expected);
});

const alice = someClaims({ scopes: ['user_id:alice', inbox, 'read:brands:x'], users: ['alice'] });

it.each([
  { answer: answered(inbox, 200, 3), user: 'alice', code: 'access.accepted', status: 'pass', promised: true },
  { answer: answered(inbox, 200, 0), user: 'alice', code: 'access.empty', status: 'unknown', promised: true },
  { answer: answered(inbox, 200, 0), user: 'bob', code: 'access.empty', status: 'unknown', promised: false },
  { answer: answered(inbox, 200, 3), user: 'bob', code: 'access.unpromised', status: 'warn', promised: false },
  { answer: answered(inbox, 401), user: 'bob', code: 'access.refused', status: 'fail', promised: false },
  { answer: answered(inbox, 401), user: 'alice', code: 'access.refused', status: 'fail', promised: true },
  { answer: answered('socket', 101), user: 'alice', code: 'access.accepted', status: 'pass', promised: true },
  { answer: answered('socket', 403), user: 'alice', code: 'access.refused', status: 'fail', promised: true },
  { answer: answered('read:brands:x', 404, 0), user: 'bob', code: 'access.empty', status: 'pass', promised: true },
  {
    answer: answered('read:brands:x', 200, 1),
    user: undefined,
    code: 'access.accepted',
    status: 'pass',
    promised: true,
  },
  { answer: answered('read:brands', 403), user: 'alice', code: 'access.refused', status: 'fail', promised: false },
  {
    answer: answered('read:brands', 200, 2),
    user: 'alice',
    code: 'access.unpromised',
    status: 'warn',
    promised: false,
  },
])(
  '$answer.scope $answer.status $answer.items for $user: $code, $status',
  ({ answer, user, code, status, promised }) => {
    const { scope: subject, call, status: http, items } = answer;
    const mend = status === 'fail' ? { fix } : {};
    expect(checkAnswer(answer, { claims: alice, user, isSound: true }, fix)).toEqual({
      code,
      status,
      subject,
      facts: { call, status: http, items, promised },
      ...mend,
    });
  },
);

it('a token that something is wrong with promises nothing', () => {
  const { facts, code } = checkAnswer(answered(inbox, 401), { claims: alice, user: 'alice', isSound: false }, fix);
  expect([code, facts.promised]).toEqual(['access.refused', false]);
});

it('says what was not tried, and why', () => {
  const scopes = [
    'user_id:alice',
    inbox,
    'inbox:write:events',
    'tenants:read',
    'write:brands:x',
    'inbox:write:events',
  ].concat('read:preferences', 'read:brands:y');
  const skipped = (subject: string, reason: string) => {
    return { code: 'access.not-tried', status: 'skip', subject, facts: { reason } };
  };
  expect(checkUntried(someClaims({ scopes }), [inbox, 'socket'])).toEqual([
    skipped('inbox:write:events', 'write'),
    skipped('tenants:read', 'no-call'),
    skipped('write:brands:x', 'write'),
    skipped('read:preferences', 'no-user'),
    skipped('read:brands:y', 'enough'),
  ]);
});
