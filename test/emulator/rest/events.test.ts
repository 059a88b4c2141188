import { describe, expect, it } from 'vitest';
import {
  forbidden,
  makeCourier,
  message,
  productionKey,
  refused,
  testKey,
  tokenFor,
  unauthorized,
} from '../support.js';

const id = (n: number) => `1-00000000-00004000800000000000000${n}`;
const accepted = (n: number) => ({ status: 202, body: { requestId: id(n) } });
const content = { title: 'Hi {{name}}', body: 'B' };
const alice = { user_id: 'alice' };
const seed = {
  sections: [{ id: 's', topics: [{ id: 'off', defaultStatus: 'OPTED_OUT' as const }] }],
  tenants: [{ id: 'acme', users: ['alice', 'bob'] }],
};

describe('POST /send', () => {
  const landed = (n: number, told: object = {}) => message({ messageId: id(n), title: 'Hi ', body: 'B', ...told });
  it.each([
    { name: 'to one', sent: { to: alice, content }, answer: accepted(1), note: 'to alice', messages: [landed(1)] },
    {
      name: 'to one of a tenant',
      sent: { to: { ...alice, tenant_id: 'acme' }, content, data: { name: 'A' } },
      answer: accepted(1),
      note: 'to alice of acme',
      messages: [landed(1, { tenant: 'acme', title: 'Hi A', data: { name: 'A' } })],
    },
    {
      name: 'to several',
      sent: { to: { tenant_id: 'acme' }, content },
      answer: accepted(3),
      note: 'to alice of acme, bob of acme',
      messages: [landed(1, { tenant: 'acme' }), landed(2, { tenant: 'acme', user: 'bob' })],
    },
    {
      name: 'to nobody',
      sent: { to: { email: 'a@example.com' }, content },
      answer: accepted(1),
      note: 'lands in no inbox',
      messages: [],
    },
    {
      name: 'to who opted out',
      sent: { to: alice, content, preferences: { subscription_topic_id: 'off' } },
      answer: accepted(1),
      note: 'lands in no inbox',
      messages: [],
    },
    {
      name: 'of neither content nor template',
      sent: { to: alice },
      answer: refused(400, 'message: message needs content or a template'),
      note: null,
      messages: [],
    },
    {
      name: 'of an empty template',
      sent: { to: alice, template: '' },
      answer: refused(400, 'message: message needs content or a template'),
      note: null,
      messages: [],
    },
    {
      name: 'to nothing',
      sent: { content },
      answer: refused(400, 'message.to is missing'),
      note: null,
      messages: [],
    },
    {
      name: 'to an empty list',
      sent: { to: [], content },
      answer: refused(400, 'message.to: Invalid length: Expected >=1 but received 0'),
      note: null,
      messages: [],
    },
    {
      name: 'to two',
      sent: { to: [alice, { user_id: 'bob' }], content },
      answer: accepted(3),
      note: 'to alice, bob',
      messages: [landed(1), landed(2, { user: 'bob' })],
    },
    ...[
      {
        name: 'content',
        list: { content: [] },
        problem: 'message.content: Invalid type: Expected unknown but received Array',
      },
      { name: 'data', list: { data: [] }, problem: 'message.data: Invalid type: Expected Object' },
    ].map(({ name, list, problem }) => ({
      name: `of ${name} that is a list`,
      sent: { to: alice, content, ...list },
      answer: refused(400, problem),
      note: null,
      messages: [],
    })),
    {
      name: 'no message',
      sent: undefined,
      answer: refused(400, 'message is missing'),
      note: null,
      messages: [],
    },
  ])('$name', async ({ sent, answer, note, messages }) => {
    const { ask, courier } = makeCourier({ seed });
    expect([
      await ask('POST', '/send', { as: testKey, body: { message: sent } }),
      courier.state.log.newest().map(({ operation }) => operation),
      courier.state.worlds['test'].messages,
    ]).toEqual([answer, [note], messages]);
  });

  it.each([
    { name: 'nobody', as: undefined, answer: unauthorized('credentials.missing') },
    { name: 'a token', as: tokenFor('user_id:alice'), answer: forbidden('key.needed') },
  ])('is not for $name', async ({ as, answer }) => {
    const { ask, courier } = makeCourier({ seed: {} });
    expect([
      await ask('POST', '/send', { as, body: { message: { to: alice, content } } }),
      courier.state.worlds['test'].messages,
    ]).toEqual([answer, []]);
  });

  it('makes no more than sixteen megabytes', async () => {
    const { ask, courier } = makeCourier({ seed: {} });
    const long = { to: alice, content: { title: '{{a}}'.repeat(100) }, data: { a: 'x'.repeat(200_000) } };
    expect([
      await ask('POST', '/send', { as: testKey, body: { message: long } }),
      courier.state.worlds['test'].messages,
    ]).toEqual([refused(400, 'the message is too long'), []]);
  });

  it('names five inboxes in the log', async () => {
    const { ask, courier } = makeCourier({ seed: { lists: [{ id: 'l', users: ['a', 'b', 'c', 'd', 'e', 'f'] }] } });
    await ask('POST', '/send', { as: testKey, body: { message: { to: { list_id: 'l' }, content } } });
    expect(courier.state.log.newest().map(({ operation }) => operation)).toEqual(['to a, b, c, d, e']);
  });

  it.each([
    { as: testKey, here: 'test', there: 'production' },
    { as: productionKey, here: 'production', there: 'test' },
  ] as const)('in $here is not in $there', async ({ as, here, there }) => {
    const { ask, courier } = makeCourier({ seed: {} });
    await ask('POST', '/send', { as, body: { message: { to: alice, content } } });
    expect([courier.state.worlds[here].messages, courier.state.worlds[there].messages]).toEqual([[landed(1)], []]);
  });
});

