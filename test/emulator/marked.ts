import { createHmac, randomUUID } from 'node:crypto';
import { EmulatedCourier } from '../../src/emulator/courier.js';
import type { Seed } from '../../src/emulator/index.js';
import type { StateOptions } from '../../src/emulator/state.js';
import { localWorkspace, signLocally } from '../../src/token/local.js';

/** Where time stands still, in seconds. */
const now = 1_767_225_600;

/** All but zoe have something in every part of the world; one is hard to write in a path. */
export const holders = ['alice', 'bob', 'dora/ü'];
export const people = [...holders, 'zoe'];
export const environments = ['test', 'production'] as const;
export type Environment = (typeof environments)[number];

/** What a marker stands in, and by that what it takes to see it. */
export type Kind = 'message' | 'push' | 'choice' | 'topic' | 'brand' | 'never';

/** A text that says whose it is: `MARK~test~alice~message~`. */
export const marker = (owner: string, kind: Kind, environment = '@env@') => `MARK~${environment}~${owner}~${kind}~`;

export interface Found {
  environment: string;
  owner: string;
  kind: string;
}

/** Every marker in a text, JSON or not. */
export function markersIn(text: string): Found[] {
  return [...text.matchAll(/MARK~([^~]*)~([^~]*)~([^~]*)~/g)].map(([, environment, owner, kind]) => ({
    environment: environment!,
    owner: owner!,
    kind: kind!,
  }));
}

export const messageOf = (user: string) => `msg-${user}`;
export const pushTokenOf = (user: string) => `push-${user}`;

export const seed: Seed = {
  messages: holders.flatMap((user) => {
    const mark = marker(user, 'message');
    const marked = {
      user,
      title: mark,
      body: mark,
      tags: [mark],
      data: { mark },
      actions: [{ content: mark, href: mark }],
    };
    return [
      { ...marked, messageId: messageOf(user) },
      { ...marked, messageId: `${messageOf(user)}-read`, read: true },
      { ...marked, messageId: `${messageOf(user)}-acme`, tenant: 'acme' },
    ];
  }),
  brands: ['one', 'two'].map((id) => {
    const mark = marker(id, 'brand');
    return {
      id,
      name: mark,
      settings: { mark },
      snippets: { mark },
      logo: { href: mark, image: mark },
      links: { mark },
    };
  }),
  sections: [
    {
      id: 'product',
      name: marker('', 'topic'),
      topics: [
        { id: 'mentions', name: marker('', 'topic') },
        { id: 'digest', name: marker('', 'topic'), digestSchedules: [{ scheduleId: marker('', 'topic') }] },
      ],
    },
  ],
  preferences: holders.flatMap((user) =>
    [null, 'acme'].map((tenant) => ({
      user,
      tenant,
      topic: 'digest',
      status: 'OPTED_OUT' as const,
      digestSchedule: marker(user, 'choice'),
    })),
  ),
  tenants: [{ id: 'acme', name: marker('', 'never'), users: holders }],
  templates: [{ id: 'welcome', title: marker('', 'never'), body: marker('', 'never') }],
  lists: [{ id: 'team', users: holders }],
};

/** An emulator in-process with markers everywhere, other ones in each environment. */
export function markedCourier(options: StateOptions = {}): { courier: EmulatedCourier; restore(): void } {
  const outside = {
    clock: () => now,
    uptime: () => performance.now() / 1000,
    newId: randomUUID,
    sleep: async () => {},
  };
  const courier = new EmulatedCourier({ seed, startAt: now, ...options }, outside);
  const restore = () => {
    courier.state.reset();
    for (const environment of environments) {
      const world = courier.state.worlds[environment];
      world.pushTokens = holders.map((user) => {
        const mark = marker(user, 'push');
        const details = { device: { mark }, properties: { mark, list: [mark] }, tracking: { mark } };
        return { user, token: pushTokenOf(user), provider_key: 'expo', expiry_date: null, ...details };
      });
      const mark = marker('', 'never');
      world.events = [{ event: mark, messageId: 'event', userId: 'alice', properties: { mark }, received: '' }];
      Object.assign(world, JSON.parse(JSON.stringify(world).replaceAll('@env@', environment)));
    }
  };
  restore();
  return { courier, restore };
}

