import { describe, expect, it } from 'vitest';
import type { PushToken } from '../../../src/emulator/world.js';
import { forbidden, makeCourier, refused, testKey, tokenFor, unauthorized } from '../support.js';

const noContent = { status: 204 };
const unknown = refused(404, 'Token not found');
const badProvider = (found: string) =>
  refused(
    400,
    `provider_key: Invalid type: Expected ("firebase-fcm" | "apn" | "expo" | "onesignal") but received ${found}`,
  );
const nothing = { device: null, expiry_date: null, properties: null, tracking: null };
const held: PushToken[] = [
  { user: 'alice', token: 'one', provider_key: 'expo', ...nothing, device: { app_id: 'a', info: { os: 1 } } },
  { user: 'bob', token: 'one', provider_key: 'apn', ...nothing },
];

/** The answer, and what is held then. */
async function asked(call: string, as: string | undefined, body?: unknown) {
  const { ask, courier } = makeCourier({ seed: {} });
  courier.state.worlds['test'].pushTokens.push(...structuredClone(held));
  const [method = '', url = ''] = call.split(' ');
  return { answer: await ask(method, url, { as, body }), held: courier.state.worlds['test'].pushTokens };
}

const all = tokenFor('user_id:alice read:user-tokens write:user-tokens');
const calls = [
  { call: 'GET /users/alice/tokens', scope: 'read:user-tokens' },
  { call: 'PUT /users/alice/tokens', scope: 'write:user-tokens' },
  { call: 'GET /users/alice/tokens/one', scope: 'read:user-tokens' },
  { call: 'PUT /users/alice/tokens/one', scope: 'write:user-tokens' },
  { call: 'PATCH /users/alice/tokens/one', scope: 'write:user-tokens' },
  { call: 'DELETE /users/alice/tokens/one', scope: 'write:user-tokens' },
];

describe.each(calls)('$call', ({ call, scope }) => {
  const others = calls.map((one) => one.scope).filter((one) => one !== scope);
  it.each([
    { name: 'by nobody', as: undefined, answer: unauthorized('credentials.missing') },
    {
      name: 'without its scope',
      as: tokenFor(['user_id:alice', ...others].join(' ')),
      answer: forbidden(`scope.missing ${scope}`),
    },
    { name: 'for another user', as: tokenFor(`user_id:bob ${scope}`), answer: forbidden('user.mismatch alice') },
  ])('$name', async ({ as, answer }) => {
    expect(await asked(call, as, {})).toEqual({ answer, held });
  });
});

describe('reading', () => {
  const view = { token: 'one', provider_key: 'expo', ...nothing, device: { app_id: 'a', info: { os: 1 } } };
  it.each([
    { call: 'GET /users/alice/tokens', as: all, answer: { status: 200, body: { tokens: [view] } } },
    { call: 'GET /users/carol/tokens', as: testKey, answer: { status: 200, body: { tokens: [] } } },
    {
      call: 'GET /users/alice/tokens/one',
      as: all,
      answer: { status: 200, body: { ...view, status: 'active', status_reason: null } },
    },
    { call: 'GET /users/alice/tokens/none', as: all, answer: unknown },
    { call: 'GET /users/carol/tokens/one', as: testKey, answer: unknown },
  ])('$call', async ({ call, as, answer }) => {
    expect(await asked(call, as)).toEqual({ answer, held });
  });
});

const [one, bobs] = held as [PushToken, PushToken];

describe('writing', () => {
  const full = {
    provider_key: 'firebase-fcm',
    device: { app_id: 'b' },
    expiry_date: '2027-01-01',
    properties: { p: 1 },
    tracking: { os_version: '1' },
  };
  it.each([
    {
      name: 'a new one',
      call: 'PUT /users/alice/tokens/two',
      body: { provider_key: 'apn', expiry_date: false },
      answer: noContent,
      after: [one, bobs, { user: 'alice', token: 'two', provider_key: 'apn', ...nothing, expiry_date: false }],
    },
    {
      name: 'in the place of one',
      call: 'PUT /users/alice/tokens/one',
      body: { ...full, token: 'other', more: 1 },
      answer: noContent,
      after: [bobs, { user: 'alice', token: 'one', ...full }],
    },
    {
      name: 'several',
      call: 'PUT /users/alice/tokens',
      body: {
        tokens: [
          { token: 'two', provider_key: 'apn' },
          { token: 'one', ...full },
        ],
      },
      answer: noContent,
      after: [
        bobs,
        { user: 'alice', token: 'two', provider_key: 'apn', ...nothing },
        { user: 'alice', token: 'one', ...full },
      ],
    },
    {
      name: 'several of one name',
      call: 'PUT /users/alice/tokens',
      body: {
        tokens: [
          { token: 'one', provider_key: 'apn' },
          { token: 'one', ...full },
        ],
      },
      answer: noContent,
      after: [bobs, { user: 'alice', token: 'one', ...full }],
    },
    {
      name: 'several, of which one is none',
      call: 'PUT /users/alice/tokens',
      body: { tokens: [{ token: 'two', provider_key: 'apn' }, { provider_key: 'apn' }] },
      answer: refused(400, 'tokens[1].token is missing'),
      after: held,
    },
    {
      name: 'without a body',
      call: 'PUT /users/alice/tokens/one',
      body: undefined,
      answer: refused(400, 'Invalid type: Expected Object but received undefined'),
      after: held,
    },
    {
      name: 'a list',
      call: 'PUT /users/alice/tokens/one',
      body: [],
      answer: refused(400, 'it must be an object'),
      after: held,
    },
    {
      name: 'of a device that is a list',
      call: 'PUT /users/alice/tokens/one',
      body: { provider_key: 'apn', device: [] },
      answer: refused(400, 'device: Invalid type: Expected Object'),
      after: held,
    },
    {
      name: 'of another provider',
      call: 'PUT /users/alice/tokens/one',
      body: { provider_key: 'fax' },
      answer: badProvider('"fax"'),
      after: held,
    },
    {
      name: 'not JSON',
      call: 'PUT /users/alice/tokens/one',
      body: '{',
      answer: refused(400, 'the body is not JSON'),
      after: held,
    },
    { name: 'away', call: 'DELETE /users/alice/tokens/one', body: undefined, answer: noContent, after: [bobs] },
    { name: 'away, unknown', call: 'DELETE /users/alice/tokens/none', body: undefined, answer: unknown, after: held },
  ])('$name', async ({ call, body, answer, after }) => {
    expect(await asked(call, all, body)).toEqual({ answer, held: after });
  });
});

