import { expect, it } from 'vitest';
import { makeCourier, refused, testKey, tokenFor } from './support.js';

const times = <T>(count: number, of: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i));
const nested = (depth: number): object => (depth === 0 ? {} : { a: nested(depth - 1) });

/** 150 × 150 × 150 counts, in seven kilobytes. */
const bomb = `{ ${times(150, (i) => `a${i}: messages { ...A }`).join(' ')} }
  fragment A on Messages { ${times(150, (i) => `b${i}: nodes { ...B }`).join(' ')} }
  fragment B on Message { ${times(150, (i) => `c${i}: title`).join(' ')} }`;

it('a short query that asks for millions of fields', async () => {
  const { query } = makeCourier();
  const token = tokenFor('user_id:alice inbox:read:messages');
  expect(await query('/q', token, bomb)).toEqual(refused(400, 'the query asks for too many fields'));
});

const content = { title: 'T', body: '' };
it.each([
  {
    name: 'more inboxes than a list may have',
    message: { to: times(10_001, (i) => ({ user_id: `u${i}` })), content },
    problem: 'the message is for too many',
  },
  {
    name: 'long data, each its own',
    message: {
      to: times(200, (i) => ({ user_id: `u${i}`, data: { i } })),
      content,
      data: Object.fromEntries(times(1000, (i) => [`k${i}`, i])),
    },
    problem: 'the message is too long',
  },
  {
    name: 'a long value, put in often',
    message: {
      to: { user_id: 'a' },
      content: { title: '{{x}}'.repeat(1000), body: '' },
      data: { x: 'x'.repeat(20_000) },
    },
    problem: 'the message is too long',
  },
])('$name', async ({ message, problem }) => {
  const { courier, ask } = makeCourier();
  const before = courier.state.worlds.test.messages.length;
  const answer = await ask('POST', '/send', { as: testKey, body: { message } });
  expect([answer, courier.state.worlds.test.messages.length]).toEqual([refused(400, problem), before]);
});

it('a token that is patched deeper than a body may be', async () => {
  const { ask } = makeCourier();
  const url = '/users/alice/tokens/t';
  await ask('PUT', url, { as: testKey, body: { provider_key: 'apn', properties: {} } });
  const patch = [
    { op: 'add', path: '/properties/a', value: nested(90) },
    { op: 'add', path: `/properties${'/a'.repeat(91)}`, value: nested(90) },
  ];
  expect(await ask('PATCH', url, { as: testKey, body: { patch } })).toEqual(
    refused(400, 'the body is nested too deeply'),
  );
});

it('more idempotency keys than are kept: the oldest is forgotten', async () => {
  const { courier, ask } = makeCourier();
  const send = async (key: string) =>
    ask('POST', '/send', {
      as: testKey,
      body: { message: { to: { user_id: 'a' }, content } },
      headers: { 'idempotency-key': key },
    });
  const before = courier.state.worlds.test.messages.length;
  for (let i = 0; i <= 1000; i += 1) await send(`key ${i}`);
  await send('key 1');
  await send('key 0');
  expect(courier.state.worlds.test.messages.length - before).toBe(1002);
});

it('an idempotency key that is used anew is not the next to be forgotten', async () => {
  const { courier, ask } = makeCourier();
  const send = async (key: string) =>
    ask('POST', '/send', {
      as: testKey,
      body: { message: { to: { user_id: 'a' }, content } },
      headers: { 'idempotency-key': key },
    });
  for (let i = 0; i < 1000; i += 1) await send(`key ${i}`);
  courier.state.clock.advance(90_000);
  const [anew] = [await send('key 0'), await send('key 1000')];
  expect(await send('key 0')).toEqual(anew);
});
