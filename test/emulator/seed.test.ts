import { describe, expect, it } from 'vitest';
import { EmulatedCourier } from '../../src/emulator/courier.js';
import { defaultSeed } from '../../src/emulator/default-seed.js';
import { type Seed, readSeed } from '../../src/emulator/seed.js';
import { failureOf } from '../token/failure-of.js';
import { makeWorld, message } from './support.js';

describe('what is none', () => {
  it.each([
    { seed: null, problem: 'Invalid type: Expected Object but received null' },
    { seed: 'text', problem: 'Invalid type: Expected Object but received "text"' },
    { seed: { message: [] }, problem: 'message is not known here: did you mean messages?' },
    { seed: { messages: {} }, problem: 'messages: Invalid type: Expected Array but received Object' },
    { seed: { messages: [{}] }, problem: 'messages[0].user is missing' },
    { seed: { messages: [{ user: '' }] }, problem: 'messages[0].user: Invalid length: Expected !0 but received 0' },
    {
      seed: { messages: [{ user: 'alice' }, { user: 'bob', text: 'x' }] },
      problem: 'messages[1].text is not known here',
    },
    {
      seed: { messages: [{ user: 'alice', created: '2026-01-01T00:00:00' }] },
      problem: 'messages[0].created: Invalid timestamp: Received "2026-01-01T00:00:00"',
    },
    {
      seed: { messages: [{ user: 'alice', read: 'yes' }] },
      problem: 'messages[0].read: Invalid timestamp: Received "yes"',
    },
    {
      seed: { sections: [{ id: 's', routingOptions: ['fax'] }] },
      problem:
        'sections[0].routingOptions[0]: Invalid type: Expected ("direct_message" | "email" | "inbox" | "push" | "sms" | "webhook") but received "fax"',
    },
    {
      seed: { sections: [{ id: 's', topics: [{ id: 't', defaultStatus: 'IN' }] }] },
      problem:
        'sections[0].topics[0].defaultStatus: Invalid type: Expected ("OPTED_IN" | "OPTED_OUT" | "REQUIRED") but received "IN"',
    },
    ...['a:b', 'a b', 'a\u00a0b'].map((id) => ({
      seed: { brands: [{ id }] },
      problem: `brands[0].id: Invalid format: Expected /^[^:\\s]+$/ but received ${JSON.stringify(id)}`,
    })),
    { seed: [], problem: 'it must be an object' },
    {
      seed: { brands: [{ id: 'b', settings: [] }] },
      problem: 'brands[0].settings: Invalid type: Expected Object',
    },
    {
      seed: { messages: [{ user: 'alice', data: [] }] },
      problem: 'messages[0].data: Invalid type: Expected Object',
    },
    {
      seed: { preferences: [{ user: 'alice', topic: 't' }] },
      problem: 'preferences[0].status is missing',
    },
    {
      seed: { messages: [{ user: 'alice', messageID: 'x' }] },
      problem: 'messages[0].messageID is not known here: did you mean messageId?',
    },
    {
      seed: { brands: [{ id: 'b', logo: { imge: '' } }] },
      problem: 'brands[0].logo.imge is not known here: did you mean image?',
    },
    {
      seed: { sections: [{ id: 's', topics: [{ id: 't', digestSchedules: [{ scheduleid: 'd' }] }] }] },
      problem: 'sections[0].topics[0].digestSchedules[0].scheduleId is missing',
    },
  ])('$problem', ({ seed, problem }) => {
    expect(readSeed(seed)).toEqual({ problem });
  });

  const alice = { user: 'alice' };
  const sections = [{ id: 's', topics: [{ id: 't' }, { id: 'u' }] }];
  it.each([
    {
      seed: { messages: [alice, { ...alice, messageId: 'm' }, alice, { user: 'bob', messageId: 'm' }] },
      problem: 'messages[3].messageId is there twice',
    },
    { seed: { brands: [{ id: 'b' }, { id: 'c' }, { id: 'b' }] }, problem: 'brands[2].id is there twice' },
    { seed: { sections: [{ id: 's' }, { id: 's' }] }, problem: 'sections[1].id is there twice' },
    {
      seed: { sections: [...sections, { id: 'other', topics: [{ id: 'v' }, { id: 'u' }] }] },
      problem: 'sections[1].topics[1].id is there twice',
    },
    { seed: { tenants: [{ id: 'a' }, { id: 'a' }] }, problem: 'tenants[1].id is there twice' },
    { seed: { templates: [{ id: 'a' }, { id: 'a' }] }, problem: 'templates[1].id is there twice' },
    { seed: { lists: [{ id: 'a' }, { id: 'a' }] }, problem: 'lists[1].id is there twice' },
    {
      seed: { sections, preferences: [{ ...alice, topic: 'zzzzz', status: 'OPTED_IN' }] },
      problem: 'preferences[0].topic: there is no topic zzzzz',
    },
    {
      seed: {
        sections: [{ id: 's', topics: [{ id: 'digest' }] }],
        tenants: [{ id: 'a' }, { id: 'b', defaultPreferences: [{ topic: 'digset', status: 'OPTED_IN' }] }],
      },
      problem: 'tenants[1].defaultPreferences[0].topic: there is no topic digset: did you mean digest?',
    },
  ])('what is there twice, or points to nothing: $problem', ({ seed, problem }) => {
    expect(readSeed(seed)).toEqual({ problem });
  });

  it.each<Seed>([
    { brands: [{ id: 'same' }], templates: [{ id: 'same' }], lists: [{ id: 'same' }], tenants: [{ id: 'same' }] },
    { messages: [{ user: 'nobody', tenant: 'nowhere' }], tenants: [{ id: 'a', users: ['nobody'] }] },
    {
      sections,
      tenants: [{ id: 'a', defaultPreferences: [{ topic: 'u', status: 'OPTED_OUT' }] }],
      preferences: [{ user: 'alice', tenant: 'b', topic: 't', status: 'OPTED_IN' }],
    },
  ])('but not of: %j', (seed) => {
    expect(readSeed(seed)).not.toHaveProperty('problem');
  });

  it('is told to whoever makes an emulator of it', () => {
    const outside = { clock: () => 0, uptime: () => 0, newId: () => '', sleep: async () => {} };
    expect(failureOf(() => new EmulatedCourier({ seed: { brands: [{ id: '' }] } }, outside))).toEqual({
      code: 'usage.seed',
      facts: { path: '', problem: 'brands[0].id: Invalid format: Expected /^[^:\\s]+$/ but received ""' },
    });
  });
});