/** All that both environments hold. */
export const stateOf = (courier: EmulatedCourier) =>
  JSON.stringify(environments.map((one) => courier.state.worlds[one]));

export const key = { test: 'pk_test_0123456789', production: 'pk_prod_0123456789' };

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const withLocal = (input: string) => `${input}.${signLocally(input)}`;
const hs256 = { alg: 'HS256', typ: 'JWT' };

function claimsFor(scope: string, environment: Environment = 'test', at = now): Record<string, unknown> {
  const tenant = environment === 'test' ? localWorkspace.tenantId : localWorkspace.tenantId.replace('/test', '');
  return { scope, tenant_scope: `published/${environment}`, tenant_id: tenant, iat: at - 10, exp: at + 3600, jti: 'j' };
}

/** A token as the emulator signs it. `at` is when it is made, in seconds. */
export function tokenFor(scope: string, environment: Environment = 'test', at = now): string {
  return withLocal(`${part(hs256)}.${part(claimsFor(scope, environment, at))}`);
}

/** Tokens that open nothing, whatever they grant: each with a name. */
export const spoiled: Record<string, (scope: string) => string> = {
  expired: (scope) => withLocal(`${part(hs256)}.${part({ ...claimsFor(scope), exp: now })}`),
  'issued in the future': (scope) => withLocal(`${part(hs256)}.${part({ ...claimsFor(scope), iat: now + 61 })}`),
  'not valid before': (scope) => withLocal(`${part(hs256)}.${part({ ...claimsFor(scope), nbf: now + 3600 })}`),
  'signed with another key': (scope) => {
    const input = `${part(hs256)}.${part(claimsFor(scope))}`;
    return `${input}.${createHmac('sha256', 'another').update(input).digest('base64url')}`;
  },
  'of another workspace': (scope) =>
    withLocal(
      `${part(hs256)}.${part({ ...claimsFor(scope), tenant_id: 'f0e1d2c3-0000-4000-8000-c0041e410ca1/test' })}`,
    ),
  'with another payload': (scope) => {
    const [header, , signature] = tokenFor('user_id:zoe').split('.');
    return `${header}.${part(claimsFor(scope))}.${signature}`;
  },
  'with a signature cut short': (scope) => tokenFor(scope).slice(0, -1),
  'with a signature of one letter': (scope) => tokenFor(scope).replace(/[^.]*$/, 'A'),
  'without a signature': (scope) => tokenFor(scope).replace(/[^.]*$/, ''),
  'alg none': (scope) => `${part({ ...hs256, alg: 'none' })}.${part(claimsFor(scope))}.`,
  'alg none, signed': (scope) => withLocal(`${part({ ...hs256, alg: 'none' })}.${part(claimsFor(scope))}`),
  'alg HS512, signed': (scope) => withLocal(`${part({ ...hs256, alg: 'HS512' })}.${part(claimsFor(scope))}`),
  'without alg, signed': (scope) => withLocal(`${part({ typ: 'JWT' })}.${part(claimsFor(scope))}`),
  'of five parts': (scope) => `${tokenFor(scope)}.a.b`,
  'of two tokens': (scope) => `${tokenFor(scope)}${tokenFor(scope)}`,
  'that is no JSON': () => withLocal(`${part(hs256)}.${Buffer.from('{').toString('base64url')}`),
  'that is a list': () => withLocal(`${part(hs256)}.${part([])}`),
  'whose scope is a list': (scope) =>
    withLocal(`${part(hs256)}.${part({ ...claimsFor(scope), scope: scope.split(' ') })}`),
  'whose exp is a text': (scope) => withLocal(`${part(hs256)}.${part({ ...claimsFor(scope), exp: '9999999999' })}`),
  'a client key': () => 'ck_0123456789abcdef',
  'too short for a key': () => 'abc',
  dots: () => '..',
  nothing: () => '',
};

