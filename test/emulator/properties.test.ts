import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/emulator/answer.js';
import type { EmulatedCourier } from '../../src/emulator/courier.js';
import { clientSchema } from '../../src/emulator/graphql/client.js';
import { inboxSchema } from '../../src/emulator/graphql/inbox.js';
import { createEmulator } from '../../src/emulator/index.js';
import { routes } from '../../src/emulator/rest/routes.js';
import {
  type Asked,
  type Environment,
  type TabledCall,
  calls,
  environments,
  holders,
  key,
  markedCourier,
  marker,
  markersIn,
  messageOf,
  nearMisses,
  people,
  scopes,
  seed,
  spoiled,
  stateOf,
  strangers,
  tokenFor,
} from './marked.js';

const { courier, restore } = markedCourier();
const initial = stateOf(courier);

const rowsOf = (some: TabledCall[]) => some.map((call) => [call.name, call] as const);

/** What comes back, and whether anything is another than before; after it all is as it was. */
async function ask({ method, url, headers, body }: Asked, bearer: string | undefined) {
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const answer = await courier.handle({ method, url, body, headers: { ...headers, ...authorization } });
  const changed = stateOf(courier) !== initial;
  if (changed) restore();
  if (typeof answer === 'string') throw new Error(`no answer, but ${answer}`);
  return { answer, changed, markers: markersIn(JSON.stringify(answer)) };
}

const refusals = {
  401: { message: 'Unauthorized', type: 'authentication_error' },
  403: { message: 'Forbidden', type: 'authorization_error' },
};

/** Courier's answer to who may not: nothing but that, and nothing happened. */
function expectRefused({ answer, changed, markers }: Awaited<ReturnType<typeof ask>>, status: 401 | 403) {
  expect({ status: answer.status, body: answer.body, changed, markers }).toEqual({
    status,
    body: refusals[status],
    changed: false,
    markers: [],
  });
}

interface Granted {
  environment: Environment;
  users: string[];
  granted: string[];
  scope: string;
}

/** A token's scopes: what a call takes is among them more often than by chance. */
function grants(needs: string[][], user: string): fc.Arbitrary<Granted> {
  const some = <T>(values: T[], maxLength: number) => fc.shuffledSubarray(values, { maxLength });
  const needed = fc
    .tuple(...needs.map((alternatives) => fc.constantFrom(...alternatives)))
    .chain((all) => fc.subarray(all.concat(all), { minLength: 0 }));
  return fc
    .record({
      environment: fc.constantFrom(...environments),
      users: some(people, 3),
      isNamed: fc.boolean(),
      needed: fc.oneof(fc.constant(undefined), needed),
      more: fc.oneof(some(scopes, 4), fc.constant(scopes), fc.constant([])),
      near: some(nearMisses, 4),
      strange: some(strangers, 2),
      last: fc.boolean(),
      gap: fc.constantFrom(' ', '  '),
    })
    .map(({ environment, users: others, isNamed, needed: chosen, more, near, strange, last, gap }) => {
      const users = isNamed ? [...new Set(last ? [...others, user] : [user, ...others])] : others;
      const full = needs.map((alternatives) => alternatives.at(-1)!);
      const granted = [...(chosen ?? full), ...more];
      const named = users.map((one) => `user_id:${one}`);
      const parts = last ? [...near, ...granted, ...named, ...strange] : [...named, ...strange, ...near, ...granted];
      // Who is named first is who it is for where nobody is said to be.
      return { environment, users: [...usersIn(parts)], granted, scope: parts.join(gap) };
    });
}

const usersIn = (parts: string[]) =>
  new Set(parts.filter((one) => one.startsWith('user_id:')).map((one) => one.slice('user_id:'.length)));

const holds = ({ granted }: Granted, needs: string[][]) =>
  needs.every((alternatives) => alternatives.some((one) => granted.includes(one)));