describe('Idempotency-Key', () => {
  const send = { to: alice, content };
  const created = { status: 200, body: 'brand' };
  it.each([
    { name: 'the same', second: {}, answer: accepted(1), landed: 1 },
    { name: 'the same, within a day', after: 86_399, second: {}, answer: accepted(1), landed: 1 },
    { name: 'the same, a day later', after: 86_400, second: {}, answer: accepted(2), landed: 2 },
    { name: 'another', second: { headers: { 'idempotency-key': 'two' } }, answer: accepted(2), landed: 2 },
    { name: 'none', second: { headers: {} }, answer: accepted(2), landed: 2 },
    { name: 'of another key', second: { as: 'pk_test_other' }, answer: accepted(2), landed: 2 },
    {
      name: 'of another path',
      path: '/brands',
      second: { body: { name: 'brand', id: 'brand' } },
      answer: created,
      landed: 1,
    },
  ])('$name', async ({ after = 0, path = '/send', second, answer, landed }) => {
    const { ask, courier } = makeCourier({ seed: {} });
    const first = { as: testKey, body: { message: send }, headers: { 'idempotency-key': 'one' } };
    await ask('POST', '/send', first);
    courier.state.clock.advance(after);
    const { status, body } = (await ask('POST', path, { ...first, ...second })) as { status: number; body: object };
    expect([{ status, body: 'name' in body ? body.name : body }, courier.state.worlds['test'].messages.length]).toEqual(
      [answer, landed],
    );
  });

  it.each([
    { path: '/send', bad: {}, good: { message: send }, fine: 202 },
    { path: '/auth/issue-token', bad: {}, good: { scope: 'user_id:alice' }, fine: 200 },
  ])('of what $path refused is free', async ({ path, bad, good, fine }) => {
    const { ask } = makeCourier({ seed: {} });
    const statuses = [];
    for (const body of [bad, good, bad]) {
      const answer = await ask('POST', path, { as: testKey, body, headers: { 'idempotency-key': 'one' } });
      statuses.push((answer as { status: number }).status);
    }
    expect(statuses).toEqual([400, fine, fine]);
  });
});

