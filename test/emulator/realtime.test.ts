import { describe, expect, it } from 'vitest';
import type { Caller } from '../../src/emulator/caller.js';
import { type Audience, type Envelope, Realtime, announced } from '../../src/emulator/realtime.js';
import { makeCourier, message, notEmulated, now, productionKey, testKey, tokenFor, unauthorized } from './support.js';

const caller: Caller = { environment: 'test', by: 'token', users: ['alice'], scopes: [], expiresAt: now + 60 };

/** A connection, and all that is said to it. */
function makeConnection() {
  const said: unknown[] = [];
  const connection = {
    send: (frame: string) => void said.push(JSON.parse(frame)),
    close: (code: number, reason: string) => void said.push(`closed: ${code} ${reason}`),
  };
  return { said, connection };
}

function join(realtime: Realtime, who = caller) {
  const { said, connection } = makeConnection();
  const { receive, ended } = realtime.connect(who, 'alice', 'cid', connection);
  return { said, ended, say: (frame: unknown) => receive(typeof frame === 'string' ? frame : JSON.stringify(frame)) };
}

const subscribe = (channel: unknown, more: object = {}) => ({
  action: 'subscribe',
  tid: '1',
  data: { channel, event: '*', ...more },
});
const closed = 'closed: 1008 Unauthorized';
const ack = { tid: '1', response: 'ack' };

describe('a frame', () => {
  it.each([
    { name: 'ping', frame: { action: 'ping', tid: '7' }, said: [{ tid: '7', response: 'pong' }] },
    { name: 'ping without an id', frame: { action: 'ping', tid: 7 }, said: [{ response: 'pong' }] },
    {
      name: 'get-config',
      frame: { action: 'get-config', tid: '7' },
      said: [{ tid: '7', response: 'config', data: { pingInterval: 60, maxOutstandingPings: 3 } }],
    },
    { name: 'subscribe', frame: subscribe('alice'), said: [ack] },
    { name: 'unsubscribe', frame: { action: 'unsubscribe', tid: '1' }, said: [ack] },
    { name: "somebody else's channel", frame: subscribe('bob'), said: [closed], left: 0 },
    { name: 'no channel', frame: { action: 'subscribe', tid: '1', data: null }, said: [closed], left: 0 },
    { name: 'keepAlive', frame: { action: 'keepAlive', tid: '1' }, said: [] },
    { name: 'no action', frame: { action: 5 }, said: [] },
    { name: 'null', frame: null, said: [] },
    { name: 'no JSON', frame: '{', said: [] },
  ])('$name', ({ frame, said, left = 1 }) => {
    const realtime = new Realtime();
    const member = join(realtime);
    member.say(frame);
    expect({ said: member.said, left: realtime.size }).toEqual({ said, left });
  });
});

describe('publish', () => {
  const read: Envelope = { event: 'read', messageId: 'm' };
  it.each<{ name: string; frames: object[]; to?: Partial<Audience>; at?: number; said: unknown[]; left?: number }>([
    { name: 'to who subscribed', frames: [subscribe('alice')], said: [ack, read] },
    { name: 'not before', frames: [], said: [] },
    {
      name: 'not after',
      frames: [subscribe('alice'), { action: 'unsubscribe', tid: '2' }],
      said: [ack, { tid: '2', response: 'ack' }],
    },
    { name: 'not of another user', frames: [subscribe('alice')], to: { user: 'bob' }, said: [ack] },
    { name: 'not of production', frames: [subscribe('alice')], to: { environment: 'production' }, said: [ack] },
    { name: "not of a tenant to the user's own", frames: [subscribe('alice')], to: { tenant: 'acme' }, said: [ack] },
    {
      name: 'of a tenant',
      frames: [subscribe('alice', { accountId: 'acme' })],
      to: { tenant: 'acme' },
      said: [ack, read],
    },
    {
      name: 'not of no tenant',
      frames: [subscribe('alice', { accountId: 'acme' })],
      to: { tenant: null },
      said: [ack],
    },
    {
      name: 'of none, where none is named',
      frames: [subscribe('alice', { accountId: '' })],
      to: { tenant: null },
      said: [ack, read],
    },
    { name: 'of whatever tenant', frames: [subscribe('alice', { accountId: 'acme' })], said: [ack, read] },
    { name: 'not to who did it', frames: [subscribe('alice')], to: { except: 'cid' }, said: [ack] },
    { name: 'but to another one', frames: [subscribe('alice')], to: { except: 'other' }, said: [ack, read] },
    { name: 'until the token expires', frames: [subscribe('alice')], at: now + 59.9, said: [ack, read] },
    { name: 'not from then on', frames: [subscribe('alice')], at: now + 60, said: [ack, closed], left: 0 },
  ])('$name', ({ frames, to, at = now, said, left = 1 }) => {
    const realtime = new Realtime();
    const member = join(realtime);
    for (const frame of frames) member.say(frame);
    realtime.publish(read, { environment: 'test', user: 'alice', ...to }, at);
    expect({ said: member.said, left: realtime.size }).toEqual({ said, left });
  });

  it('of a token that never expires', () => {
    const realtime = new Realtime();
    const member = join(realtime, { ...caller, expiresAt: null });
    member.say(subscribe('alice'));
    realtime.publish(read, { environment: 'test', user: 'alice' }, now * 2);
    expect(member.said).toEqual([ack, read]);
  });
});

