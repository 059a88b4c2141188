import { describe, expect, it } from 'vitest';
import type { Seed } from '../../../src/emulator/seed.js';
import { forbidden, makeCourier, message, testKey, tokenFor, unauthorized } from '../support.js';

const schedules = [
  { scheduleId: 'daily', period: 'day', repetition: '1', start: '09:00', default: true },
  { scheduleId: 'weekly', repeat: { interval: 'week' }, recurrence: 'r' },
];
const seed: Seed = {
  messages: [
    {
      messageId: 'm1',
      user: 'alice',
      title: 'One',
      body: 'B',
      tags: ['a'],
      data: { n: 1 },
      actions: [{ content: 'Go', href: 'https://x.test' }],
    },
    { messageId: 'm2', user: 'alice', read: true },
    { messageId: 'gone', user: 'alice', archived: true },
    { messageId: 'acme', user: 'alice', tenant: 'acme' },
    { messageId: 'bobs', user: 'bob' },
  ],
  brands: [
    {
      id: 'red',
      name: 'Red',
      settings: { colors: { primary: '#f00' }, inapp: { placement: 'top' } },
      logo: { href: 'h' },
      links: { a: 1 },
    },
    { id: 'blue' },
  ],
  sections: [
    {
      id: 'product',
      name: 'Product',
      routingOptions: ['inbox', 'sms'],
      hasCustomRouting: true,
      topics: [
        { id: 'news', name: 'News' },
        { id: 'digest', name: 'Digest', digestSchedules: schedules },
      ],
    },
    { id: 'account', name: 'Account', topics: [{ id: 'security', name: 'Security', defaultStatus: 'REQUIRED' }] },
  ],
  tenants: [{ id: 'acme', defaultPreferences: [{ topic: 'news', status: 'OPTED_OUT' }] }],
};

const alice = (...scopes: string[]) => tokenFor(['user_id:alice', ...scopes].join(' '));
const ok = (data: unknown) => ({ status: 200, body: { data } });
const asked = async (as: string, text: string, variables = {}, headers = {}) =>
  makeCourier({ seed }).query('/client/q', as, text, variables, headers);

describe('who may', () => {
  const preferences = '{ recipientPreferences { nodes { status } } }';
  const seen = ok({
    recipientPreferences: { nodes: ['OPTED_IN', 'OPTED_IN', 'REQUIRED'].map((status) => ({ status })) },
  });
  const reader = alice('read:preferences');
  const update = 'mutation { updatePreferenceV2(templateId: "news", preferences: { status: OPTED_OUT }) { status } }';
  it.each([
    { name: 'a reader', as: reader, text: preferences, expected: seen },
    {
      name: 'of two users',
      as: tokenFor('user_id:alice user_id:bob read:preferences'),
      text: preferences,
      headers: { 'x-courier-user-id': 'bob' },
      expected: seen,
    },
    {
      name: 'not for another user',
      as: reader,
      text: preferences,
      headers: { 'x-courier-user-id': 'bob' },
      expected: forbidden('user.mismatch bob'),
    },
    {
      name: 'not for no user',
      as: tokenFor('read:preferences'),
      text: preferences,
      expected: forbidden('user.missing'),
    },
    { name: 'not a key', as: testKey, text: preferences, expected: unauthorized('token.needed') },
    ...[
      { scope: 'read:preferences', text: preferences },
      { scope: 'read:preferences', text: '{ recipientPreference(templateId: "news") { status } }' },
      { scope: 'read:preferences', text: '{ digestSchedulesForTopic(templateId: "digest") { scheduleId } }' },
      { scope: 'read:preferences', text: '{ preferencePage { showCourierFooter } }' },
      { scope: 'write:preferences', text: update },
      { scope: 'read:messages', text: '{ messages { totalCount } }' },
      { scope: 'read:brands:red', text: '{ brand(brandId: "red") { id } }' },
      { scope: 'read:brands', text: '{ inAppBrand { id } }' },
    ].map(({ scope, text }) => ({
      name: `not without ${scope}: ${text}`,
      as: alice(
        ...['read:preferences', 'write:preferences', 'read:messages', 'read:brands:blue'].filter(
          (one) => one !== scope,
        ),
      ),
      text,
      expected: forbidden(`scope.missing ${scope}`),
    })),
  ])('$name', async ({ as, text, expected, ...more }) => {
    expect(await asked(as, text, {}, 'headers' in more ? more.headers : {})).toEqual(expected);
  });
});