/** Whether somebody who was let in may see it. */
function mayShow(call: TabledCall, grant: Granted, user: string) {
  const kinds: string[] = [...(call.shows ? [call.shows] : []), ...(call.may ?? [])];
  return ({ environment, owner, kind }: { environment: string; owner: string; kind: string }) => {
    if (environment !== grant.environment || !kinds.includes(kind)) return false;
    if (kind === 'topic') return true;
    if (kind === 'brand')
      return grant.granted.includes('read:brands') || grant.granted.includes(`read:brands:${owner}`);
    return owner === user;
  };
}

describe('a call succeeds if and only if the token has the scope and names the user', () => {
  it.each(rowsOf(calls))('%s', async (_, call) => {
    const given = fc
      .record({ user: fc.constantFrom(...people), said: call.user === 'optional' ? fc.boolean() : fc.constant(true) })
      .chain(({ user, said }) =>
        fc.record({ user: fc.constant(user), said: fc.constant(said), grant: grants(call.needs, user) }),
      );
    await fc.assert(
      fc.asyncProperty(given, async ({ user, said, grant }) => {
        const about = said ? user : grant.users[0];
        const request = call.ask(said ? user : undefined, about);
        const seen = await ask(request, tokenFor(grant.scope, grant.environment));
        const isNamed = call.user === 'none' || (about !== undefined && grant.users.includes(about));
        const expected = call.by === 'anyone' || (call.by === 'token' && isNamed && holds(grant, call.needs));
        if (!expected) return expectRefused(seen, call.surface === 'inbox' ? 401 : 403);
        // Zoe has nothing that could be found.
        const found = call.user === 'none' || holders.includes(about!);
        const fine = seen.answer.status < 300 && !JSON.stringify(seen.answer.body ?? '').includes('"errors"');
        expect({ fine: fine || (!found && seen.answer.status === 404), status: seen.answer.status }).toMatchObject({
          fine: true,
        });
        expect(seen.markers.filter((one) => !mayShow(call, grant, about ?? '')(one))).toEqual([]);
        if (call.shows && found) expect(seen.markers.map(({ kind }) => kind)).toContain(call.shows);
      }),
      { seed: 1, numRuns: 80 },
    );
  });

  it('and the table has every route and every field', () => {
    const lines = new Set(calls.map(({ name }) => name));
    const isTabled = ({ method, path }: { method: string; path: string }) => {
      const pattern = new RegExp(`^${method} ${path.replaceAll(/:\w+/g, '[^/?]+')}(\\?.*)?$`);
      return [...lines].some((line) => pattern.test(line));
    };
    const fields = [inboxSchema, clientSchema].flatMap((schema, i) =>
      [schema.getQueryType()!, schema.getMutationType()!].flatMap((type) =>
        Object.keys(type.getFields()).map((field) => ({ url: ['/q', '/client/q'][i]!, field })),
      ),
    );
    const isAsked = ({ url, field }: { url: string; field: string }) =>
      [...lines].some((line) => line.startsWith(`${url} `) && new RegExp(`\\b${field}\\b`).test(line));
    expect({ routes: routes.filter((one) => !isTabled(one)), fields: fields.filter((one) => !isAsked(one)) }).toEqual({
      routes: [],
      fields: [],
    });
  });
});

const everything = `${people.map((user) => `user_id:${user}`).join(' ')} ${scopes.join(' ')}`;

describe('whatever it grants, nothing is opened by', () => {
  it.each(Object.keys(spoiled))('a token %s', async (name) => {
    for (const call of calls) {
      const bearer = spoiled[name]!(everything);
      // Who brings no credential at all is let in where anyone is.
      if (call.by === 'anyone' && bearer === '') continue;
      for (const user of ['alice', 'zoe']) expectRefused(await ask(call.ask(user), bearer), 401);
    }
    const query = new URLSearchParams({ auth: spoiled[name]!(everything), userId: 'alice' });
    expect(refusalOf(await courier.admit(`/?${query.toString()}`))).toEqual({ status: 401, body: refusals[401] });
  });

  it('no credential', async () => {
    for (const call of calls) if (call.by !== 'anyone') expectRefused(await ask(call.ask('alice'), undefined), 401);
  });

  it('a genuine token with one character changed', async () => {
    const genuine = tokenFor(everything);
    const alphabet = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= ');
    const changed = fc.tuple(fc.nat(genuine.length - 1), fc.constantFrom(...alphabet)).map(([i, letter]) => ({
      token: genuine.slice(0, i) + letter + genuine.slice(i + 1),
    }));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...calls.filter(({ by }) => by === 'token')),
        changed,
        async (call, { token }) => {
          fc.pre(token !== genuine);
          expectRefused(await ask(call.ask('alice'), token), 401);
        },
      ),
      { seed: 2, numRuns: 400 },
    );
  });
});

