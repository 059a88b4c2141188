import { describe, expect, it } from 'vitest';
import { forbidden, makeCourier, refused, testKey, tokenFor, unauthorized } from '../support.js';

/** The answer, and the lists then. */
async function asked(call: string, as: string | undefined, body?: unknown) {
  const { ask, courier } = makeCourier({ seed: { lists: [{ id: 'team', users: ['alice', 'bob'] }, { id: 'rest' }] } });
  const [method = '', url = ''] = call.split(' ');
  return { answer: await ask(method, url, { as, body }), lists: courier.state.worlds['test'].lists };
}

const rest = { id: 'rest', users: [] };
const held = [{ id: 'team', users: ['alice', 'bob'] }, rest];
const noContent = { status: 204 };
const recipients = (...ids: string[]) => ({ recipients: ids.map((recipientId) => ({ recipientId })) });

describe("with the user's token, of no scope", () => {
  const carol = tokenFor('user_id:carol');
  it.each([
    {
      call: 'PUT /client/lists/team/subscribe/carol',
      as: carol,
      answer: noContent,
      lists: [{ id: 'team', users: ['alice', 'bob', 'carol'] }, rest],
    },
    {
      call: 'PUT /client/lists/new/subscribe/carol',
      as: carol,
      answer: noContent,
      lists: [...held, { id: 'new', users: ['carol'] }],
    },
    { call: 'PUT /client/lists/team/subscribe/bob', as: tokenFor('user_id:bob'), answer: noContent, lists: held },
    {
      call: 'DELETE /client/lists/team/unsubscribe/bob',
      as: tokenFor('user_id:bob'),
      answer: noContent,
      lists: [{ id: 'team', users: ['alice'] }, rest],
    },
    { call: 'DELETE /client/lists/none/unsubscribe/carol', as: carol, answer: noContent, lists: held },
    {
      call: 'PUT /client/lists/team/subscribe/bob',
      as: carol,
      answer: forbidden('user.mismatch bob'),
      lists: held,
    },
    {
      call: 'DELETE /client/lists/team/unsubscribe/bob',
      as: carol,
      answer: forbidden('user.mismatch bob'),
      lists: held,
    },
    {
      call: 'PUT /client/lists/team/subscribe/carol',
      as: undefined,
      answer: unauthorized('credentials.missing'),
      lists: held,
    },
  ])('$call: $answer.status', async ({ call, as, answer, lists }) => {
    expect(await asked(call, as)).toEqual({ answer, lists });
  });
});

describe('with a key', () => {
  const subscribed = (...ids: string[]) => ({
    status: 200,
    body: { items: ids.map((recipientId) => ({ recipientId })), paging: { cursor: null, more: false } },
  });
  it.each([
    { call: 'GET /lists/team/subscriptions', answer: subscribed('alice', 'bob') },
    { call: 'GET /lists/rest/subscriptions', answer: subscribed() },
    { call: 'GET /lists/none/subscriptions', answer: subscribed() },
    {
      call: 'POST /lists/team/subscriptions',
      body: recipients('bob', 'carol', 'carol'),
      lists: [{ id: 'team', users: ['alice', 'bob', 'carol'] }, rest],
    },
    {
      call: 'POST /lists/new/subscriptions',
      body: recipients('dave'),
      lists: [...held, { id: 'new', users: ['dave'] }],
    },
    { call: 'PUT /lists/team/subscriptions', body: recipients('dave'), lists: [rest, { id: 'team', users: ['dave'] }] },
    { call: 'PUT /lists/team/subscriptions', body: recipients(), lists: [rest, { id: 'team', users: [] }] },
    {
      call: 'PUT /lists/team/subscriptions/carol',
      lists: [{ id: 'team', users: ['alice', 'bob', 'carol'] }, rest],
    },
    { call: 'DELETE /lists/team/subscriptions/alice', lists: [{ id: 'team', users: ['bob'] }, rest] },
    { call: 'DELETE /lists/team/subscriptions/none' },
    {
      call: 'PUT /lists/team/subscriptions',
      body: { recipients: [{ recipient_id: 'alice' }] },
      answer: refused(400, 'recipients[0].recipientId is missing'),
    },
    {
      call: 'POST /lists/team/subscriptions',
      answer: refused(400, 'Invalid type: Expected Object but received undefined'),
    },
  ])('$call $body', async ({ call, body, answer = noContent, lists = held }) => {
    expect(await asked(call, testKey, body)).toEqual({ answer, lists });
  });

  it.each([
    'GET /lists/team/subscriptions',
    'POST /lists/team/subscriptions',
    'PUT /lists/team/subscriptions',
    'PUT /lists/team/subscriptions/alice',
    'DELETE /lists/team/subscriptions/alice',
  ])('%s takes no token', async (call) => {
    expect(await asked(call, tokenFor('user_id:alice'), recipients())).toEqual({
      answer: forbidden('key.needed'),
      lists: held,
    });
  });
});
