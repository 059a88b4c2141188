import { expect, it } from 'vitest';
import { checkUser } from '../../src/checks/user.js';
import { fix, someClaims } from './some.js';

const missing = { code: 'user.missing', status: 'fail', facts: {}, fix };
const notCompared = (...users: string[]) => ({ code: 'user.not-compared', status: 'skip', facts: { users } });
const several = (...users: string[]) => ({ code: 'user.several', status: 'warn', facts: { users }, fix });
const match = { code: 'user.match', status: 'pass', subject: 'alice', facts: {} };
const mismatch = (subject: string, also: boolean) => ({
  code: 'user.mismatch',
  status: 'fail',
  subject,
  facts: { expected: 'alice', also },
  fix,
});
const unusable = (subject: string, problem: string) => ({
  code: problem === 'placeholder' ? 'user.placeholder' : 'user.invalid',
  status: 'fail',
  subject,
  facts: { problem },
  fix,
});

it.each([
  { name: 'one user, none expected', users: ['alice'], expected: [notCompared('alice')] },
  { name: 'no user, none needed', users: [], needsUser: false, expected: [notCompared()] },
  { name: 'no user, one needed', users: [], expected: [missing, notCompared()] },
  { name: 'several users', users: ['alice', 'bob'], expected: [several('alice', 'bob'), notCompared('alice', 'bob')] },
  {
    name: 'a placeholder',
    users: ['$YOUR_USER_ID'],
    expected: [unusable('$YOUR_USER_ID', 'placeholder'), notCompared('$YOUR_USER_ID')],
  },
  {
    name: 'undefined',
    users: ['undefined'],
    expected: [unusable('undefined', 'placeholder'), notCompared('undefined')],
  },
  { name: 'an empty user', users: [''], expected: [unusable('', 'empty'), notCompared('')] },
  { name: 'a tab in it', users: ['a\tb'], expected: [unusable('a\tb', 'whitespace'), notCompared('a\tb')] },
  { name: 'a control in it', users: ['a\u001b'], expected: [unusable('a\u001b', 'unseen'), notCompared('a\u001b')] },
  {
    name: 'several unusable ones',
    users: ['null', ''],
    expected: [unusable('null', 'placeholder'), unusable('', 'empty'), several('null', ''), notCompared('null', '')],
  },
  { name: 'the expected user', users: ['alice'], user: 'alice', expected: [match] },
  { name: 'another user', users: ['bob'], user: 'alice', expected: [mismatch('bob', false)] },
  { name: 'the expected user in other letters', users: ['Alice'], user: 'alice', expected: [mismatch('Alice', false)] },
  { name: 'the expected user and another', users: ['alice', 'bob'], user: 'alice', expected: [mismatch('bob', true)] },
  {
    name: 'two others',
    users: ['bob', 'carol'],
    user: 'alice',
    expected: [mismatch('bob', false), mismatch('carol', false)],
  },
  {
    name: 'a placeholder where a user is expected',
    users: ['null'],
    user: 'alice',
    expected: [unusable('null', 'placeholder'), mismatch('null', false)],
  },
  { name: 'no user where one is needed and expected', users: [], user: 'alice', expected: [missing] },
  {
    name: 'no user where none is needed, but one is expected',
    users: [],
    user: 'alice',
    needsUser: false,
    expected: [missing],
  },
])('$name', ({ users, user, needsUser = true, expected }) => {
  expect(checkUser(someClaims({ users }), { user }, needsUser, fix)).toEqual(expected);
});
