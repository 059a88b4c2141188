import { expect, it } from 'vitest';
import { issueCommand } from '../../src/checks/expectations.js';

const environment = { name: 'test', tenantId: null, tenantScope: null };

it.each([
  { name: 'nothing', user: undefined, expectations: {}, expected: ['--user', 'USER_ID'] },
  { name: 'a user', user: 'alice', expectations: {}, expected: ['--user', 'alice'] },
  { name: 'a user that looks like a flag', user: '-x', expectations: {}, expected: ['--user=-x'] },
  { name: 'empty lists', user: 'alice', expectations: { for: [], require: [] }, expected: ['--user', 'alice'] },
  {
    name: 'surfaces',
    user: 'alice',
    expectations: { for: ['inbox', 'push'] },
    expected: ['--user', 'alice', '--for', 'inbox,push'],
  },
  {
    name: 'own scopes',
    user: 'alice',
    expectations: { require: ['a:b', 'c'] },
    expected: ['--user', 'alice', '--scope', 'a:b,c'],
  },
  {
    name: 'a user among them, which issue refuses',
    user: 'alice',
    expectations: { require: ['user_id:alice', 'c'] },
    expected: ['--user', 'alice', '--scope', 'c'],
  },
  {
    name: 'only a user among them',
    user: 'alice',
    expectations: { require: ['user_id:alice'] },
    expected: ['--user', 'alice'],
  },
  {
    name: 'an environment',
    user: 'alice',
    expectations: { environment },
    expected: ['--user', 'alice', '--env', 'test'],
  },
  {
    name: 'where the token is from',
    user: 'alice',
    expectations: {},
    from: 'local',
    expected: ['--user', 'alice', '--env', 'local'],
  },
  {
    name: 'the expected environment before that',
    user: 'alice',
    expectations: { environment },
    from: 'local',
    expected: ['--user', 'alice', '--env', 'test'],
  },
  {
    name: 'a longer life than usual, with time to use it',
    user: 'alice',
    expectations: { minTtl: 7 * 86_400 },
    expected: ['--user', 'alice', '--expires-in', '8d'],
  },
  {
    name: 'a life that the usual day is long enough for',
    user: 'alice',
    expectations: { minTtl: 23 * 3600 },
    expected: ['--user', 'alice'],
  },
  {
    name: 'a day, which the usual day is not when it is looked at',
    user: 'alice',
    expectations: { minTtl: 86_400 },
    expected: ['--user', 'alice', '--expires-in', '2d'],
  },
  {
    name: 'a tenant',
    user: 'alice',
    expectations: { for: ['create'] },
    tenant: 'acme',
    expected: ['--user', 'alice', '--for', 'create', '--tenant', 'acme'],
  },
  {
    name: 'a tenant that issue refuses',
    user: 'alice',
    expectations: { for: ['create'] },
    tenant: '{{tenant}}',
    expected: ['--user', 'alice', '--for', 'create'],
  },
  {
    name: 'a scope that was misspelt',
    user: 'alice',
    expectations: { require: ['inbox:read:mesages', 'own:scope'] },
    expected: ['--user', 'alice', '--scope', 'inbox:read:messages,own:scope'],
  },
  {
    name: 'all of it',
    user: 'alice',
    expectations: {
      for: ['inbox'],
      require: ['c'],
      environment,
      user: 'bob',
      minTtl: 5,
      leeway: 5,
      tenantScope: 'test',
    },
    expected: ['--user', 'alice', '--for', 'inbox', '--scope', 'c', '--env', 'test'],
  },
])('$name', ({ user, expectations, from, tenant, expected }) => {
  expect(issueCommand(expectations, { user, tenant, environment: from })).toEqual([
    'courier-jwt',
    'issue',
    ...expected,
  ]);
});