describe('brands', () => {
  const fields =
    '{ id name settings { colors { primary secondary tertiary } inapp { borderRadius disableCourierFooter disableMessageIcon placement } } logo { href image } links }';
  const red = {
    id: 'red',
    name: 'Red',
    settings: {
      colors: { primary: '#f00', secondary: null, tertiary: null },
      inapp: { borderRadius: null, disableCourierFooter: null, disableMessageIcon: null, placement: 'top' },
    },
    logo: { href: 'h', image: null },
    links: { a: 1 },
  };
  const blue = { id: 'blue', name: 'blue', settings: null, logo: null, links: null };
  it.each([
    { name: 'one', scope: 'read:brands:red', text: `{ brand(brandId: "red") ${fields} }`, data: { brand: red } },
    { name: 'a bare one', scope: 'read:brands', text: `{ brand(brandId: "blue") ${fields} }`, data: { brand: blue } },
    { name: 'none', scope: 'read:brands', text: `{ brand(brandId: "none") ${fields} }`, data: { brand: null } },
    { name: 'of the app', scope: 'read:brands', text: `{ inAppBrand ${fields} }`, data: { inAppBrand: red } },
  ])('$name', async ({ scope, text, data }) => {
    expect(await asked(tokenFor(scope), text)).toEqual(ok(data));
  });

  it('of the app, where there is none', async () => {
    const { query } = makeCourier({ seed: {} });
    expect(await query('/client/q', tokenFor('read:brands'), '{ inAppBrand { id } }')).toEqual(
      ok({ inAppBrand: null }),
    );
  });

  const page = (id: string) => `{ preferencePage { brand${id} { id } } }`;
  it.each([
    { name: 'the first', scopes: ['read:brands'], id: '', brand: { id: 'red' } },
    { name: 'one by its id', scopes: ['read:brands:blue'], id: '(brandId: "blue")', brand: { id: 'blue' } },
    { name: 'no unknown one', scopes: ['read:brands'], id: '(brandId: "none")', brand: null },
    { name: 'none without the scope', scopes: [], id: '', brand: null },
    { name: 'none with the scope of another', scopes: ['read:brands:blue'], id: '', brand: null },
  ])('in the page: $name', async ({ scopes, id, brand }) => {
    expect(await asked(alice('read:preferences', ...scopes), page(id))).toEqual(ok({ preferencePage: { brand } }));
  });
});

const daily = { ...schedules[0], recurrence: null, repeat: null };
const weekly = { ...schedules[1], period: null, repetition: null, start: null, default: false };

it('the page', async () => {
  const text = `{ preferencePage(accountId: "acme") { showCourierFooter channelConfigs { channelLabels { channel name } }
    sections { nodes { name sectionId routingOptions hasCustomRouting
      topics { nodes { templateId templateName defaultStatus data digestSchedules } } } } } }`;
  const topic = (templateId: string, templateName: string, defaultStatus: string, digestSchedules: object[] = []) => ({
    templateId,
    templateName,
    defaultStatus,
    data: null,
    digestSchedules,
  });
  expect(await asked(alice('read:preferences'), text)).toEqual(
    ok({
      preferencePage: {
        showCourierFooter: true,
        channelConfigs: {
          channelLabels: [
            { channel: 'email', name: 'Email' },
            { channel: 'inbox', name: 'Inbox' },
            { channel: 'push', name: 'Push' },
            { channel: 'sms', name: 'SMS' },
          ],
        },
        sections: {
          nodes: [
            {
              name: 'Product',
              sectionId: 'product',
              routingOptions: ['inbox', 'sms'],
              hasCustomRouting: true,
              topics: {
                nodes: [topic('news', 'News', 'OPTED_OUT'), topic('digest', 'Digest', 'OPTED_IN', [daily, weekly])],
              },
            },
            {
              name: 'Account',
              sectionId: 'account',
              routingOptions: ['email', 'push', 'inbox'],
              hasCustomRouting: false,
              topics: { nodes: [topic('security', 'Security', 'REQUIRED')] },
            },
          ],
        },
      },
    }),
  );
});

