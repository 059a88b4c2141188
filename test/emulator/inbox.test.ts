import { describe, expect, it } from 'vitest';
import {
  type Filter,
  type MarkAllEvent,
  type MarkEvent,
  filtered,
  mark,
  markAll,
  messageOf,
  pageOf,
} from '../../src/emulator/inbox.js';
import { makeWorld, message, now } from './support.js';

const world = makeWorld({
  messages: [
    { messageId: 'old', user: 'alice', created: '2025-12-01T00:00:00Z', tags: ['a'], read: true },
    { messageId: 'new', user: 'alice', created: '2025-12-31T00:00:00Z', tags: ['a', 'b'] },
    { messageId: 'mid', user: 'alice', created: '2025-12-15T00:00:00Z' },
    { messageId: 'gone', user: 'alice', created: '2025-12-20T00:00:00Z', tags: ['b'], archived: true },
    { messageId: 'acme', user: 'alice', tenant: 'acme', created: '2025-12-20T00:00:00Z' },
    { messageId: 'bobs', user: 'bob', created: '2025-12-20T00:00:00Z' },
  ],
});

describe('filtered, newest first', () => {
  it.each<{ user?: string; filter: Filter; expected: string[] }>([
    { filter: {}, expected: ['new', 'mid', 'old'] },
    { user: 'bob', filter: {}, expected: ['bobs'] },
    { user: 'carol', filter: {}, expected: [] },
    { filter: { accountId: 'acme' }, expected: ['acme'] },
    { filter: { accountId: 'other' }, expected: [] },
    { filter: { accountId: '' }, expected: ['new', 'mid', 'old'] },
    { user: 'bob', filter: { accountId: 'acme' }, expected: [] },
    { filter: { status: 'read' }, expected: ['old'] },
    { filter: { status: 'unread' }, expected: ['new', 'mid'] },
    { filter: { tags: ['b'] }, expected: ['new'] },
    { filter: { tags: ['b', 'a'] }, expected: ['new', 'old'] },
    { filter: { tags: ['c'] }, expected: [] },
    { filter: { tags: [] }, expected: ['new', 'mid', 'old'] },
    { filter: { archived: true }, expected: ['gone'] },
    { filter: { archived: false }, expected: ['new', 'mid', 'old'] },
    { filter: { archived: true, tags: ['a'] }, expected: [] },
    { filter: { from: Date.parse('2025-12-15T00:00:00Z') }, expected: ['new', 'mid'] },
    { filter: { from: Date.parse('2025-12-15T00:00:00.001Z') }, expected: ['new'] },
    { filter: { from: 0 }, expected: ['new', 'mid', 'old'] },
    { filter: { pinned: true }, expected: [] },
    { filter: { pinned: false, status: 'read', tags: ['a'], from: 0 }, expected: ['old'] },
    {
      filter: { accountId: null, tags: null, status: null, archived: null, from: null, pinned: null },
      expected: ['new', 'mid', 'old'],
    },
  ])('$user $filter', ({ user = 'alice', filter, expected }) => {
    expect(filtered(world, user, filter).map(({ messageId }) => messageId)).toEqual(expected);
  });

  it('of the same moment, by id', () => {
    const same = makeWorld({
      messages: ['b', 'c', 'a'].map((messageId) => ({ messageId, user: 'alice', created: '2025-12-20T00:00:00Z' })),
    });
    expect(filtered(same, 'alice', {}).map(({ messageId }) => messageId)).toEqual(['c', 'b', 'a']);
  });
});