export interface Asked {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** A call, as courier.md's table has it. */
export interface TabledCall {
  name: string;
  /** Of the Inbox only 401 is known. */
  surface: 'inbox' | 'elsewhere';
  by: 'token' | 'key' | 'anyone';
  /** Of each of these one scope. */
  needs: string[][];
  /** Whether it is about a user; and whether that one may be left out, to be the token's first. */
  user: 'named' | 'optional' | 'none';
  /** What is seen by whoever may call it. */
  shows?: Kind;
  /** What else may be seen. */
  may?: Kind[];
  /** Whether a key may do it, too. */
  key: boolean;
  /** Without a user where that may be left out; a message that is named is `owner`’s. */
  ask(user: string | undefined, owner?: string): Asked;
}

const segment = (user: string | undefined) => encodeURIComponent(user ?? 'alice');

type Row = [
  line: string,
  needs: string[],
  more?: { body?: unknown; shows?: Kind; may?: Kind[]; user?: boolean; by?: TabledCall['by'] },
];

const readingTokens = ['read:user-tokens'];
const writingTokens = ['write:user-tokens'];
const readingPreferences = ['read:preferences'];
const writingPreferences = ['write:preferences'];
const device = { provider_key: 'expo', properties: { a: [1] } };
const optedIn = { topic: { status: 'OPTED_IN', has_custom_routing: true, custom_routing: ['inbox'] } };
const aboutUser = { user: true };
const byKey = { by: 'key' } as const;

/** Each with the body of one who is let in; `:user` is the user that it is about. */
const rest: Row[] = [
  ['GET /users/:user/tokens', readingTokens, { ...aboutUser, shows: 'push' }],
  ['GET /users/:user/tokens/push-:user', readingTokens, { ...aboutUser, shows: 'push' }],
  ['PUT /users/:user/tokens', writingTokens, { ...aboutUser, body: { tokens: [{ ...device, token: 'new' }] } }],
  ['PUT /users/:user/tokens/new', writingTokens, { ...aboutUser, body: device }],
  [
    'PATCH /users/:user/tokens/push-:user',
    writingTokens,
    { ...aboutUser, body: { patch: [{ op: 'replace', path: '/properties/mark', value: 1 }] } },
  ],
  ['DELETE /users/:user/tokens/push-:user', writingTokens, aboutUser],
  ['GET /users/:user/preferences', readingPreferences, { ...aboutUser, shows: 'topic' }],
  ['GET /users/:user/preferences?tenant_id=acme', readingPreferences, { ...aboutUser, shows: 'topic' }],
  ['GET /users/:user/preferences/digest', readingPreferences, { ...aboutUser, shows: 'topic' }],
  ['PUT /users/:user/preferences/mentions', writingPreferences, { ...aboutUser, body: optedIn }],
  ['PATCH /users/:user/preferences/mentions?tenant_id=acme', writingPreferences, { ...aboutUser, body: optedIn }],
  ['DELETE /users/:user/preferences/digest', writingPreferences, aboutUser],
  ['GET /brands', ['read:brands'], { shows: 'brand' }],
  ['POST /brands', ['write:brands'], { body: { id: 'three', name: 'Three' } }],
  ['GET /brands/one', ['read:brands', 'read:brands:one'], { shows: 'brand' }],
  ['GET /brands/two', ['read:brands', 'read:brands:two'], { shows: 'brand' }],
  ['PUT /brands/one', ['write:brands', 'write:brands:one'], { body: { name: 'One' } }],
  ['DELETE /brands/two', ['write:brands', 'write:brands:two']],
  // Of lists no scope is known: it takes the user.
  ['PUT /client/lists/new/subscribe/:user', [], aboutUser],
  ['DELETE /client/lists/team/unsubscribe/:user', [], aboutUser],
  ['GET /lists/team/subscriptions', [], byKey],
  ['POST /lists/team/subscriptions', [], { ...byKey, body: { recipients: [{ recipientId: 'zoe' }] } }],
  ['PUT /lists/team/subscriptions', [], { ...byKey, body: { recipients: [{ recipientId: 'zoe' }] } }],
  ['PUT /lists/team/subscriptions/zoe', [], byKey],
  ['DELETE /lists/team/subscriptions/alice', [], byKey],
  ['POST /auth/issue-token', [], { ...byKey, body: { scope: 'user_id:alice inbox:read:messages', expires_in: '1h' } }],
  ['POST /send', [], { ...byKey, body: { message: { to: { user_id: 'alice' }, content: { title: 't', body: 'b' } } } }],
  ['POST /inbound/courier', [], { by: 'anyone', body: { event: 'e', messageId: 'new', type: 'track' } }],
  ['POST /t/msg-alice-read', [], { by: 'anyone', body: { event: 'READ' } }],
];

function restCall([line, needs, { body, by = 'token', user = false, ...seen } = {}]: Row): TabledCall {
  const [method, path] = line.split(' ');
  return {
    name: line,
    surface: 'elsewhere',
    by,
    needs: needs.length === 0 ? [] : [needs],
    user: user ? 'named' : 'none',
    key: true,
    ...seen,
    ask: (about) => ({
      method: method!,
      url: path!.replaceAll(':user', () => segment(about)),
      headers: {},
      body: body === undefined ? '' : JSON.stringify(body),
    }),
  };
}

type QueryRow = [query: string, needs: string[], more?: { shows?: Kind; may?: Kind[]; user?: false }];

const readingInbox = ['inbox:read:messages'];
const writingInbox = ['inbox:write:events'];
const nodes =
  '{totalCount pageInfo{startCursor hasNextPage} nodes{messageId title body preview tags data actions{content href}}}';

/** `$message` is a message of the user. */
const inboxQueries: QueryRow[] = [
  [`{messages${nodes}}`, readingInbox, { shows: 'message' }],
  [`{messages(params:{accountId:"acme"},limit:5)${nodes}}`, readingInbox, { shows: 'message' }],
  ['query($m:String!){message(messageId:$m){title body data}}', readingInbox, { shows: 'message' }],
  ['{count}', readingInbox],
  ['{count(params:{status:"unread"}) messages{nodes{messageId}}}', readingInbox],
  ...['read', 'unread', 'opened', 'unopened', 'archive', 'unarchive'].map((field): QueryRow => [
    `mutation($m:String!){${field}(messageId:$m)}`,
    writingInbox,
  ]),
  ['mutation($m:String!){clicked(messageId:$m,trackingId:"t")}', writingInbox],
  ['mutation{archiveAll}', writingInbox],
  ['mutation{archiveRead}', writingInbox],
  ['mutation{markAllRead}', writingInbox],
  ['mutation($m:String!){a:read(messageId:$m) b:archive(messageId:$m) markAllRead}', writingInbox],
];

const preference = '{templateId templateName sectionName status digestSchedule}';
const brandFields = '{id name links logo{href image}}';
const page = `{preferencePage{showCourierFooter brand${brandFields} sections{nodes{name topics{nodes{templateName digestSchedules}}}}}}`;
const updated = '(templateId:"mentions",preferences:{status:OPTED_OUT})';

const clientQueries: QueryRow[] = [
  [
    '{messages{totalCount nodes{id content{title body data blocks{...on TextBlock{text}}}}}}',
    ['read:messages'],
    { shows: 'message' },
  ],
  [`{brand(brandId:"one")${brandFields}}`, ['read:brands', 'read:brands:one'], { user: false, shows: 'brand' }],
  [`{brand(brandId:"two")${brandFields}}`, ['read:brands', 'read:brands:two'], { user: false, shows: 'brand' }],
  [`{inAppBrand${brandFields}}`, ['read:brands'], { user: false, shows: 'brand' }],
  ['{digestSchedulesForTopic(templateId:"digest"){scheduleId}}', readingPreferences, { shows: 'topic' }],
  // Its brand is seen by whoever may read that one.
  [page, readingPreferences, { shows: 'topic', may: ['brand'] }],
  [`{recipientPreference(templateId:"digest")${preference}}`, readingPreferences, { shows: 'choice', may: ['topic'] }],
  [`{recipientPreferences{nodes${preference}}}`, readingPreferences, { shows: 'choice', may: ['topic'] }],
  [`mutation{updatePreferenceV2${updated}${preference}}`, writingPreferences, { may: ['topic'] }],
];

/** What asks for more than one thing takes the scopes of all. */
const mixed: [query: string, needs: string[][], may: Kind[]][] = [
  [
    `{inAppBrand${brandFields} recipientPreferences{nodes${preference}}}`,
    [['read:brands'], readingPreferences],
    ['brand', 'choice', 'topic'],
  ],
  [
    `{recipientPreferences{nodes${preference}} messages{nodes{content{title}}}}`,
    [readingPreferences, ['read:messages']],
    ['choice', 'topic', 'message'],
  ],
  [
    `query A{...F} fragment F on Query{...on Query{x:messages{nodes{content{title}}}} inAppBrand{...B}} fragment B on Brand{name}`,
    [['read:messages'], ['read:brands']],
    ['message', 'brand'],
  ],
];

function queryCall(url: '/q' | '/client/q', query: string, needs: string[][], more: QueryRow[2] = {}): TabledCall {
  const { user, ...seen } = more;
  return {
    name: `${url} ${query.slice(0, 60)}`,
    surface: url === '/q' ? 'inbox' : 'elsewhere',
    by: 'token',
    needs,
    user: user === false ? 'none' : 'optional',
    key: false,
    ...seen,
    ask: (about, owner = about ?? 'alice') => ({
      method: 'POST',
      url,
      headers: about === undefined ? {} : { 'x-courier-user-id': about },
      body: JSON.stringify({ query, variables: query.includes('$m') ? { m: messageOf(owner) } : undefined }),
    }),
  };
}

/** Every call that there is, but for the socket's. */
export const calls: TabledCall[] = [
  ...rest.map(restCall),
  ...inboxQueries.map(([query, needs, more]) => queryCall('/q', query, [needs], more)),
  ...clientQueries.map(([query, needs, more]) => queryCall('/client/q', query, [needs], more)),
  ...mixed.map(([query, needs, may]) => queryCall('/client/q', query, needs, { may })),
];

/** Courier's scopes that grant something here. */
export const scopes = [
  ...['inbox:read:messages', 'inbox:write:events', 'read:messages', 'read:preferences', 'write:preferences'],
  ...['read:user-tokens', 'write:user-tokens', 'read:brands', 'write:brands', 'read:brands:one', 'write:brands:one'],
];

/** What looks like one of them, and grants nothing that is asked for here. */
export const nearMisses = [
  ...scopes.flatMap((scope) => [`${scope}XYZ`, scope.toUpperCase(), `${scope}:other`, `x${scope}`, scope.slice(0, -1)]),
  ...[
    'inbox:read',
    'inbox:write',
    'inbox:read:write',
    'inbox:*',
    '*',
    '',
    'read',
    'write',
    'read:*',
    'inbox:write:messages',
  ],
  ...[
    'read:brands:',
    'read:brands:on',
    'read:brands:ONE',
    'read:brands:*',
    'read:brands:one:',
    'tenants:read',
    'tenant:acme:read',
  ],
  ...[
    'inbox:read:messages\tinbox:write:events',
    'read:messages,read:preferences',
    'inbox:read:messages:',
    'write:messages',
  ],
  ...['tenants:brand:read', 'tenant:acme:brand:write', '__proto__', 'constructor', '%72ead:brands', 'read%3Abrands'],
].filter((scope) => !scopes.includes(scope));

/** What looks like naming somebody, and names nobody who is asked about here. */
export const strangers = [
  ...[
    'user_id:alicex',
    'user_id:Alice',
    'user_id:ali',
    'USER_ID:alice',
    'user_id:alice%20',
    'user_id:*',
    'user-id:alice',
  ],
  ...[
    'user_id:alice,bob',
    'user_id:"alice"',
    'userid:alice',
    'alice',
    'user_id:dora%2F%C3%BC',
    'user_id:alice\tuser_id:bob',
  ],
];
