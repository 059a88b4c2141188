import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { Seed } from '../../src/emulator/seed.js';
import { deliver, sendSchema } from '../../src/emulator/send.js';
import type { Message } from '../../src/emulator/world.js';
import { makeWorld, message, now } from './support.js';

const topic = (status: 'OPTED_IN' | 'OPTED_OUT', more: object = {}) => ({
  user: 'alice',
  topic: 'news',
  status,
  ...more,
});
const seed: Seed = {
  templates: [{ id: 'welcome', title: 'Welcome, {{name}}', body: 'To {{place}}.' }],
  lists: [{ id: 'team', users: ['alice', 'bob'] }],
  tenants: [
    { id: 'acme', users: ['carol', 'dave'], defaultPreferences: [{ topic: 'off-at-acme', status: 'OPTED_OUT' }] },
  ],
  sections: [{ id: 's', topics: [{ id: 'news' }, { id: 'off', defaultStatus: 'OPTED_OUT' }, { id: 'off-at-acme' }] }],
};

/** What lands of it, with ids 1, 2, … */
function landed(sent: unknown, preferences: Seed['preferences'] = []): Message[] {
  const world = makeWorld({ ...seed, preferences });
  let ids = 0;
  const { message: parsed } = v.parse(sendSchema, { message: sent });
  const outside = { now, newMessageId: () => String((ids += 1)), because: () => {} };
  const delivered = deliver(world, parsed, outside);
  expect(world.messages).toEqual(delivered);
  return delivered;
}
const alice = { user_id: 'alice' };
const content = { title: 'T', body: 'B' };
const one = (told: Partial<Message> = {}) => [message({ messageId: '1', title: 'T', body: 'B', ...told })];
const both = (told: Partial<Message>[]) =>
  told.map((each, i) => message({ messageId: String(i + 1), title: 'T', body: 'B', ...each }));

describe('to whom', () => {
  it.each([
    { name: 'a user', to: alice, expected: one() },
    { name: 'a user of a tenant', to: { ...alice, tenant_id: 'acme' }, expected: one({ tenant: 'acme' }) },
    { name: 'by its older name', to: { ...alice, account_id: 'acme' }, expected: one({ tenant: 'acme' }) },
    {
      name: 'by the context of the user',
      to: { ...alice, context: { tenant_id: 'acme' } },
      expected: one({ tenant: 'acme' }),
    },
    {
      name: 'by the context of the message',
      to: alice,
      more: { context: { tenant_id: 'acme' } },
      expected: one({ tenant: 'acme' }),
    },
    {
      name: 'the nearest of them',
      to: { ...alice, tenant_id: 'a', account_id: 'b', context: { tenant_id: 'c' } },
      more: { context: { tenant_id: 'd' } },
      expected: one({ tenant: 'a' }),
    },
    { name: 'a list', to: { list_id: 'team' }, expected: both([{}, { user: 'bob' }]) },
    {
      name: 'a list, for a tenant',
      to: { list_id: 'team', tenant_id: 'acme' },
      expected: both([{ tenant: 'acme' }, { tenant: 'acme', user: 'bob' }]),
    },
    { name: 'several', to: [alice, { list_id: 'team' }], expected: both([{}, {}, { user: 'bob' }]) },
    { name: 'an unknown list', to: { list_id: 'none' }, expected: [] },
    {
      name: 'a tenant',
      to: { tenant_id: 'acme' },
      expected: both([
        { user: 'carol', tenant: 'acme' },
        { user: 'dave', tenant: 'acme' },
      ]),
    },
    { name: 'an unknown tenant', to: { tenant_id: 'none' }, expected: [] },
    { name: 'an email address', to: { email: 'a@example.com' }, expected: [] },
    { name: 'nobody', to: {}, expected: [] },
    { name: 'a user before a list', to: { ...alice, list_id: 'team' }, expected: one() },
  ])('$name', ({ to, more, expected }) => {
    expect(landed({ to, content, ...more })).toEqual(expected);
  });
});

describe('by which way', () => {
  const route = (...channels: unknown[]) => ({ routing: { method: 'all', channels } });
  it.each([
    { name: 'inbox', more: route('email', 'inbox'), expected: one() },
    { name: 'a rule with inbox in it', more: route('email', { channels: ['sms', 'inbox'] }), expected: one() },
    { name: 'not inbox', more: route('email', { channels: ['sms'] }, null, 5), expected: [] },
    { name: 'none', more: route(), expected: [] },
    { name: 'not said', more: { routing: null }, expected: one() },
  ])('$name', ({ more, expected }) => {
    expect(landed({ to: alice, content, ...more })).toEqual(expected);
  });
});

