import { describe, expect, it } from 'vitest';
import type { Preference } from '../../../src/emulator/world.js';
import { forbidden, makeCourier, refused, testKey, tokenFor, unauthorized } from '../support.js';

const reader = tokenFor('user_id:alice read:preferences');
const writer = tokenFor('user_id:alice write:preferences');
const choice = (told: Partial<Preference> = {}): Preference => ({
  user: 'alice',
  tenant: null,
  topic: 'news',
  status: 'OPTED_OUT',
  hasCustomRouting: true,
  customRouting: ['sms'],
  digestSchedule: null,
  ...told,
});

/** The answer, and what is chosen then. */
async function asked(call: string, as: string | undefined, preferences: Preference[] = [], body?: unknown) {
  const { ask, courier } = makeCourier({
    seed: {
      sections: [
        {
          id: 's',
          name: 'Section',
          topics: [
            { id: 'news', name: 'News', digestSchedules: [{ scheduleId: 'daily' }] },
            { id: 'security', name: 'Security', defaultStatus: 'REQUIRED' },
          ],
        },
      ],
      tenants: [
        { id: 'acme', defaultPreferences: [{ topic: 'news', status: 'OPTED_OUT' }] },
        { id: 'strict', defaultPreferences: [{ topic: 'news', status: 'REQUIRED' }] },
        { id: 'lax', defaultPreferences: [{ topic: 'security', status: 'OPTED_OUT' }] },
      ],
      preferences,
    },
  });
  const [method = '', url = ''] = call.split(' ');
  return { answer: await ask(method, url, { as, body }), chosen: courier.state.worlds['test'].preferences };
}

const news = (told: object = {}) => ({
  topic_id: 'news',
  topic_name: 'News',
  section_id: 's',
  section_name: 'Section',
  default_status: 'OPTED_IN',
  status: 'OPTED_IN',
  has_custom_routing: false,
  custom_routing: [],
  ...told,
});
const security = {
  ...news(),
  topic_id: 'security',
  topic_name: 'Security',
  default_status: 'REQUIRED',
  status: 'REQUIRED',
};
const unknown = refused(404, 'Topic not found');

describe.each([
  { call: 'GET /users/alice/preferences', scope: 'read:preferences', other: 'write:preferences' },
  { call: 'GET /users/alice/preferences/news', scope: 'read:preferences', other: 'write:preferences' },
  { call: 'PUT /users/alice/preferences/news', scope: 'write:preferences', other: 'read:preferences' },
  { call: 'PATCH /users/alice/preferences/news', scope: 'write:preferences', other: 'read:preferences' },
  { call: 'DELETE /users/alice/preferences/news', scope: 'write:preferences', other: 'read:preferences' },
])('$call', ({ call, scope, other }) => {
  it.each([
    { name: 'by nobody', as: undefined, answer: unauthorized('credentials.missing') },
    { name: 'without its scope', as: tokenFor(`user_id:alice ${other}`), answer: forbidden(`scope.missing ${scope}`) },
    { name: 'for another user', as: tokenFor(`user_id:bob ${scope}`), answer: forbidden('user.mismatch alice') },
  ])('$name', async ({ as, answer }) => {
    expect(await asked(call, as, [choice()], { topic: { status: 'OPTED_IN' } })).toEqual({
      answer,
      chosen: [choice()],
    });
  });
});

describe('reading', () => {
  const items = (...topics: object[]) => ({
    status: 200,
    body: { items: topics, paging: { cursor: null, more: false } },
  });
  const out = news({ default_status: 'OPTED_OUT', status: 'OPTED_OUT' });
  const routed = news({ status: 'OPTED_OUT', has_custom_routing: true, custom_routing: ['sms'] });
  it.each([
    { call: 'GET /users/alice/preferences', preferences: [], answer: items(news(), security) },
    { call: 'GET /users/alice/preferences', preferences: [choice()], answer: items(routed, security) },
    { call: 'GET /users/alice/preferences?tenant_id=acme', preferences: [], answer: items(out, security) },
    {
      call: 'GET /users/alice/preferences?tenant_id=acme',
      preferences: [choice({ tenant: 'acme', status: 'OPTED_IN', hasCustomRouting: false, customRouting: [] })],
      answer: items(news({ default_status: 'OPTED_OUT' }), security),
    },
    {
      call: 'GET /users/alice/preferences?tenant_id=strict',
      preferences: [],
      answer: items(news({ default_status: 'REQUIRED', status: 'REQUIRED' }), security),
    },
    { call: 'GET /users/alice/preferences?tenant_id=lax', preferences: [], answer: items(news(), security) },
    {
      call: 'GET /users/alice/preferences/news',
      preferences: [choice()],
      answer: { status: 200, body: { topic: routed } },
    },
    {
      call: 'GET /users/alice/preferences/news?tenant_id=acme',
      preferences: [choice()],
      answer: { status: 200, body: { topic: out } },
    },
    { call: 'GET /users/alice/preferences/none', preferences: [], answer: unknown },
  ])('$call of $preferences', async ({ call, preferences, answer }) => {
    expect(await asked(call, reader, preferences)).toEqual({ answer, chosen: preferences });
  });

  it('anybody, by a key', async () => {
    expect(await asked('GET /users/bob/preferences/news', testKey, [choice()])).toEqual({
      answer: { status: 200, body: { topic: news() } },
      chosen: [choice()],
    });
  });
});