it('knows nobody who has ended, and ends all', () => {
  const realtime = new Realtime();
  const [one, other] = [join(realtime), join(realtime)];
  one.ended();
  const before = realtime.size;
  realtime.closeAll(1012, 'over');
  expect({ before, after: realtime.size, one: one.said, other: other.said }).toEqual({
    before: 1,
    after: 0,
    one: [],
    other: ['closed: 1012 over'],
  });
});

it('announces a message as the SDK reads it', () => {
  const { messageId, created, trackingIds } = message({ messageId: 'm' });
  const content = { title: 'T', body: 'B', tags: ['a'], data: { a: 1 }, actions: [] };
  expect(announced(message({ messageId: 'm', tenant: 'acme', ...content }))).toEqual({
    event: 'message',
    data: { messageId, created, trackingIds, preview: 'B', ...content },
  });
});

describe('admission', () => {
  const reader = tokenFor('user_id:alice inbox:read:messages');
  const at = (auth: string, user = 'alice') => `/?auth=${auth}&cid=cid&iwpv=v1&userId=${user}`;
  it.each([
    { name: 'no token', url: '/?userId=alice', answer: unauthorized('credentials.missing') },
    { name: 'no user of the token', url: at(reader, 'bob'), answer: unauthorized('user.mismatch bob') },
    {
      name: 'no scope',
      url: at(tokenFor('user_id:alice')),
      answer: unauthorized('scope.missing inbox:read:messages'),
    },
    { name: 'a key', url: at(testKey), answer: unauthorized('token.needed') },
    {
      name: 'expired',
      url: at(tokenFor('user_id:alice inbox:read:messages', testKey, now - 3600)),
      answer: unauthorized('expiry.expired'),
    },
    {
      name: 'another path',
      url: `/ws?auth=${reader}`,
      answer: notEmulated('SOCKET /ws'),
    },
  ])('$name', async ({ url, answer }) => {
    const { courier } = makeCourier();
    expect({ admitted: await courier.admit(url), size: courier.state.realtime.size }).toEqual({
      admitted: { answer },
      size: 0,
    });
  });

  it('a fault is one of the socket, too', async () => {
    const { courier } = makeCourier();
    courier.state.faults.faults = [
      { how: 'drop', status: 500, path: '/', method: 'SOCKET', count: 1, retryAfter: null },
    ];
    expect(await courier.admit(at(reader))).toEqual({ answer: 'drop' });
  });

  it('is in the log without its token', async () => {
    const { courier } = makeCourier();
    await courier.admit(at(reader));
    expect(courier.state.log.newest()).toEqual([
      {
        at: '2026-01-01T00:00:00.000Z',
        method: 'SOCKET',
        path: '/',
        operation: null,
        status: 101,
        user: 'alice',
        verdict: { code: 'token.accepted' },
        reason: null,
        fault: false,
        milliseconds: 0,
      },
    ]);
  });
});