it.each([
  { topic: 'digest', expected: [daily, weekly] },
  { topic: 'news', expected: [] },
  { topic: 'none', expected: [] },
])('digest schedules of $topic', async ({ topic, expected }) => {
  const text = `{ digestSchedulesForTopic(templateId: "${topic}") { scheduleId period recurrence repeat repetition start default } }`;
  expect(await asked(alice('read:preferences'), text)).toEqual(ok({ digestSchedulesForTopic: expected }));
});

const fields =
  '{ templateId templateName sectionId sectionName defaultStatus status hasCustomRouting routingPreferences digestSchedule }';
const topical = (told: object = {}) => ({
  templateId: 'news',
  templateName: 'News',
  sectionId: 'product',
  sectionName: 'Product',
  defaultStatus: 'OPTED_IN',
  status: 'OPTED_IN',
  hasCustomRouting: false,
  routingPreferences: [],
  digestSchedule: null,
  ...told,
});
const outAtAcme = { defaultStatus: 'OPTED_OUT', status: 'OPTED_OUT' };
const digest = topical({ templateId: 'digest', templateName: 'Digest', digestSchedule: 'daily' });
const required = {
  ...topical({ templateId: 'security', templateName: 'Security', defaultStatus: 'REQUIRED', status: 'REQUIRED' }),
  sectionId: 'account',
  sectionName: 'Account',
};

it.each([
  { of: '', expected: [topical(), digest, required] },
  { of: '(accountId: "")', expected: [topical(), digest, required] },
  { of: '(accountId: "acme")', expected: [topical(outAtAcme), digest, required] },
])('preferences$of', async ({ of, expected }) => {
  expect(await asked(alice('read:preferences'), `{ recipientPreferences${of} { nodes ${fields} } }`)).toEqual(
    ok({ recipientPreferences: { nodes: expected } }),
  );
});

it.each([
  { of: 'templateId: "digest"', expected: digest },
  { of: 'templateId: "news", accountId: "acme"', expected: topical(outAtAcme) },
  { of: 'templateId: "none"', expected: null },
])('the preference of $of', async ({ of, expected }) => {
  expect(await asked(alice('read:preferences'), `{ recipientPreference(${of}) ${fields} }`)).toEqual(
    ok({ recipientPreference: expected }),
  );
});

describe('updatePreferenceV2', () => {
  const both = alice('read:preferences', 'write:preferences');
  const updated = async (of: string, preferences: object) => {
    const { courier, query } = makeCourier({ seed });
    const text = `mutation ($preferences: PreferencesInput!) { updatePreferenceV2(${of}, preferences: $preferences) ${fields} }`;
    return {
      answer: await query('/client/q', both, text, { preferences }),
      chosen: courier.state.worlds['test'].preferences,
    };
  };
  const choice = (told: object = {}) => ({
    user: 'alice',
    tenant: null,
    topic: 'news',
    status: 'OPTED_OUT',
    hasCustomRouting: false,
    customRouting: [],
    digestSchedule: null,
    ...told,
  });
  const routed = { status: 'OPTED_IN', hasCustomRouting: true, routingPreferences: ['sms', 'inbox'] };
  it.each([
    {
      of: 'templateId: "news"',
      preferences: { status: 'OPTED_OUT' },
      result: topical({ status: 'OPTED_OUT' }),
      chosen: [choice()],
    },
    {
      of: 'templateId: "news", accountId: "acme"',
      preferences: routed,
      result: topical({ ...outAtAcme, ...routed }),
      chosen: [choice({ tenant: 'acme', status: 'OPTED_IN', hasCustomRouting: true, customRouting: ['sms', 'inbox'] })],
    },
    {
      of: 'templateId: "digest"',
      preferences: { status: 'OPTED_IN', digestSchedule: 'weekly' },
      result: { ...digest, digestSchedule: 'weekly' },
      chosen: [choice({ topic: 'digest', status: 'OPTED_IN', digestSchedule: 'weekly' })],
    },
  ])('$of to $preferences', async ({ of, preferences, result, chosen }) => {
    expect(await updated(of, preferences)).toEqual({ answer: ok({ updatePreferenceV2: result }), chosen });
  });

  it.each([
    { topic: 'security', preferences: { status: 'OPTED_OUT' }, problem: 'security is required' },
    { topic: 'news', preferences: { status: 'REQUIRED' }, problem: 'news is not required' },
    { topic: 'none', preferences: { status: 'OPTED_OUT' }, problem: 'there is no topic none' },
    {
      topic: 'digest',
      preferences: { status: 'OPTED_IN', digestSchedule: 'hourly' },
      problem: 'digest has no digest schedule hourly',
    },
  ])('not $topic to $preferences', async ({ topic, preferences, problem }) => {
    expect(await updated(`templateId: "${topic}"`, preferences)).toEqual({
      answer: {
        status: 200,
        body: {
          errors: [{ message: problem, locations: [{ line: 1, column: 46 }], path: ['updatePreferenceV2'] }],
          data: { updatePreferenceV2: null },
        },
      },
      chosen: [],
    });
  });

  it('keeps the schedule that is not said, and is read again', async () => {
    const { query } = makeCourier({ seed });
    const update = (preferences: string) =>
      `mutation { updatePreferenceV2(templateId: "digest", preferences: { ${preferences} }) { status } }`;
    await query('/client/q', both, update('status: OPTED_IN, digestSchedule: "weekly"'));
    await query('/client/q', both, update('status: OPTED_OUT'));
    expect(await query('/client/q', both, `{ recipientPreference(templateId: "digest") ${fields} }`)).toEqual(
      ok({ recipientPreference: { ...digest, status: 'OPTED_OUT', digestSchedule: 'weekly' } }),
    );
  });
});