const nothing = {
  messages: [],
  brands: [],
  sections: [],
  tenants: [],
  templates: [],
  preferences: [],
  pushTokens: [],
  lists: [],
  events: [],
};

describe('the world that it describes', () => {
  const stamps = {
    created: 1_767_225_600_000,
    updated: 1_767_225_600_000,
    published: 1_767_225_600_000,
    version: '2026-01-01T00:00:00.000Z',
  };
  it.each<{ name: string; seed: Seed; expected: object }>([
    { name: 'nothing', seed: {}, expected: {} },
    {
      name: 'messages',
      seed: {
        messages: [
          { user: 'alice' },
          { user: 'alice', read: true, opened: true, archived: true },
          {
            messageId: 'mine',
            user: 'bob',
            tenant: 'acme',
            title: 'T',
            body: 'B',
            created: '2025-12-01',
            read: '2025-12-02T01:00:00+01:00',
            opened: '2025-12-01T23:00:00-05:00',
            archived: '2025-12-05T00:00:00Z',
            tags: ['a'],
            data: { a: 1 },
            actions: [{ content: 'Go' }],
          },
        ],
      },
      expected: {
        messages: [
          message({ messageId: '1-00000000-000000000000000000000001' }),
          message({
            messageId: '1-00000000-000000000000000000000002',
            created: '2025-12-31T23:59:00.000Z',
            read: '2025-12-31T23:59:00.000Z',
            opened: '2025-12-31T23:59:00.000Z',
            archived: '2025-12-31T23:59:00.000Z',
          }),
          message({
            messageId: 'mine',
            user: 'bob',
            tenant: 'acme',
            title: 'T',
            body: 'B',
            created: '2025-12-01T00:00:00.000Z',
            read: '2025-12-02T00:00:00.000Z',
            opened: '2025-12-02T04:00:00.000Z',
            archived: '2025-12-05T00:00:00.000Z',
            tags: ['a'],
            data: { a: 1 },
            actions: [{ content: 'Go', href: '', data: null, background_color: null, style: null }],
          }),
        ],
      },
    },
    {
      name: 'brands',
      seed: { brands: [{ id: 'b' }, { id: 'c', name: 'C', logo: { href: 'h' }, settings: { a: 1 } }] },
      expected: {
        brands: [
          { id: 'b', name: 'b', settings: null, snippets: null, logo: null, links: null, ...stamps },
          {
            id: 'c',
            name: 'C',
            settings: { a: 1 },
            snippets: null,
            logo: { href: 'h', image: null },
            links: null,
            ...stamps,
          },
        ],
      },
    },
    {
      name: 'topics',
      seed: { sections: [{ id: 's', topics: [{ id: 't', digestSchedules: [{ scheduleId: 'd' }] }] }] },
      expected: {
        sections: [
          {
            id: 's',
            name: '',
            routingOptions: ['email', 'push', 'inbox'],
            hasCustomRouting: false,
            topics: [
              {
                id: 't',
                name: '',
                defaultStatus: 'OPTED_IN',
                digestSchedules: [
                  {
                    scheduleId: 'd',
                    period: null,
                    recurrence: null,
                    repeat: null,
                    repetition: null,
                    start: null,
                    default: false,
                  },
                ],
              },
            ],
          },
        ],
      },
    },
    {
      name: 'the rest',
      seed: {
        tenants: [{ id: 'acme' }],
        templates: [{ id: 'welcome' }],
        sections: [{ id: 's', topics: [{ id: 't' }] }],
        preferences: [{ user: 'alice', topic: 't', status: 'OPTED_IN' }],
        lists: [{ id: 'team' }],
      },
      expected: {
        tenants: [{ id: 'acme', name: '', users: [], defaultPreferences: [] }],
        templates: [{ id: 'welcome', title: '', body: '' }],
        sections: [
          {
            id: 's',
            name: '',
            routingOptions: ['email', 'push', 'inbox'],
            hasCustomRouting: false,
            topics: [{ id: 't', name: '', defaultStatus: 'OPTED_IN', digestSchedules: [] }],
          },
        ],
        preferences: [
          {
            user: 'alice',
            tenant: null,
            topic: 't',
            status: 'OPTED_IN',
            hasCustomRouting: false,
            customRouting: [],
            digestSchedule: null,
          },
        ],
        lists: [{ id: 'team', users: [] }],
      },
    },
  ])('$name', ({ seed, expected }) => {
    expect(makeWorld(seed)).toEqual({ ...nothing, ...expected });
  });
});