describe('over the whole emulator', () => {
  async function connected(key = testKey, more: object = {}) {
    const { said, connection } = makeConnection();
    const made = makeCourier({ seed: {} });
    const token = tokenFor('user_id:alice inbox:read:messages inbox:write:events', key);
    const admitted = await made.courier.admit(`/?auth=${token}&cid=cid&userId=alice`);
    if (!('join' in admitted)) throw new TypeError('not let in');
    admitted.join(connection).receive(JSON.stringify(subscribe('alice', more)));
    said.splice(0);
    return { ...made, said, token };
  }
  const sent = (told: object = {}) => ({
    message: { to: { user_id: 'alice', ...told }, content: { title: 'T', body: 'B' } },
  });
  const id = '1-00000000-000040008000000000000001';
  const { created, trackingIds } = message({ messageId: id });
  const announcement = {
    event: 'message',
    data: {
      messageId: id,
      title: 'T',
      body: 'B',
      preview: 'B',
      created,
      tags: [],
      data: null,
      actions: [],
      trackingIds,
    },
  };

  it.each([
    { name: 'what is sent', as: testKey, body: sent(), expected: [announcement] },
    { name: 'not what another tenant sends', as: testKey, body: sent({ tenant_id: 'acme' }), expected: [] },
    {
      name: 'what its tenant sends',
      as: testKey,
      more: { accountId: 'acme' },
      body: sent({ tenant_id: 'acme' }),
      expected: [announcement],
    },
    { name: 'not what production sends', as: productionKey, body: sent(), expected: [] },
  ])('hears $name', async ({ as, more, body, expected }) => {
    const { ask, said } = await connected(testKey, more);
    await ask('POST', '/send', { as, body });
    expect(said).toEqual(expected);
  });

  it.each([
    { name: 'read', fields: `read(messageId: "${id}")`, expected: [{ event: 'read', messageId: id }] },
    { name: 'unarchive', fields: `unarchive(messageId: "${id}")`, expected: [{ event: 'unarchive', messageId: id }] },
    { name: 'clicked', fields: `clicked(messageId: "${id}")`, expected: [{ event: 'clicked', messageId: id }] },
    { name: 'all read', fields: 'markAllRead', expected: [{ event: 'mark-all-read' }] },
    { name: 'all archived', fields: 'archiveAll', expected: [{ event: 'archive-all' }] },
    { name: 'read ones archived', fields: 'archiveRead', expected: [{ event: 'archive-read' }] },
    { name: 'nothing of an unknown message', fields: 'read(messageId: "none")', expected: [] },
    { name: 'nothing of what it did itself', fields: 'archiveAll', source: 'cid', expected: [] },
  ])('hears of $name', async ({ fields, source = 'other', expected }) => {
    const { ask, query, said, token } = await connected();
    await ask('POST', '/send', { as: testKey, body: sent() });
    said.splice(0);
    await query('/q', token, `mutation { ${fields} }`, {}, { 'x-courier-client-source-id': source });
    expect(said).toEqual(expected);
  });

  it('hears nothing of what is marked in a tenant', async () => {
    const { ask, query, said, token } = await connected();
    await ask('POST', '/send', { as: testKey, body: sent({ tenant_id: 'acme' }) });
    await query('/q', token, `mutation { read(messageId: "${id}") }`);
    expect(said).toEqual([]);
  });

  it.each([testKey, productionKey])('hears of tracked events, by %s', async (as) => {
    const { ask, said } = await connected(as);
    await ask('POST', '/send', { as, body: sent() });
    said.splice(0);
    for (const event of ['OPENED', 'DELIVERED', 'UNREAD']) await ask('POST', `/t/${id}-open`, { body: { event } });
    expect(said).toEqual([
      { event: 'opened', messageId: id },
      { event: 'unread', messageId: id },
    ]);
  });

  it('hears nothing of what is tracked in the other environment', async () => {
    const { ask, said } = await connected(testKey);
    await ask('POST', '/send', { as: productionKey, body: sent() });
    await ask('POST', `/t/${id}-open`, { body: { event: 'OPENED' } });
    expect(said).toEqual([]);
  });

  it('hears that all begins again', async () => {
    const { courier, said } = await connected();
    courier.state.reset();
    expect({ said, size: courier.state.realtime.size }).toEqual({
      said: ['closed: 1012 The emulator was reset'],
      size: 0,
    });
  });
});