describe('an API key', () => {
  it.each(rowsOf(calls))('%s', async (_, call) => {
    for (const environment of environments)
      for (const user of people) {
        const seen = await ask(call.ask(user), key[environment]);
        if (!call.key) {
          expectRefused(seen, 401);
          continue;
        }
        const found = call.user === 'none' || holders.includes(user);
        expect([200, 202, 204, ...(found ? [] : [404])]).toContain(seen.answer.status);
        expect(seen.markers.filter((one) => one.environment !== environment || one.kind === 'never')).toEqual([]);
        expect(seen.markers.filter(({ owner }) => holders.includes(owner) && owner !== user)).toEqual([]);
      }
  });

  it('is refused where it is not the one that is known', async () => {
    const { courier: strict } = markedCourier({ apiKey: key.test });
    const before = stateOf(strict);
    for (const call of calls.filter((one) => one.key && one.by !== 'anyone'))
      for (const other of [key.production, `${key.test}0`, key.test.slice(0, -1), key.test.toUpperCase()]) {
        const { url, ...rest } = call.ask('alice');
        const answer = await strict.handle({ ...rest, url, headers: { authorization: `Bearer ${other}` } });
        expect({ url, answer: (answer as Answer).body }).toEqual({ url, answer: refusals[401] });
      }
    expect(stateOf(strict)).toBe(before);
  });
});

it('an inbox that is empty for want of a scope is empty, and only the user’s own', async () => {
  const { courier: empty } = markedCourier({ missingScope: 'empty' });
  const before = stateOf(empty);
  const reading = calls.filter(({ needs, surface }) => surface === 'inbox' && needs[0]?.[0] === 'inbox:read:messages');
  const given = fc
    .constantFrom(...people)
    .chain((user) => fc.record({ user: fc.constant(user), grant: grants([['inbox:read:messages']], user) }));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...reading), given, async (call, { user, grant }) => {
      const { headers, ...rest } = call.ask(user);
      const authorization = `Bearer ${tokenFor(grant.scope, grant.environment)}`;
      const answer = (await empty.handle({ ...rest, headers: { ...headers, authorization } })) as Answer;
      const owners = new Set(markersIn(JSON.stringify(answer)).map(({ owner }) => owner));
      expect(answer.status).toBe(grant.users.includes(user) ? 200 : 401);
      const shown = holds(grant, call.needs) && grant.users.includes(user) && holders.includes(user) && call.shows;
      expect([...owners]).toEqual(shown ? [user] : []);
    }),
    { seed: 3, numRuns: 200 },
  );
  expect(stateOf(empty)).toBe(before);
});

