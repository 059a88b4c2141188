import { describe, expect, it } from 'vitest';
import type { Seed } from '../../../src/emulator/seed.js';
import { makeCourier, message, productionKey, testKey, tokenFor, unauthorized } from '../support.js';

const seed: Seed = {
  messages: [
    {
      messageId: 'm1',
      user: 'alice',
      title: 'One',
      body: 'B',
      tags: ['a'],
      data: { n: 1 },
      actions: [{ content: 'Go' }],
    },
    { messageId: 'm2', user: 'alice', read: true, tags: ['b'] },
    { messageId: 'm3', user: 'alice', opened: true, tags: ['a', 'b'] },
    { messageId: 'gone', user: 'alice', archived: true },
    { messageId: 'acme', user: 'alice', tenant: 'acme' },
    { messageId: 'bobs', user: 'bob' },
  ],
};
const reading = 'user_id:alice inbox:read:messages';
const writing = 'user_id:alice inbox:write:events';
const ok = (data: unknown) => ({ status: 200, body: { data } });
const failed = (text: string, message_: string, data: unknown = null) => {
  const field = /\w+/.exec(text.replace(/^.*?\{/, ''))![0];
  const column = text.indexOf(field, text.indexOf('{')) + 1;
  return {
    status: 200,
    body: { errors: [{ message: message_, locations: [{ line: 1, column }], path: [field] }], data },
  };
};
const asked = async (
  text: string,
  { scope = reading, key = testKey, variables = {}, headers = {}, options = {} } = {},
) => makeCourier({ seed, ...options }).query('/q', tokenFor(scope, key), text, variables, headers);

describe('who may', () => {
  const messages = '{ messages { totalCount nodes { messageId } } count }';
  const one = '{ message(messageId: "m1") { messageId } }';
  const refusing = unauthorized('scope.missing inbox:read:messages');
  const none = ok({ messages: { totalCount: 0, nodes: [] }, count: 0 });
  const mine = ok({
    messages: { totalCount: 3, nodes: ['m1', 'm2', 'm3'].map((messageId) => ({ messageId })) },
    count: 3,
  });
  const bobs = ok({ messages: { totalCount: 1, nodes: [{ messageId: 'bobs' }] }, count: 1 });
  const both = `${reading} user_id:bob`;
  it.each([
    { name: 'with the scope', text: messages, scope: reading, expected: mine },
    { name: 'in production', text: messages, scope: reading, key: productionKey, expected: mine },
    { name: 'the header says whose', text: messages, scope: both, user: 'bob', expected: bobs },
    { name: 'the first, without it', text: messages, scope: both, expected: mine },
    { name: 'another user', text: messages, scope: reading, user: 'bob', expected: unauthorized('user.mismatch bob') },
    { name: 'no user', text: messages, scope: 'inbox:read:messages', expected: unauthorized('user.missing') },
    { name: 'without the scope', text: messages, scope: writing, expected: refusing },
    { name: 'without it, one', text: one, scope: writing, expected: refusing },
    { name: 'without it, empty', text: messages, scope: writing, missingScope: 'empty', expected: none },
    {
      name: 'without it, empty, one',
      text: one,
      scope: writing,
      missingScope: 'empty',
      expected: ok({ message: null }),
    },
    { name: 'with it, where empty', text: messages, scope: reading, missingScope: 'empty', expected: mine },
    {
      name: 'another user, where empty',
      text: messages,
      scope: writing,
      missingScope: 'empty',
      user: 'bob',
      expected: unauthorized('user.mismatch bob'),
    },
    {
      name: 'writing, where empty',
      text: 'mutation { archiveAll }',
      scope: reading,
      missingScope: 'empty',
      expected: unauthorized('scope.missing inbox:write:events'),
    },
  ] as const)('$name', async ({ text, scope, expected, ...more }) => {
    const { key = testKey, user, missingScope } = { key: undefined, user: undefined, missingScope: undefined, ...more };
    const headers = user === undefined ? {} : { 'x-courier-user-id': user };
    expect(await asked(text, { scope, key, headers, options: { missingScope } })).toEqual(expected);
  });

  it.each([
    { name: 'a key', as: testKey, expected: unauthorized('token.needed') },
    { name: 'no token', as: 'a.b.c', expected: unauthorized('token.malformed') },
  ])('not $name', async ({ as, expected }) => {
    expect(await makeCourier().query('/q', as, messages)).toEqual(expected);
  });
});

it('gives a message in full', async () => {
  const fields = `messageId title body preview icon created read opened archived tags data pinned { slotId }
    actions(version: 2) { content href data background_color style }
    trackingIds { archiveTrackingId clickTrackingId deliverTrackingId openTrackingId readTrackingId unreadTrackingId }`;
  const { created, trackingIds } = message({ messageId: 'm1' });
  expect(await asked(`{ message(messageId: "m1") { ${fields} } }`)).toEqual(
    ok({
      message: {
        messageId: 'm1',
        title: 'One',
        body: 'B',
        preview: 'B',
        icon: null,
        created,
        read: null,
        opened: null,
        archived: null,
        tags: ['a'],
        data: { n: 1 },
        pinned: null,
        actions: [{ content: 'Go', href: '', data: null, background_color: null, style: null }],
        trackingIds,
      },
    }),
  );
});

it.each([
  { id: 'm1', expected: { messageId: 'm1' } },
  { id: 'gone', expected: { messageId: 'gone' } },
  { id: 'acme', expected: { messageId: 'acme' } },
  { id: 'bobs', expected: null },
  { id: 'none', expected: null },
])('message $id', async ({ id, expected }) => {
  const text = 'query ($id: String!) { message(messageId: $id) { messageId } }';
  expect(await asked(text, { variables: { id } })).toEqual(ok({ message: expected }));
});

describe('params', () => {
  const text = 'query ($params: FilterParamsInput) { count(params: $params) }';
  it.each([
    { params: undefined, count: 3 },
    { params: {}, count: 3 },
    { params: { status: 'read' }, count: 1 },
    { params: { status: 'unread' }, count: 2 },
    { params: { status: null, tags: null, from: null, archived: null, accountId: null }, count: 3 },
    { params: { tags: ['b'] }, count: 2 },
    { params: { archived: true }, count: 1 },
    { params: { accountId: 'acme' }, count: 1 },
    { params: { accountId: 'none' }, count: 0 },
    { params: { pinned: true }, count: 0 },
    { params: { from: '2025-12-31T23:59:00Z' }, count: 2 },
    { params: { from: 1_767_225_600_000 }, count: 1 },
    { params: { from: '2026-01-01T01:00:00+01:00', status: 'unread', tags: ['a'] }, count: 1 },
  ])('$params', async ({ params, count }) => {
    const variables = { params };
    const nodes = 'query ($params: FilterParamsInput) { messages(params: $params) { totalCount } }';
    expect([await asked(text, { variables }), await asked(nodes, { variables })]).toEqual([
      ok({ count }),
      ok({ messages: { totalCount: count } }),
    ]);
  });

  it.each([
    { params: { status: 'archived' }, problem: 'status must be "read" or "unread"' },
    { params: { from: 'yesterday' }, problem: 'from must be an ISO 8601 time' },
    { params: { from: true }, problem: 'from must be an ISO 8601 time' },
  ])('not $params', async ({ params, problem }) => {
    expect(await asked(text, { variables: { params } })).toEqual(failed(text, problem));
  });
});

describe('pages', () => {
  const text =
    'query ($limit: Int, $after: String) { messages(limit: $limit, after: $after) { totalCount pageInfo { startCursor hasNextPage } nodes { messageId } } }';
  const cursorOf = (created: string, id: string) => Buffer.from(`${created} ${id}`).toString('base64url');
  const second = cursorOf('2025-12-31T23:59:00.000Z', 'm2');
  const third = cursorOf('2025-12-31T23:58:00.000Z', 'm3');
  const page = (ids: string[], startCursor: string | null, hasNextPage: boolean) =>
    ok({
      messages: {
        totalCount: 3,
        pageInfo: { startCursor, hasNextPage },
        nodes: ids.map((messageId) => ({ messageId })),
      },
    });
  it.each([
    { name: 'the first', variables: { limit: 2 }, expected: page(['m1', 'm2'], second, true) },
    { name: 'the second', variables: { limit: 2, after: second }, expected: page(['m3'], third, false) },
    { name: 'the third', variables: { limit: 2, after: third }, expected: page([], null, false) },
    { name: 'all', variables: {}, expected: page(['m1', 'm2', 'm3'], third, false) },
    {
      name: 'as many as there are',
      variables: { limit: 3, after: '' },
      expected: page(['m1', 'm2', 'm3'], third, false),
    },
    { name: 'limit 0', variables: { limit: 0 }, expected: failed(text, 'limit must be at least 1') },
    { name: 'limit -1', variables: { limit: -1 }, expected: failed(text, 'limit must be at least 1') },
    { name: 'no limit', variables: { limit: null }, expected: failed(text, 'limit must be at least 1') },
    { name: 'a bad cursor', variables: { after: 'm2' }, expected: failed(text, 'after is no cursor') },
  ])('$name', async ({ variables, expected }) => {
    expect(await asked(text, { variables })).toEqual(expected);
  });

  it('of no more than a hundred, ten unless told', async () => {
    const many = { messages: Array.from({ length: 102 }, () => ({ user: 'alice' })) };
    const sizes = [];
    for (const limit of [undefined, 100, 5000]) {
      const answer = await asked(text, { variables: { limit }, options: { seed: many } });
      sizes.push(
        (answer as unknown as { body: { data: { messages: { nodes: unknown[] } } } }).body.data.messages.nodes.length,
      );
    }
    expect(sizes).toEqual([10, 100, 100]);
  });

  it('go on behind one that is archived meanwhile', async () => {
    const { query } = makeCourier({ seed });
    const as = tokenFor(`${reading} ${writing}`);
    await query('/q', as, 'mutation { archive(messageId: "m2") }');
    const body = {
      messages: { totalCount: 2, pageInfo: { startCursor: third, hasNextPage: false }, nodes: [{ messageId: 'm3' }] },
    };
    expect(await query('/q', as, text, { limit: 2, after: second })).toEqual(ok(body));
  });
});

describe('mutations', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const created = [
    '2026-01-01T00:00:00.000Z',
    '2025-12-31T23:59:00.000Z',
    '2025-12-31T23:58:00.000Z',
    '2025-12-31T23:57:00.000Z',
  ];
  /** What alice's own were in the beginning, with what is changed of them. */
  const states = (told: Record<string, object>) =>
    [
      { messageId: 'm1', read: null, opened: null, clicked: null, archived: null },
      { messageId: 'm2', read: created[1], opened: null, clicked: null, archived: null },
      { messageId: 'm3', read: null, opened: created[2], clicked: null, archived: null },
      { messageId: 'gone', read: null, opened: null, clicked: null, archived: created[3] },
    ].map((one) => ({ ...one, ...told[one.messageId] }));
  const marked = async (field: string, scope = writing) => {
    const { courier, query } = makeCourier({ seed });
    const answer = await query('/q', tokenFor(scope), `mutation { ${field} }`);
    const all = courier.state.worlds['test'].messages.map(({ messageId, read, opened, clicked, archived }) => ({
      messageId,
      read,
      opened,
      clicked,
      archived,
    }));
    return { answer, all: all.slice(0, 4) };
  };

  it.each([
    { field: 'read(messageId: "m1")', told: { m1: { read: at } } },
    { field: 'read(messageId: "m2")', told: {} },
    { field: 'unread(messageId: "m2")', told: { m2: { read: null } } },
    { field: 'opened(messageId: "m1")', told: { m1: { opened: at } } },
    { field: 'unopened(messageId: "m3")', told: { m3: { opened: null } } },
    { field: 'clicked(messageId: "m1", trackingId: "t")', told: { m1: { clicked: at } } },
    { field: 'archive(messageId: "m1")', told: { m1: { archived: at } } },
    { field: 'unarchive(messageId: "gone")', told: { gone: { archived: null } } },
    { field: 'markAllRead', told: { m1: { read: at }, m3: { read: at }, gone: { read: at } } },
    { field: 'archiveRead', told: { m2: { archived: at } } },
    { field: 'archiveAll', told: { m1: { archived: at }, m2: { archived: at }, m3: { archived: at } } },
    { field: 'read(messageId: "bobs")', told: {}, result: false },
    { field: 'read(messageId: "none")', told: {}, result: false },
  ])('$field', async ({ field, told, result = true }) => {
    const [name = ''] = field.split('(');
    expect(await marked(field)).toEqual({ answer: ok({ [name]: result }), all: states(told) });
  });

  it.each([
    'read(messageId: "m1")',
    'unread(messageId: "m1")',
    'opened(messageId: "m1")',
    'unopened(messageId: "m1")',
    'clicked(messageId: "m1")',
    'archive(messageId: "m1")',
    'unarchive(messageId: "m1")',
    'markAllRead',
    'archiveRead',
    'archiveAll',
  ])('%s takes its scope', async (field) => {
    expect(await marked(field, reading)).toEqual({
      answer: unauthorized('scope.missing inbox:write:events'),
      all: states({}),
    });
  });
});