describe('what the user prefers', () => {
  it.each([
    { name: 'without a topic', preferences: [topic('OPTED_OUT')], id: null, expected: one() },
    { name: 'an unknown topic', preferences: [topic('OPTED_OUT')], id: 'none', expected: one() },
    { name: 'in by default', preferences: [], id: 'news', expected: one() },
    { name: 'out by default', preferences: [], id: 'off', expected: [] },
    { name: 'opted out', preferences: [topic('OPTED_OUT')], id: 'news', expected: [] },
    { name: 'somebody else did', preferences: [topic('OPTED_OUT', { user: 'bob' })], id: 'news', expected: one() },
    { name: 'opted in', preferences: [topic('OPTED_IN', { topic: 'off' })], id: 'off', expected: one() },
    {
      name: 'by ways with inbox',
      preferences: [topic('OPTED_IN', { hasCustomRouting: true, customRouting: ['sms', 'inbox'] })],
      id: 'news',
      expected: one(),
    },
    {
      name: 'by ways without inbox',
      preferences: [topic('OPTED_IN', { hasCustomRouting: true, customRouting: ['sms'] })],
      id: 'news',
      expected: [],
    },
    {
      name: 'by ways that are not in force',
      preferences: [topic('OPTED_IN', { hasCustomRouting: false, customRouting: ['sms'] })],
      id: 'news',
      expected: one(),
    },
    { name: 'out by the tenant', tenant: 'acme', preferences: [], id: 'off-at-acme', expected: [] },
    {
      name: 'in, against the tenant',
      tenant: 'acme',
      preferences: [topic('OPTED_IN', { topic: 'off-at-acme', tenant: 'acme' })],
      id: 'off-at-acme',
      expected: one({ tenant: 'acme' }),
    },
  ])('$name', ({ tenant, preferences, id, expected }) => {
    const sent = {
      to: { ...alice, tenant_id: tenant },
      content,
      preferences: { subscription_topic_id: id },
    };
    expect(landed(sent, preferences)).toEqual(expected);
  });

  it('one of a list', () => {
    const sent = { to: { list_id: 'team' }, content, preferences: { subscription_topic_id: 'news' } };
    expect(landed(sent, [topic('OPTED_OUT')])).toEqual(one({ user: 'bob' }));
  });
});

describe('what is in it', () => {
  const action = { content: 'Go', href: 'https://x.test/1', data: null, background_color: null, style: null };
  it.each([
    { name: 'nothing', sent: { content: {} }, expected: one({ title: '', body: '' }) },
    { name: 'tags', sent: { content, metadata: { tags: ['a', 'b'] } }, expected: one({ tags: ['a', 'b'] }) },
    {
      name: 'Elemental',
      sent: {
        content: {
          version: '2022-01-01',
          elements: [
            { type: 'meta', title: 'T {{n}}' },
            { type: 'text', content: 'one {{n}}' },
            { type: 'divider' },
            { type: 'text', content: 'two' },
            { type: 'text' },
            { type: 'action', content: 'Go', href: 'https://x.test/{{n}}' },
            { type: 'action', style: 'link', background_color: '#fff' },
          ],
        },
        data: { n: 1 },
      },
      expected: one({
        title: 'T 1',
        body: 'one 1\ntwo\n',
        data: { n: 1 },
        actions: [action, { ...action, content: '', href: '', style: 'link', background_color: '#fff' }],
      }),
    },
    { name: 'Elemental without elements', sent: { content: { elements: [] } }, expected: one({ title: '', body: '' }) },
    {
      name: 'a template',
      sent: { template: 'welcome', data: { name: 'Zoë', place: 'here' } },
      expected: one({ title: 'Welcome, Zoë', body: 'To here.', data: { name: 'Zoë', place: 'here' } }),
    },
    { name: 'an unknown template', sent: { template: 'none' }, expected: [] },
    { name: 'content before a template', sent: { template: 'welcome', content }, expected: one() },
  ])('$name', ({ sent, expected }) => {
    expect(landed({ to: alice, ...sent })).toEqual(expected);
  });

  it("the recipient's data before the message's", () => {
    const sent = { to: { ...alice, data: { a: 'own' } }, content: { title: '{{a}} {{b}}' }, data: { a: 'A', b: 'B' } };
    expect(landed(sent)).toEqual(one({ title: 'own B', body: '', data: { a: 'own', b: 'B' } }));
  });
});

it.each([
  { title: '{{a}}', data: { a: 'x' }, expected: 'x' },
  { title: '{{ a }}-{{a}}', data: { a: 'x' }, expected: 'x-x' },
  { title: '{{a.b.c}}', data: { a: { b: { c: 'deep' } } }, expected: 'deep' },
  { title: '{{a}} {{b}} {{c}}', data: { a: 1, b: false, c: { d: [1] } }, expected: '1 false {"d":[1]}' },
  { title: '<{{a}}{{a.b}}{{b}}{{}}>', data: { a: null }, expected: '<{{}}>' },
  { title: '<{{constructor}}{{a.length}}{{a.toString}}>', data: { a: 'x' }, expected: '<>' },
  { title: '{{a}}', data: { a: '{{b}}', b: 'x' }, expected: '{{b}}' },
  { title: '{{a}}', data: { a: '$&' }, expected: '$&' },
  { title: '{a} {{a b}} {{a', data: { a: 'x' }, expected: '{a} {{a b}} {{a' },
])('$title is $expected', ({ title, data, expected }) => {
  expect(landed({ to: alice, content: { title }, data })).toEqual(one({ title: expected, body: '', data }));
});