it('a message of another user is as unknown as one that does not exist', async () => {
  const fields = ['read', 'unread', 'opened', 'unopened', 'clicked', 'archive', 'unarchive'];
  const pair = fc.shuffledSubarray(holders, { minLength: 2, maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(pair, fc.constantFrom(...fields), fc.boolean(), async ([own, other], field, said) => {
      const bearer = tokenFor(`user_id:${own} ${scopes.join(' ')}`);
      const headers = said ? { 'x-courier-user-id': own! } : {};
      const asked = (query: string, m: string): Asked => ({
        method: 'POST',
        url: '/q',
        headers,
        body: JSON.stringify({ query, variables: { m } }),
      });
      for (const m of [messageOf(other!), `${messageOf(other!)}-acme`, 'none', `${messageOf(own!)} `]) {
        const marked = await ask(asked(`mutation($m:String!){x:${field}(messageId:$m)}`, m), bearer);
        const read = await ask(asked('query($m:String!){x:message(messageId:$m){title}}', m), bearer);
        expect([marked.answer.body, marked.changed, read.answer.body]).toEqual([
          { data: { x: false } },
          false,
          { data: { x: null } },
        ]);
      }
    }),
    { seed: 4, numRuns: 60 },
  );
});

function refusalOf(admitted: Awaited<ReturnType<EmulatedCourier['admit']>>) {
  if (!('answer' in admitted) || typeof admitted.answer === 'string') return undefined;
  const { status, body } = admitted.answer;
  return { status, body };
}

describe('the socket', () => {
  const reading = [['inbox:read:messages']];
  const given = fc
    .record({ user: fc.constantFrom(...people), said: fc.boolean(), channel: fc.constantFrom(...people, '', 'ALICE') })
    .chain(({ user, ...rest }) =>
      fc.record({
        user: fc.constant(user),
        grant: grants(reading, user),
        said: fc.constant(rest.said),
        channel: fc.oneof(fc.constant(user), fc.constant(rest.channel)),
        tenant: fc.constantFrom(undefined, 'acme'),
        late: fc.boolean(),
      }),
    );

  /** Something new for everybody, in both environments. */
  async function sendToAll() {
    for (const environment of environments)
      for (const user of people)
        for (const tenant_id of [undefined, 'acme']) {
          const title = marker(user, 'message', environment);
          const message = { to: { user_id: user, tenant_id }, content: { title, body: tenant_id ?? 'none' } };
          const headers = { authorization: `Bearer ${key[environment]}` };
          await courier.handle({ method: 'POST', url: '/send', headers, body: JSON.stringify({ message }) });
        }
  }

  it('tells whom the token names, with the scope, until it expires, and nobody else', async () => {
    await fc.assert(
      fc.asyncProperty(given, async ({ user, grant, said, channel, tenant, late }) => {
        const about = said ? user : grant.users[0];
        const query = new URLSearchParams({ auth: tokenFor(grant.scope, grant.environment), cid: 'c' });
        if (said) query.set('userId', user);
        const admitted = await courier.admit(`/?${query.toString()}`);
        const allowed = about !== undefined && grant.users.includes(about) && holds(grant, reading);
        expect(refusalOf(admitted)).toEqual(allowed ? undefined : { status: 401, body: refusals[401] });
        expect(stateOf(courier)).toBe(initial);
        if (!('join' in admitted)) return;
        const frames: string[] = [];
        const closed: number[] = [];
        const { receive } = admitted.join({ send: (frame) => frames.push(frame), close: (code) => closed.push(code) });
        await sendToAll();
        expect(frames).toEqual([]);
        receive(JSON.stringify({ action: 'subscribe', tid: 't', data: { channel, accountId: tenant } }));
        if (late) courier.state.clock.advance(3600);
        await sendToAll();
        restore();
        if (channel !== about) expect({ frames, closed: closed[0] }).toEqual({ frames: [], closed: 1008 });
        else if (late) expect({ frames: frames.slice(1), closed: closed[0] }).toEqual({ frames: [], closed: 1008 });
        else {
          const told = frames.slice(1).flatMap((frame) => markersIn(frame));
          expect(told).toEqual([{ environment: grant.environment, owner: about, kind: 'message' }]);
          expect(frames[1]).toContain(tenant === undefined ? '"body":"none"' : '"body":"acme"');
        }
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

describe('whatever GraphQL is asked, it is answered, and shows nothing of anybody else', () => {
  const word = fc.constantFrom(
    ...[
      '{',
      '}',
      '(',
      ')',
      '[',
      ']',
      ':',
      '...',
      '$',
      '@',
      '!',
      '=',
      '|',
      '&',
      '"',
      '"""',
      '#',
      ',',
      '\n',
      '\0',
      '\uFEFF',
    ],
    ...['query', 'mutation', 'subscription', 'fragment', 'on', 'F', 'Query', 'Mutation', 'Message', '@skip(if:true)'],
    ...['messages', 'count', 'message', 'nodes', 'title', 'body', 'data', 'read', 'archiveAll', 'recipientPreferences'],
    ...['messageId', '"msg-alice"', '$m', '1', '-1', '1e999', 'null', 'true', '__typename', '__schema', '\ud800', '😀'],
  );
  const soup = fc.array(word, { maxLength: 60 }).map((words) => words.join(' '));

  const id = fc.constantFrom(...people.map((user) => `"${messageOf(user)}"`), '"none"', '""', 'null', '1', '{}', '$m');
  const params = fc.constantFrom(
    ...['', '(params:{})', '(params:null)', '(limit:100)', '(limit:-1)', '(limit:null)', '(limit:99999999999)'],
    ...['(after:"x")', '(after:"")', '(params:{from:"x"})', '(params:{from:[[{}]]})', '(params:{tags:[],status:"x"})'],
    ...['(params:{accountId:"acme"})', '(params:{archived:true})', '(params:{from:1e308})', '(params:{isRead:true})'],
    ...['(params:$p)', '(params:{from:$p})', '(limit:$p)', '(after:$p)'],
  );
  const nodes = '{totalCount nodes{messageId title body data tags preview actions{content}}}';
  const field = fc.oneof(
    params.map((given) => `messages${given}${nodes}`),
    params.map((given) => `messages${given}{nodes{content{title body data}}}`),
    params.map((given) => `count${given}`),
    id.map((given) => `message(messageId:${given}){title data}`),
    fc
      .tuple(fc.constantFrom('read', 'archive', 'clicked', 'unopened'), id)
      .map(([name, given]) => `${name}(messageId:${given})`),
    fc.constantFrom(
      'archiveAll',
      'archiveRead',
      'markAllRead',
      '__typename',
      '__schema{types{name fields{name}}}',
      '...F',
    ),
    fc.constantFrom(
      'inAppBrand{name links}',
      'brand(brandId:"two"){name}',
      'recipientPreferences{nodes{digestSchedule}}',
    ),
    fc.constantFrom(
      'recipientPreference(templateId:"digest",accountId:"acme"){digestSchedule}',
      'preferencePage{brand{name}}',
    ),
    fc.constant('updatePreferenceV2(templateId:"digest",preferences:{status:OPTED_IN}){digestSchedule}'),
  );
  const head = fc.constantFrom(
    '',
    'query',
    'query A',
    'query($m:String!)',
    'query($m:String! $p:JSON)',
    'subscription',
  );
  const heads = fc.oneof(head, fc.constantFrom('mutation', 'mutation($m:String!)', 'mutation A($m:ID=1)'));
  const fragments = fc.constantFrom(
    ...['', ' fragment F on Query{count}', ' fragment F on Query{...F}', ' fragment F on Message{title}'],
    ...[' fragment F on Query{...G} fragment G on Query{...F}', ' fragment F on Query{__schema{types{name}}}'],
    ` fragment F on Query{${'...{'.repeat(40)}messages${nodes}${'}'.repeat(40)}}`,
  );
  const written = fc
    .tuple(heads, fc.array(field, { minLength: 1, maxLength: 4 }), fragments, fc.boolean())
    .map(([start, fields, end, aliased]) => {
      const named = fields.map((one, i) => (aliased && !one.startsWith('...') ? `a${i}:${one}` : one));
      return `${start}{${named.join(' ')}}${end}`;
    });
  const heavy = fc.tuple(fc.constantFrom(10, 400, 1700, 3400), fc.nat(7)).map(([n, which]) => {
    const shapes = [
      `${'{a'.repeat(n)}${'}'.repeat(n)}`,
      `{${'...{'.repeat(n)}__typename${'}'.repeat(n)}}`,
      `{count(params:{tags:${'['.repeat(n)}${']'.repeat(n)}})}`,
      `{count(params:{from:${'{a:'.repeat(n)}1${'}'.repeat(n)}})}`,
      `query($a:${'['.repeat(n)}Int${']'.repeat(n)}){count}`,
      `{${Array.from({ length: n }, (_, i) => `a${i}:count`).join(' ')}}`,
      `{${'count '.repeat(n)}}`,
      `{...f0} ${Array.from({ length: n }, (_, i) => `fragment f${i} on Query{...f${(i + 1) % n}}`).join(' ')}`,
    ];
    return shapes[which]!;
  });
  const query = fc.oneof(
    { weight: 3, arbitrary: soup },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
    { weight: 8, arbitrary: written },
    { weight: 1, arbitrary: heavy },
  );
  const value = fc.oneof(fc.constantFrom(...holders.map(messageOf)), fc.jsonValue({ maxDepth: 3 }));
  const body = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ query, variables: fc.dictionary(fc.constantFrom('m', 'p', 'x', '__proto__'), value) }),
    },
    {
      weight: 2,
      arbitrary: fc.record(
        { query, operationName: fc.oneof(fc.constant('A'), fc.jsonValue()) },
        { requiredKeys: ['query'] },
      ),
    },
    { weight: 1, arbitrary: fc.record({ query: fc.oneof(query, fc.jsonValue()), variables: fc.jsonValue() }) },
  );

  const granted = fc.oneof(fc.constant<string[]>([]), fc.constant(scopes), fc.subarray(scopes));
  const asker = fc.record({ url: fc.constantFrom('/q', '/client/q'), own: fc.constantFrom('bob', 'zoe'), granted });
  const others = () => {
    const { messages, preferences, pushTokens, ...rest } = courier.state.worlds['test'];
    const theirs = [messages, preferences, pushTokens].map((all) =>
      all.filter(({ user }) => user !== 'bob' && user !== 'zoe'),
    );
    return JSON.stringify([theirs, rest, courier.state.worlds['production']]);
  };
  const untouched = others();

  it('in any words', async () => {
    await fc.assert(
      fc.asyncProperty(asker, body, async ({ url, own, granted: has }, asked) => {
        const authorization = `Bearer ${tokenFor([`user_id:${own}`, ...has].join(' '))}`;
        const answer = (await courier.handle({
          method: 'POST',
          url,
          headers: { authorization },
          body: JSON.stringify(asked),
        })) as Answer;
        expect([200, 400, url === '/q' ? 401 : 403]).toContain(answer.status);
        expect(others()).toBe(untouched);
        const writing = has.includes('inbox:write:events') || has.includes('write:preferences');
        if (!writing) expect(stateOf(courier)).toBe(initial);
        const allowed: Record<string, boolean> = {
          message: has.includes(url === '/q' ? 'inbox:read:messages' : 'read:messages'),
          choice: has.includes('read:preferences') || has.includes('write:preferences'),
          topic: has.includes('read:preferences') || has.includes('write:preferences'),
        };
        const strange = markersIn(JSON.stringify(answer)).filter(({ environment, owner, kind }) => {
          if (environment !== 'test') return true;
          if (kind === 'brand') return !has.includes('read:brands') && !has.includes(`read:brands:${owner}`);
          return !allowed[kind] || (owner !== '' && owner !== own);
        });
        expect(strange).toEqual([]);
        if (stateOf(courier) !== initial) restore();
      }),
      { seed: 6, numRuns: 1500 },
    );
  });
});

/** A value with something else in one place, or without it. */
function mutated(value: unknown): fc.Arbitrary<unknown> {
  const something = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.constantFrom<unknown>('', null, -1, 1e308, 2 ** 53, '\ud800', '\0', 'x'.repeat(5000), [], {}, [[]], true),
    fc.constantFrom<unknown>(
      'alice',
      'acme',
      'one',
      'digest',
      'REQUIRED',
      '{{a}}',
      '{{__proto__.x}}',
      '/a/__proto__/b',
      '/',
    ),
  );
  if (typeof value !== 'object' || value === null) return something;
  const entries = Object.entries(value);
  const replaced = entries.map(([name, inside]) =>
    mutated(inside).map((other) => (Array.isArray(value) ? [other] : { ...value, [name]: other })),
  );
  const added = fc
    .tuple(fc.constantFrom('__proto__', 'constructor', 'tenant_id', 'context', 'data', 'length', 'x'), something)
    .map(([name, other]): unknown =>
      Array.isArray(value) ? [...(value as unknown[]), other] : { ...value, [name]: other },
    );
  return fc.oneof(something, added, ...replaced);
}

describe('whatever the body, it is answered', () => {
  it.each(rowsOf(calls.filter(({ name }) => /^(POST|PUT|PATCH)/.test(name))))('%s', async (_, call) => {
    const valid = call.ask('alice');
    const text = fc.oneof(
      {
        weight: 4,
        arbitrary: (valid.body === '' ? fc.jsonValue() : mutated(JSON.parse(valid.body))).map((body) =>
          JSON.stringify(body),
        ),
      },
      { weight: 1, arbitrary: fc.nat(valid.body.length).map((end) => valid.body.slice(0, end)) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    );
    await fc.assert(
      fc.asyncProperty(text, async (body) => {
        const { answer, changed, markers } = await ask({ ...valid, body }, key.test);
        expect(answer.status).toBeLessThan(500);
        if (answer.status < 400) return;
        expect(Object.keys(answer.body as object).toSorted()).toEqual(['message', 'type']);
        expect({ changed, markers }).toEqual({ changed: false, markers: [] });
      }),
      { seed: 7, numRuns: 80 },
    );
  });

  const control = [
    'clock',
    'fail',
    'latency',
    'rate-limit',
    'settings',
    'reset',
    'requests',
    'state',
    'health',
    'none',
    '',
  ];
  it.each(control)('/__emulator/%s', async (name) => {
    const valid = {
      ...{ status: 500, how: 'status', path: '/', method: 'get', count: 1, retryAfter: 1, ms: 1, requests: 1 },
      ...{ seconds: 1, advance: '1h', now: '2026-01-01T00:00:00Z', missingScope: 'empty' },
    };
    const body = fc.oneof(
      ...Object.entries(valid).map(([field, value]) => mutated(value).map((other) => ({ [field]: other }))),
      mutated(valid),
      fc
        .subarray(Object.keys(valid))
        .map((names) => Object.fromEntries(Object.entries(valid).filter(([one]) => names.includes(one)))),
      fc.jsonValue(),
    );
    const query = fc.constantFrom(
      '',
      '?environment=production',
      '?environment=__proto__',
      '?environment=',
      '?%',
      '/',
      '//',
      '/x',
    );
    const method = fc.constantFrom('POST', 'POST', 'GET', 'DELETE', 'PATCH', '__proto__', 'constructor');
    await fc.assert(
      fc.asyncProperty(method, query, body, async (how, rest, given) => {
        const asked = { method: how, url: `/__emulator/${name}${rest}`, headers: {}, body: JSON.stringify(given) };
        const answer = (await courier.handle(asked)) as Answer;
        expect(answer.status).toBeLessThan(500);
        if (answer.status >= 400) expect(Object.keys(answer.body as object).toSorted()).toEqual(['message', 'type']);
        const health = await courier.handle({ method: 'GET', url: '/__emulator/health', headers: {}, body: '' });
        expect(health).toEqual({ status: 200, body: { ready: true } });
        // Whatever was asked for, a request after it is at least taken, and written in the log.
        courier.state.faults.reset();
        expect(await courier.handle({ method: 'GET', url: '/brands', headers: {}, body: '' })).toMatchObject({
          status: 401,
        });
        restore();
      }),
      { seed: 8, numRuns: 60 },
    );
  });
});

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const nestedChannels = (depth: number) => `${'{"channels":['.repeat(depth)}${']}'.repeat(depth)}`;
const sent = (rest: string) => `{"message":{"to":{"user_id":"alice"},"content":{"title":"t","body":"{{a}}"}${rest}}}`;
const patch = (...steps: object[]) => JSON.stringify({ patch: steps });

describe('what is too much is refused, and what is answered can be written', () => {
  it.each([
    ['a brand of 20,000 levels', 'PUT /brands/one', `{"name":"n","settings":${nested(20_000)}}`],
    [
      'an event of 20,000 levels',
      'POST /inbound/courier',
      `{"event":"e","messageId":"m","type":"track","properties":${nested(20_000)}}`,
    ],
    ['a message of 20,000 levels', 'POST /send', sent(`,"data":${nested(20_000)}`)],
    ['channels of 20,000 levels', 'POST /send', sent(`,"routing":{"channels":[${nestedChannels(20_000)}]}`)],
    ['a token of 20,000 levels', 'PUT /users/alice/tokens/t', `{"provider_key":"expo","properties":${nested(20_000)}}`],
    [
      'a text that fills to 10 GB',
      'POST /send',
      JSON.stringify({
        message: {
          to: { user_id: 'alice' },
          content: { body: '{{x}}'.repeat(40_000) },
          data: { x: 'x'.repeat(250_000) },
        },
      }),
    ],
    [
      'a list whose length becomes a text',
      'PATCH /users/alice/tokens/push-alice',
      patch({ op: 'add', path: '/properties/list/length', value: 'x' }),
    ],
    [
      'a list whose length goes',
      'PATCH /users/alice/tokens/push-alice',
      patch({ op: 'remove', path: '/properties/list/length' }),
    ],
  ])('%s', async (_, line, body) => {
    const [method, url] = line.split(' ');
    const headers = { authorization: `Bearer ${key.test}` };
    try {
      const answer = (await courier.handle({ method: method!, url: url!, headers, body })) as Answer;
      expect(answer.status).toBeLessThan(500);
      expect(() => JSON.stringify(answer.body)).not.toThrow();
      expect(() => stateOf(courier)).not.toThrow();
    } finally {
      restore();
    }
  });

  it('a list does not become one of four thousand million', async () => {
    const headers = { authorization: `Bearer ${key.test}` };
    const url = '/users/alice/tokens/push-alice';
    for (const path of ['/properties/list/length', '/properties/list/4294967294']) {
      const body = patch({ op: 'add', path, value: 4_294_967_295 });
      const { status } = (await courier.handle({ method: 'PATCH', url, headers, body })) as Answer;
      const { properties } = courier.state.worlds['test'].pushTokens.find(({ token }) => token === 'push-alice')!;
      restore();
      const { length } = (properties as { list: unknown[] }).list;
      // Alone: a list of that length could not be written.
      expect({ status, length }).toEqual({ status: 400, length: 1 });
    }
  });

  it('many tokens take no time', async () => {
    const tokens = Array.from({ length: 7000 }, (_, i) => ({ provider_key: 'expo', token: String(i) }));
    const began = performance.now();
    const { answer } = await ask(
      { method: 'PUT', url: '/users/alice/tokens', headers: {}, body: JSON.stringify({ tokens }) },
      key.test,
    );
    expect(answer.status).toBe(204);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it.each(['{"advance":1e15}', '{"advance":1e999}', '{"now":"2026-01-01T00:00:00+02"}'])(
    'a clock of %s',
    async (body) => {
      try {
        const answer = (await courier.handle({
          method: 'POST',
          url: '/__emulator/clock',
          headers: {},
          body,
        })) as Answer;
        expect(answer.status).toBeLessThan(500);
        expect(await courier.handle({ method: 'GET', url: '/brands', headers: {}, body: '' })).toMatchObject({
          status: 401,
        });
      } finally {
        restore();
      }
    },
  );

  it('a seed of no time is refused', () => {
    const messages = [{ user: 'alice', created: '2026-01-01T00:00:00+02' }];
    expect(() => createEmulator({ seed: { ...seed, messages } })).toThrow(
      'that is no seed: messages[0].created: Invalid timestamp.',
    );
  });
});