describe.each(['PUT', 'PATCH'])('%s', (method) => {
  const success = { status: 200, body: { message: 'success' } };
  const inbox = { status: 'OPTED_IN', has_custom_routing: true, custom_routing: ['inbox'] };
  it.each([
    {
      name: 'a choice',
      path: 'news',
      topic: { status: 'OPTED_OUT' },
      answer: success,
      chosen: [choice({ hasCustomRouting: false, customRouting: [] })],
    },
    {
      name: 'with ways',
      path: 'news',
      topic: inbox,
      answer: success,
      chosen: [choice({ status: 'OPTED_IN', customRouting: ['inbox'] })],
    },
    {
      name: 'keeps what is not said',
      path: 'news',
      before: [choice({ digestSchedule: 'daily' })],
      topic: { status: 'OPTED_IN', has_custom_routing: null },
      answer: success,
      chosen: [choice({ status: 'OPTED_IN', digestSchedule: 'daily' })],
    },
    {
      name: 'within a tenant',
      path: 'news?tenant_id=acme',
      before: [choice()],
      topic: inbox,
      answer: success,
      chosen: [choice(), choice({ tenant: 'acme', status: 'OPTED_IN', customRouting: ['inbox'] })],
    },
    {
      name: 'what is required',
      path: 'security',
      topic: { status: 'REQUIRED' },
      answer: success,
      chosen: [choice({ topic: 'security', status: 'REQUIRED', hasCustomRouting: false, customRouting: [] })],
    },
    {
      name: 'out of what is required',
      path: 'security',
      topic: { status: 'OPTED_OUT' },
      answer: refused(400, 'security is required'),
    },
    {
      name: 'out of what the tenant requires',
      path: 'news?tenant_id=strict',
      topic: { status: 'OPTED_OUT' },
      answer: refused(400, 'news is required'),
    },
    {
      name: 'out of what is required, whatever the tenant says',
      path: 'security?tenant_id=lax',
      topic: { status: 'OPTED_OUT' },
      answer: refused(400, 'security is required'),
    },
    { name: 'an unknown topic', path: 'none', topic: { status: 'OPTED_OUT' }, answer: unknown },
    {
      name: 'another status',
      path: 'news',
      topic: { status: 'OUT' },
      answer: refused(
        400,
        'topic.status: Invalid type: Expected ("OPTED_IN" | "OPTED_OUT" | "REQUIRED") but received "OUT"',
      ),
    },
    {
      name: 'another way',
      path: 'news',
      topic: { status: 'OPTED_IN', custom_routing: ['fax'] },
      answer: refused(
        400,
        'topic.custom_routing[0]: Invalid type: Expected ("direct_message" | "email" | "inbox" | "push" | "sms" | "webhook") but received "fax"',
      ),
    },
    {
      name: 'no topic',
      path: 'news',
      topic: undefined,
      answer: refused(400, 'topic is missing'),
    },
  ])('$name', async ({ path, before = [], topic, answer, chosen = [] }) => {
    expect(await asked(`${method} /users/alice/preferences/${path}`, writer, before, { topic })).toEqual({
      answer,
      chosen,
    });
  });
});

describe('DELETE', () => {
  it.each([
    { path: 'news', answer: { status: 204 }, chosen: [choice({ tenant: 'acme' })] },
    { path: 'news?tenant_id=acme', answer: { status: 204 }, chosen: [choice()] },
    { path: 'security', answer: { status: 204 }, chosen: [choice(), choice({ tenant: 'acme' })] },
    { path: 'none', answer: unknown, chosen: [choice(), choice({ tenant: 'acme' })] },
    { path: 'none?tenant_id=acme', answer: unknown, chosen: [choice(), choice({ tenant: 'acme' })] },
  ])('$path', async ({ path, answer, chosen }) => {
    const before = [choice(), choice({ tenant: 'acme' })];
    expect(await asked(`DELETE /users/alice/preferences/${path}`, writer, before)).toEqual({
      answer,
      chosen,
    });
  });
});