describe('pageOf', () => {
  const messages = filtered(world, 'alice', {});
  const cursor = (text: string) => Buffer.from(text).toString('base64url');
  const [first, second, third] = messages;
  const at = {
    new: cursor('2025-12-31T00:00:00.000Z new'),
    mid: cursor('2025-12-15T00:00:00.000Z mid'),
    old: cursor('2025-12-01T00:00:00.000Z old'),
  };
  const page = (startCursor: string | null, hasNextPage: boolean, nodes: unknown[]) => ({
    totalCount: 3,
    pageInfo: { startCursor, hasNextPage },
    nodes,
  });
  it.each([
    { name: 'all', limit: 3, after: undefined, expected: page(at.old, false, [first, second, third]) },
    { name: 'the first', limit: 2, after: null, expected: page(at.mid, true, [first, second]) },
    { name: 'the next', limit: 2, after: at.mid, expected: page(at.old, false, [third]) },
    { name: 'behind the last', limit: 2, after: at.old, expected: page(null, false, []) },
    { name: 'no cursor', limit: 1, after: '', expected: page(at.new, true, [first]) },
    {
      name: 'behind one that is gone',
      limit: 1,
      after: cursor('2025-12-20T00:00:00.000Z gone'),
      expected: page(at.mid, true, [second]),
    },
    { name: 'a bad cursor', limit: 2, after: 'nonsense', expected: undefined },
    { name: 'a cursor of the message alone', limit: 2, after: cursor('mid'), expected: undefined },
    { name: 'a cursor without the message', limit: 2, after: cursor('2025-12-15T00:00:00.000Z '), expected: undefined },
  ])('$name', ({ limit, after, expected }) => {
    expect(pageOf(messages, limit, after)).toEqual(expected);
  });

  it('none of none', () => {
    expect(pageOf([], 10, undefined)).toEqual({
      totalCount: 0,
      pageInfo: { startCursor: null, hasNextPage: false },
      nodes: [],
    });
  });
});

const before = '2025-12-31T00:00:00.000Z';
const at = '2026-01-01T00:00:00.000Z';

describe('mark', () => {
  const set = { read: before, opened: before, clicked: before, archived: before };
  it.each<{ event: MarkEvent; fresh: object; again: object }>([
    { event: 'read', fresh: { read: at }, again: {} },
    { event: 'opened', fresh: { opened: at }, again: {} },
    { event: 'clicked', fresh: { clicked: at }, again: {} },
    { event: 'archive', fresh: { archived: at }, again: {} },
    { event: 'unread', fresh: {}, again: { read: null } },
    { event: 'unopened', fresh: {}, again: { opened: null } },
    { event: 'unarchive', fresh: {}, again: { archived: null } },
  ])('$event, once and again', ({ event, fresh, again }) => {
    const [one, other] = [message({ messageId: 'm' }), message({ messageId: 'm', ...set })];
    mark(one, event, now);
    mark(other, event, now);
    expect([one, other]).toEqual([
      message({ messageId: 'm', ...fresh }),
      message({ messageId: 'm', ...set, ...again }),
    ]);
  });
});

describe('markAll', () => {
  const seeded = () =>
    makeWorld({
      messages: [
        { messageId: 'unread', user: 'alice', created: before },
        { messageId: 'read', user: 'alice', tenant: 'acme', created: before, read: true },
        { messageId: 'bobs', user: 'bob', created: before },
        { messageId: 'bobs-read', user: 'bob', created: before, read: true },
      ],
    });
  const expected = (unread: object, read: object) => [
    message({ messageId: 'unread', created: before, ...unread }),
    message({ messageId: 'read', tenant: 'acme', created: before, read: before, ...read }),
    message({ messageId: 'bobs', user: 'bob', created: before }),
    message({ messageId: 'bobs-read', user: 'bob', created: before, read: before }),
  ];
  it.each<{ event: MarkAllEvent; after: unknown }>([
    { event: 'mark-all-read', after: expected({ read: at }, {}) },
    { event: 'archive-read', after: expected({}, { archived: at }) },
    { event: 'archive-all', after: expected({ archived: at }, { archived: at }) },
  ])("$event, of the user's own, in every tenant", ({ event, after }) => {
    const some = seeded();
    markAll(some, 'alice', event, now);
    expect(some.messages).toEqual(after);
  });
});

it.each([
  { user: 'alice', id: 'acme', expected: 'acme' },
  { user: 'alice', id: 'gone', expected: 'gone' },
  { user: 'alice', id: 'bobs', expected: undefined },
  { user: 'alice', id: 'none', expected: undefined },
])('$id of $user is $expected', ({ user, id, expected }) => {
  expect(messageOf(world, user, id)?.messageId).toBe(expected);
});
