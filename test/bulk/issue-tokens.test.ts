import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkTransport } from '../../src/courier/https.js';
import type { Transport } from '../../src/courier/transport.js';
import { Failure, type FailureFacts } from '../../src/errors.js';
import {
  type IssueTokensOptions,
  type UserToken,
  type UserToMint,
  decodeToken,
  issueToken,
  issueTokens,
} from '../../src/index.js';
import { type CourierServer, json, startCourier } from '../support/courier-server.js';
import { userOf } from '../support/e2e-users.js';

describe('issueTokens', () => {
  let courier: CourierServer;
  beforeAll(async () => {
    courier = await startCourier();
  });
  afterAll(async () => courier.close());

  const all = async (
    users: AsyncIterable<UserToMint> | Iterable<UserToMint>,
    options: Partial<IssueTokensOptions> = {},
  ) => collected(issueTokens(users, { apiKey: 'pk_test_1234567890', baseUrl: courier.url, ...options }));

  async function* stream(users: UserToMint[]) {
    for (const user of users) yield await Promise.resolve(user);
  }

  it.each([
    { what: 'an array', users: ['alice', 'bob'] },
    { what: 'a set', users: new Set(['alice', 'bob']) },
    { what: 'a stream', users: stream(['alice', { user: 'bob' }]) },
    { what: 'one named twice', users: ['alice', 'bob', 'alice', { user: 'bob', tenant: 'acme' }] },
  ])('mints for each of $what once', async ({ users }) => {
    const results = await all(users, { for: ['brands'] });
    expect(results.map(shown).toSorted()).toEqual(['alice: user_id:alice read:brands', 'bob: user_id:bob read:brands']);
    expect(results[0]).toEqual({
      user: results[0]!.user,
      token: expect.any(String),
      expiresAt: 'token' in results[0]! ? decodeToken(results[0].token).time.expiresAt : '',
    });
  });

  it.each<[UserToMint, string]>([
    [{ user: 'a', scopes: ['read:brands'] }, 'a: user_id:a read:brands'],
    [{ user: 'a', scopes: undefined, tenant: undefined }, 'a: user_id:a read:brands'],
    [{ user: 'a', tenant: 'acme' }, 'a: tenant.unused, '],
    [{ user: 'a', expiresIn: '500ms' }, 'a: duration.invalid, expiresIn 500ms: '],
    ['a b', 'a b: user.invalid, user "a b" cannot be a user id'],
    ['', ': user.invalid, user "" cannot be a user id'],
    [{ user: 'a', expiresIn: '1' }, 'a: duration.invalid, expiresIn 1: it has no unit'],
    [{ user: 'a', scope: 'x' } as never, 'a: usage.user-line, it has no such field as scope. Did you mean scopes?'],
    [{ user: 7 } as never, '{ user: 7 }: usage.user-line, its user is no text'],
    [undefined as never, 'undefined: usage.user-line, it is no user: an id, or JSON with one.'],
    [Object.assign(Object.create(null), { user: 'row' }) as UserToMint, 'row: user_id:row read:brands'],
    [Object.assign({ user: 'row' }, { [inspect.custom]: () => expect.unreachable() }), 'row: user_id:row read:brands'],
    [
      Object.assign(Object.create(null), { id: 'row' }) as never,
      'usage.user-line, it has no such field as id. Did you mean user?',
    ],
  ])('of %j comes %s', async (user, expected) => {
    const [result] = await all([user], { scopes: ['read:brands'] });
    expect(shown(result!).replace('user a b cannot', 'user "a b" cannot')).toContain(expected);
  });

  it('mints for lines that come before a result is asked for', async () => {
    const lines = createInterface({ input: Readable.from(['alice\nbob\n']) });
    const results = issueTokens(lines, { apiKey: 'pk_test_1234567890', baseUrl: courier.url });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await collected(results)).map(({ user }) => user).toSorted()).toEqual(['alice', 'bob']);
  });

  it('takes the part of the users that a shard has', async () => {
    const users = Array.from({ length: 40 }, (_, i) => `user-${i}`);
    const parts = await Promise.all([1, 2, 3].map(async (index) => all(users, { shard: { index, count: 3 } })));
    expect(parts.map((part) => part.length).toSorted((a, b) => a - b)[0]).toBeGreaterThan(5);
    expect(
      parts
        .flat()
        .map(({ user }) => user)
        .toSorted(),
    ).toEqual(users.toSorted());
  });

  it('throws what ends a run, and says what to do', async () => {
    courier.misbehave(json(401, { message: 'Unauthorized' }));
    const before = courier.requests.length;
    await expect(all(['alice', 'bob', 'carol'])).rejects.toMatchObject({
      code: 'key.refused',
      message: expect.stringMatching(/refused the API key of apiKey \(401\)/),
    });
    expect(courier.requests.length - before).toBe(1);
    courier.misbehave(undefined);
  });

  /** Courier, of which some requests, by their number from 1, do not get to it. */
  function unreachableAt(numbers: number[], reason: FailureFacts['courier.unreachable']['reason']): Transport {
    let sent = 0;
    const { sendMany } = networkTransport({});
    return {
      async send(request) {
        sent += 1;
        if (numbers.includes(sent)) throw new Failure('courier.unreachable', { host: 'x', reason, detail: 'y' });
        return sendMany(request);
      },
    };
  }

  it.each([
    { reason: 'certificate', at: [2] },
    { reason: 'proxy', at: [2] },
    { reason: 'refused', at: [1, 2, 3] },
  ] as const)('ends where all who follow would fail alike: $reason', async ({ reason, at }) => {
    const transport = unreachableAt([...at], reason);
    const before = courier.requests.length;
    await expect(all(['alice', 'bob', 'carol'], { transport, concurrency: 1 })).rejects.toMatchObject({
      code: 'courier.unreachable',
      facts: { reason },
    });
    expect(courier.requests.length - before).toBe(at[0] - 1);
  });

  it('goes on where a connection was dropped, also before there was any token', async () => {
    const transport = unreachableAt([1, 2, 3], 'dropped');
    const results = await all(['alice', 'bob'], { transport, concurrency: 1, for: ['brands'] });
    expect(results.map(shown)).toEqual([
      expect.stringMatching(/^alice: courier.unreachable, /),
      'bob: user_id:bob read:brands',
    ]);
  });

  const timeouts = (count: number) => Array.from({ length: count }, () => 'timeout' as const);
  it.each([
    { what: '20 before there was any token', asked: [...timeouts(20), 'token'], came: 'courier.timeout', sent: 20 },
    { what: '19 before there was any token', asked: [...timeouts(19), 'token'], came: 20, sent: 20 },
    { what: '1000', asked: ['token', ...timeouts(1000), 'token'], came: 'courier.timeout', sent: 1001 },
    {
      what: 'twice 999, and a token between',
      asked: ['token', ...timeouts(999), 'token', ...timeouts(999)],
      came: 2000,
      sent: 2000,
    },
    {
      what: '1000 whom Courier refuses',
      asked: ['token', ...Array.from({ length: 1000 }, () => 'refused')],
      came: 1001,
      sent: 1001,
    },
  ])('users in a row without an answer end it: $what', async ({ asked, came, sent }) => {
    let times = 0;
    const { sendMany } = networkTransport({});
    const transport: Transport = {
      async send(request) {
        times += 1;
        const how = asked[times - 1];
        if (how === 'timeout') throw new Failure('courier.timeout', { host: 'x', seconds: 1 });
        return how === 'token' ? sendMany(request) : { status: 400, headers: {}, body: '{}' };
      },
    };
    const users = asked.map((_, i) => `user-${i}`);
    const result = await all(users, { transport, concurrency: 1 }).then(
      (results) => results.length,
      ({ code }: Failure) => code,
    );
    expect([result, times]).toEqual([came, sent]);
  });

  it.each([
    {
      of: 'one user',
      status: 400,
      header: {},
      said: 'a: request.rejected, Courier cannot mint that (400): no [redacted].',
    },
    { of: 'the run', status: 404, header: {}, said: 'answered 404: no [redacted].' },
    {
      of: 'a redirect',
      status: 302,
      header: { location: 'http://x/?k=pk_test_1234567890' },
      said: 'http://x/?k=[redacted]',
    },
  ])('never says the key again, whatever Courier says: $of', async ({ status, header, said }) => {
    courier.misbehave(json(status, { message: 'no pk_test_1234567890' }, header));
    const options = { apiKey: 'pk_test_1234567890', baseUrl: courier.url };
    const heard: string[] = await Promise.all([
      all(['a']).then((results) => results.map(shown).join('\n'), told),
      issueToken({ user: 'a', ...options }).then(() => '', told),
    ]);
    courier.misbehave(undefined);
    expect(heard.join('\n')).toContain(said);
    expect(heard.join('\n')).not.toContain('pk_test_1234567890');
  });

  it('takes users no faster than results are taken, and gives them back when nobody wants more', async () => {
    let taken = 0;
    let isReturned = false;
    async function* users() {
      try {
        for (;;) yield `user-${(taken += 1)}`;
      } finally {
        isReturned = true;
      }
    }
    for await (const result of issueTokens(users(), {
      apiKey: 'pk_test_1234567890',
      baseUrl: courier.url,
      concurrency: 4,
    })) {
      expect(result.user).toBe('user-1');
      await new Promise((resolve) => setTimeout(resolve, 100));
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect({ taken, isReturned }).toEqual({ taken: 4, isReturned: true });
  });

  it('takes no more once its signal is aborted: those under way still come', async () => {
    const aborting = new AbortController();
    const users: string[] = [];
    const run = async () => {
      for await (const { user } of issueTokens(endless(), {
        apiKey: 'pk_test_1234567890',
        baseUrl: courier.url,
        concurrency: 3,
        signal: aborting.signal,
      })) {
        users.push(user);
        if (users.length === 10) aborting.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'interrupted.signal' });
    expect(users.length).toBeGreaterThanOrEqual(10);
    expect(users.length).toBeLessThanOrEqual(13);
  });

  it('lets Retry-After be obeyed by all, also where the last try met it', async () => {
    const others: number[] = [];
    let tries = 0;
    let pausedAt = Infinity;
    courier.misbehave((request, response) => {
      if (userOf(request.body) !== 'bob') {
        others.push(performance.now());
        return false;
      }
      tries += 1;
      if (tries === 6) pausedAt = performance.now();
      return json(408, {}, { 'retry-after': tries < 6 ? '0' : '1' })(request, response);
    });
    async function* users() {
      yield* ['alice', 'bob'];
      yield* endless();
    }
    const options = { apiKey: 'pk_test_1234567890', baseUrl: courier.url, concurrency: 2, perSecond: 100 };
    for await (const _ of issueTokens(users(), options)) if (others.at(-1)! > pausedAt + 900) break;
    courier.misbehave(undefined);
    // One may be under way.
    expect(others.filter((at) => at > pausedAt + 100 && at < pausedAt + 900)).toEqual([]);
  });

  it.each<[object, string, string]>([
    [{ rate: 5 }, 'usage.option', 'Did you mean perSecond?'],
    [{ surfaces: ['inbox'] }, 'usage.option', 'Did you mean for?'],
    [{ perSecond: 0 }, 'usage.value', 'perSecond 0: it takes a number above 0.'],
    [{ perSecond: '5/s' }, 'usage.value', 'perSecond 5/s: it takes a number above 0.'],
    [{ concurrency: 0 }, 'usage.value', 'concurrency 0: it takes a number from 1 to 1000.'],
    [{ shard: { index: 0, count: 3 } }, 'usage.value', 'shard {"index":0,"count":3}: it takes an index, from 1'],
    [{ shard: null }, 'usage.value', 'shard null: it takes an index, from 1'],
    [{ timeoutMs: -1 }, 'usage.value', 'timeoutMs -1: it takes a number of milliseconds.'],
    [{ for: ['nothing'] }, 'usage.value', 'there is no such surface'],
    [{ expiresIn: '1' }, 'duration.invalid', 'expiresIn 1: it has no unit'],
    [{ apiKey: undefined }, 'key.malformed', 'apiKey'],
    [{ baseUrl: 'http://example.com' }, 'usage.base-url', 'is not https'],
  ])('%j is refused at once', (options, code, said) => {
    const given = { apiKey: 'pk_test_1234567890', baseUrl: courier.url, ...options } as never;
    expect(() => issueTokens(['alice'], given)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(said) }),
    );
  });

  it.each([['alice'], [undefined], [{ user: 'alice' }]])('%j is no list of users', (users) => {
    expect(() => issueTokens(users as never, { apiKey: 'pk_test_1234567890' })).toThrow(
      expect.objectContaining({ code: 'usage.value', message: expect.stringContaining('iterated over') }),
    );
  });
});

async function collected(results: AsyncIterable<UserToken>): Promise<UserToken[]> {
  const list: UserToken[] = [];
  for await (const result of results) list.push(result);
  return list;
}

async function* endless() {
  for (let i = 0; ; i += 1) yield await Promise.resolve(`user-${i}`);
}

/** `alice: user_id:alice read:brands`, or the error. */
/** All that stands in an error. */
function told(error: unknown): string {
  return `${(error as Error).message} ${JSON.stringify(error)}`;
}

function shown(result: UserToken): string {
  if ('token' in result) return `${result.user}: ${decodeToken(result.token).scopes.join(' ')}`;
  return `${result.user}: ${result.error.code}, ${result.error.message}`;
}