it('the default seed holds what README tells of', () => {
  const { messages, brands, sections, tenants, templates, lists } = makeWorld(defaultSeed);
  expect({
    messages: messages.map(({ user, tenant, title }) => [user, tenant, title]),
    brands: brands.map(({ id }) => id),
    topics: sections.flatMap(({ topics }) => topics.map(({ id, defaultStatus }) => [id, defaultStatus])),
    tenants: tenants.map(({ id, users }) => [id, ...users]),
    templates: templates.map(({ id }) => id),
    lists: lists.map(({ id, users }) => [id, ...users]),
  }).toEqual({
    messages: [
      ['alice', null, 'Welcome to Courier'],
      ['alice', null, 'Your order has shipped'],
      ['alice', null, 'Bob mentioned you'],
      ['alice', null, 'Your invoice is ready'],
      ['alice', null, 'Last month’s report'],
      ['alice', 'acme', 'Welcome to Acme'],
      ['bob', null, 'Welcome to Courier'],
    ],
    brands: ['default'],
    topics: [
      ['mentions', 'OPTED_IN'],
      ['digest', 'OPTED_IN'],
      ['marketing', 'OPTED_OUT'],
      ['security', 'REQUIRED'],
    ],
    tenants: [['acme', 'alice']],
    templates: ['welcome'],
    lists: [['team', 'alice', 'bob']],
  });
});