describe('POST /inbound/courier', () => {
  const track = { type: 'track', event: 'Paid', messageId: 'e1' };
  const received = '2026-01-01T00:00:00.000Z';
  const kept = { event: 'Paid', messageId: 'e1', userId: null, properties: {}, received };
  const answer = { status: 202, body: { messageId: 'e1' } };
  it.each([
    { name: 'by nobody', as: undefined, body: track, answer, events: [kept] },
    {
      name: 'in full',
      as: testKey,
      body: { ...track, userId: 'alice', properties: { a: 1 }, more: 1 },
      answer,
      events: [{ ...kept, userId: 'alice', properties: { a: 1 } }],
    },
    { name: 'by a token', as: tokenFor('user_id:alice'), body: track, answer, events: [kept] },
    { name: 'of production', as: productionKey, body: track, answer, events: [] },
    { name: 'by no token', as: 'a.b.c', body: track, answer: unauthorized('token.malformed'), events: [] },
    {
      name: 'of another type',
      as: undefined,
      body: { ...track, type: 'identify' },
      answer: refused(400, 'type: Invalid type: Expected "track" but received "identify"'),
      events: [],
    },
    {
      name: 'with properties that are a list',
      as: undefined,
      body: { ...track, properties: [] },
      answer: refused(400, 'properties: Invalid type: Expected Object'),
      events: [],
    },
    {
      name: 'without an id',
      as: undefined,
      body: { ...track, messageId: '' },
      answer: refused(400, 'messageId: Invalid length: Expected !0 but received 0'),
      events: [],
    },
  ])('$name', async ({ as, body, answer: expected, events }) => {
    const { ask, courier } = makeCourier({ seed: {} });
    expect([await ask('POST', '/inbound/courier', { as, body }), courier.state.worlds['test'].events]).toEqual([
      expected,
      events,
    ]);
  });

  it('takes an id once, in each environment', async () => {
    const { ask, courier } = makeCourier({ seed: {} });
    const answers = [];
    for (const as of [undefined, testKey, productionKey])
      answers.push(await ask('POST', '/inbound/courier', { as, body: track }));
    expect([answers, courier.state.worlds['test'].events, courier.state.worlds['production'].events]).toEqual([
      [answer, refused(409, 'messageId e1 was used before'), answer],
      [kept],
      [kept],
    ]);
  });
});

describe('POST /t/:tracking', () => {
  const before = '2025-12-31T00:00:00.000Z';
  const at = '2026-01-01T00:00:00.000Z';
  const told = { messageId: 'm', created: before };
  const known = { status: 200, body: { messageId: 'm' } };
  it.each([
    { tracking: 'm-open', event: 'OPENED', answer: known, marked: { opened: at } },
    { tracking: 'm-click', event: 'CLICKED', answer: known, marked: { clicked: at } },
    { tracking: 'm-read', event: 'READ', answer: known, marked: { read: at } },
    { tracking: 'm-unread', read: true, event: 'UNREAD', answer: known, marked: { read: null } },
    { tracking: 'm-deliver', event: 'DELIVERED', answer: known, marked: {} },
    { tracking: 'm-archive', event: 'READ', answer: known, marked: { read: at } },
    { tracking: 'm', event: 'READ', answer: refused(404, 'Tracking id not found'), marked: {} },
    {
      tracking: 'm-open',
      event: 'ARCHIVED',
      answer: refused(
        400,
        'event: Invalid type: Expected ("CLICKED" | "DELIVERED" | "OPENED" | "READ" | "UNREAD") but received "ARCHIVED"',
      ),
      marked: {},
    },
  ])('$event of $tracking', async ({ tracking, read = false, event, answer, marked }) => {
    const { ask, courier } = makeCourier({ seed: { messages: [{ ...told, user: 'alice', read }] } });
    expect([await ask('POST', `/t/${tracking}`, { body: { event } }), courier.state.worlds['test'].messages]).toEqual([
      answer,
      [message({ ...told, ...marked })],
    ]);
  });

  it('without a credential of what production sent', async () => {
    const { ask, courier } = makeCourier({ seed: {} });
    await ask('POST', '/send', { as: productionKey, body: { message: { to: alice, content: {} } } });
    expect([
      await ask('POST', `/t/${id(1)}-open`, { body: { event: 'OPENED' } }),
      courier.state.worlds['production'].messages,
    ]).toEqual([{ status: 200, body: { messageId: id(1) } }, [message({ messageId: id(1), opened: at })]]);
  });
});
