import { expect, it } from 'vitest';
import type { Seed } from '../../src/emulator/seed.js';
import type { StateOptions } from '../../src/emulator/state.js';
import { makeCourier, testKey, tokenFor } from './support.js';

const seed: Seed = {
  sections: [{ id: 's', topics: [{ id: 'off', defaultStatus: 'OPTED_OUT' }] }],
  lists: [{ id: 'team', users: ['alice'] }, { id: 'nobody' }],
};
const alice = { user_id: 'alice' };
const content = { title: 'T' };
const send = (message: object) => ({ call: 'POST /send', as: testKey, body: { message } });
const mint = (scope: string) => ({ call: 'POST /auth/issue-token', as: testKey, body: { scope } });
const asks = (query: string, scope = 'inbox:read:messages', call = 'POST /q') => ({
  call,
  as: tokenFor(`user_id:alice ${scope}`),
  body: { query },
});

interface Row {
  name: string;
  sent: { call: string; as?: string; body?: unknown };
  options?: StateOptions;
  status: number;
  reason: string | null;
}

it.each<Row>([
  { name: 'nothing', sent: asks('{ count }'), status: 200, reason: null },
  {
    name: 'a verdict says it',
    sent: asks('{ count }', 'read:brands'),
    status: 401,
    reason: null,
  },
  { name: 'not emulated', sent: { call: 'GET /profiles/alice', as: testKey }, status: 404, reason: null },
  {
    name: 'no JSON',
    sent: { call: 'POST /send', as: testKey, body: '{' },
    status: 400,
    reason: 'the body is not JSON',
  },
  { name: 'no scope', sent: mint(''), status: 400, reason: 'scope is required' },
  {
    name: 'an unknown scope',
    sent: mint('user_id:a inbox:raed:messages  read:brands:b read:brands x'),
    status: 200,
    reason: 'minted with unknown scopes: inbox:raed:messages, x',
  },
  { name: 'known scopes', sent: mint(' user_id:a:b read:brands:b tenants:read '), status: 200, reason: null },
  {
    name: 'no such brand',
    sent: { call: 'GET /brands/none', as: testKey },
    status: 404,
    reason: 'Brand not found',
  },
  {
    name: 'no such method',
    sent: { call: 'PATCH /brands', as: testKey },
    status: 405,
    reason: 'Method Not Allowed',
  },
  {
    name: 'GraphQL that cannot be parsed',
    sent: asks('{ count'),
    status: 400,
    reason: 'Syntax Error: Expected Name, found <EOF>.',
  },
  {
    name: 'GraphQL that does not fit',
    sent: asks('{ counts unreads }'),
    status: 400,
    reason: 'Cannot query field "counts" on type "Query". Did you mean "count"?',
  },
  {
    name: 'a field that fails',
    sent: asks('{ messages(limit: 0) { totalCount } }'),
    status: 200,
    reason: 'limit must be at least 1',
  },
  {
    name: 'an inbox that seems empty',
    sent: asks('{ count messages { totalCount } }', 'read:brands'),
    options: { missingScope: 'empty' },
    status: 200,
    reason: 'seems empty: the token lacks inbox:read:messages',
  },
  {
    name: 'an inbox that is empty',
    sent: asks('{ count }'),
    options: { missingScope: 'empty' },
    status: 200,
    reason: null,
  },
  { name: 'it lands', sent: send({ to: alice, content }), status: 202, reason: null },
  { name: 'it lands in a list', sent: send({ to: { list_id: 'team' }, content }), status: 202, reason: null },
  { name: 'a list of nobody', sent: send({ to: { list_id: 'nobody' }, content }), status: 202, reason: null },
  {
    name: 'no such template',
    sent: send({ to: alice, template: 'none' }),
    status: 202,
    reason: 'there is no template none',
  },
  {
    name: 'no such list',
    sent: send({ to: [alice, { list_id: 'none', tenant_id: 'acme' }], content }),
    status: 202,
    reason: 'there is no list none',
  },
  {
    name: 'no such tenant',
    sent: send({ to: { tenant_id: 'acme' }, content }),
    status: 202,
    reason: 'there is no tenant acme',
  },
  {
    name: 'no recipient',
    sent: send({ to: { email: 'a@example.com' }, content }),
    status: 202,
    reason: 'a recipient has neither user_id, list_id nor tenant_id',
  },
  {
    name: 'another way',
    sent: send({ to: alice, content, routing: { method: 'all', channels: ['email'] } }),
    status: 202,
    reason: 'its routing names no inbox',
  },
  {
    name: 'opted out; the first reason counts',
    sent: send({ to: [alice, {}], content, preferences: { subscription_topic_id: 'off' } }),
    status: 202,
    reason: 'a recipient has neither user_id, list_id nor tenant_id',
  },
  {
    name: 'opted out',
    sent: send({ to: alice, content, preferences: { subscription_topic_id: 'off' } }),
    status: 202,
    reason: 'alice does not want off in the inbox',
  },
])('$name', async ({ sent: { call, as, body }, options, status, reason }) => {
  const { ask, courier } = makeCourier({ seed, ...options });
  const [method = '', url = ''] = call.split(' ');
  await ask(method, url, { as, body });
  expect(courier.state.log.newest().map((entry) => [entry.status, entry.reason])).toEqual([[status, reason]]);
});