describe('PATCH', () => {
  const nowhere = (path: string) => refused(400, `patch: there is nothing at ${path}`);
  it.each([
    {
      name: 'replaces',
      patch: [{ op: 'replace', path: '/provider_key', value: 'apn' }],
      answer: noContent,
      after: [bobs, { ...one, provider_key: 'apn' }],
    },
    {
      name: 'goes inside, and removes',
      patch: [
        { op: 'add', path: '/device/info/os', value: 2 },
        { op: 'remove', path: '/device/app_id', value: 'ignored' },
        { op: 'add', path: '/properties', value: { a: 1 } },
      ],
      answer: noContent,
      after: [bobs, { ...one, device: { info: { os: 2 } }, properties: { a: 1 } }],
    },
    {
      name: 'changes neither user nor token',
      patch: [
        { op: 'add', path: '/token', value: 'x' },
        { op: 'add', path: '/user', value: 'bob' },
      ],
      answer: noContent,
      after: [bobs, one],
    },
    { name: 'nothing', patch: [], answer: noContent, after: [bobs, one] },
    {
      name: 'names with a slash and a tilde',
      patch: [
        { op: 'add', path: '/device/a~1b', value: 1 },
        { op: 'add', path: '/device/c~0d', value: null },
        { op: 'add', path: '/device/~01', value: {} },
        { op: 'add', path: '/device/~01/', value: 2 },
      ],
      answer: noContent,
      after: [bobs, { ...one, device: { ...one.device, 'a/b': 1, 'c~d': null, '~1': { '': 2 } } }],
    },
    ...[
      { name: 'replaces what is not there', op: 'replace', path: '/device/x' },
      { name: 'removes what is not there', op: 'remove', path: '/device/x' },
      { name: 'replaces what is inherited', op: 'replace', path: '/device/toString' },
      { name: 'replaces the token', op: 'replace', path: '/token' },
    ].map(({ name, ...step }) => ({
      name,
      patch: [{ ...step, value: 1 }],
      answer: nowhere(step.path),
      after: held,
    })),
    ...['/properties/list/0', '/properties/list/-', '/properties/list/length', '/properties/list/0/x'].map((path) => ({
      name: `into a list, at ${path}`,
      patch: [
        { op: 'add', path: '/properties', value: { list: [{}] } },
        { op: 'add', path, value: 9 },
      ],
      answer: nowhere(path),
      after: held,
    })),
    ...['add', 'replace'].map((op) => ({
      name: `${op} without a value`,
      patch: [{ op, path: '/expiry_date' }],
      answer: refused(400, 'patch[0].value is missing'),
      after: held,
    })),
    ...['add', 'replace', 'remove'].map((op) => ({
      name: `${op} without a slash`,
      patch: [{ op, path: 'device', value: null }],
      answer: refused(400, 'patch[0].path: Invalid start: Expected "/" but received "d"'),
      after: held,
    })),
    {
      name: 'into nothing',
      patch: [{ op: 'add', path: '/tracking/ip', value: 1 }],
      answer: nowhere('/tracking/ip'),
      after: held,
    },
    {
      name: 'into a text',
      patch: [{ op: 'add', path: '/device/app_id/x', value: 1 }],
      answer: nowhere('/device/app_id/x'),
      after: held,
    },
    {
      name: 'the whole',
      patch: [{ op: 'replace', path: '', value: {} }],
      answer: refused(400, 'patch[0].path: Invalid start: Expected "/" but received ""'),
      after: held,
    },
    {
      name: 'a prototype',
      patch: [{ op: 'add', path: '/device/__proto__', value: { x: 1 } }],
      answer: nowhere('/device/__proto__'),
      after: held,
    },
    {
      name: 'what is inherited',
      patch: [{ op: 'add', path: '/constructor/x', value: 1 }],
      answer: nowhere('/constructor/x'),
      after: held,
    },
    {
      name: 'to what it cannot be, and changes nothing',
      patch: [
        { op: 'replace', path: '/device/app_id', value: 'b' },
        { op: 'replace', path: '/provider_key', value: 'fax' },
      ],
      answer: badProvider('"fax"'),
      after: held,
    },
    {
      name: 'by another operation',
      patch: [{ op: 'move', path: '/device' }],
      answer: refused(400, 'patch[0].op: Invalid type: Expected (("add" | "replace") | "remove") but received "move"'),
      after: held,
    },
  ])('$name', async ({ patch, answer, after }) => {
    expect(await asked('PATCH /users/alice/tokens/one', all, { patch })).toEqual({ answer, held: after });
  });

  it('an unknown one', async () => {
    expect(await asked('PATCH /users/alice/tokens/none', all, { patch: [] })).toEqual({ answer: unknown, held });
  });
});