describe('the older messages', () => {
  const reader = alice('read:messages');
  const text = `query ($params: FilterParamsInput, $limit: Int, $after: String) {
    messages(params: $params, limit: $limit, after: $after) { totalCount pageInfo { startCursor hasNextPage } nodes { id } } }`;
  const cursor = Buffer.from('2026-01-01T00:00:00.000Z m1').toString('base64url');
  const last = Buffer.from('2025-12-31T23:59:00.000Z m2').toString('base64url');
  const page = (totalCount: number, startCursor: string | null, hasNextPage: boolean, ...ids: string[]) =>
    ok({ messages: { totalCount, pageInfo: { startCursor, hasNextPage }, nodes: ids.map((id) => ({ id })) } });
  const failed = (problem: string) => ({
    status: 200,
    body: { errors: [{ message: problem, locations: [{ line: 2, column: 5 }], path: ['messages'] }], data: null },
  });
  it.each([
    { variables: {}, expected: page(2, last, false, 'm1', 'm2') },
    { variables: { limit: 1 }, expected: page(2, cursor, true, 'm1') },
    { variables: { limit: 1, after: cursor }, expected: page(2, last, false, 'm2') },
    { variables: { limit: 0 }, expected: failed('limit must be at least 1') },
    { variables: { after: 'x' }, expected: failed('after is no cursor') },
    { variables: { params: { isRead: true } }, expected: page(1, last, false, 'm2') },
    { variables: { params: { isRead: false } }, expected: page(1, cursor, false, 'm1') },
    { variables: { params: { isRead: null, tags: ['a'] } }, expected: page(1, cursor, false, 'm1') },
    { variables: { params: { accountId: 'none' } }, expected: page(0, null, false) },
  ])('$variables', async ({ variables, expected }) => {
    expect(await asked(reader, text, variables)).toEqual(expected);
  });

  it.each([
    { params: { archived: true }, ids: ['gone'] },
    { params: { accountId: 'acme' }, ids: ['acme'] },
  ])('$params', async ({ params, ids }) => {
    expect(
      await asked(reader, 'query ($params: FilterParamsInput) { messages(params: $params) { nodes { messageId } } }', {
        params,
      }),
    ).toEqual(ok({ messages: { nodes: ids.map((messageId) => ({ messageId })) } }));
  });

  it('one in full', async () => {
    const full = `{ messages(limit: 1) { nodes { id messageId created read tags content { title body data trackingIds
      blocks { __typename ... on TextBlock { type text } ... on ActionBlock { type text url } } } } } }`;
    const { created, trackingIds } = message({ messageId: 'm1' });
    expect(await asked(reader, full)).toEqual(
      ok({
        messages: {
          nodes: [
            {
              id: 'm1',
              messageId: 'm1',
              created,
              read: null,
              tags: ['a'],
              content: {
                title: 'One',
                body: 'B',
                data: { n: 1 },
                trackingIds,
                blocks: [
                  { __typename: 'TextBlock', type: 'text', text: 'B' },
                  { __typename: 'ActionBlock', type: 'action', text: 'Go', url: 'https://x.test' },
                ],
              },
            },
          ],
        },
      }),
    );
  });
});
