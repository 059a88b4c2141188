import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type IssueTokensOptions,
  type UserToken,
  type UserToMint,
  decodeToken,
  issueToken,
  issueTokens,
} from '../../src/index.js';
import { type CourierServer, json, startCourier } from '../support/courier-server.js';

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
    ['a b', 'a b: user.invalid, user "a b" cannot be a user id'],
    ['', ': user.invalid, user "" cannot be a user id'],
    [{ user: 'a', expiresIn: '1' }, 'a: duration.invalid, expiresIn 1: it has no unit'],
    [{ user: 'a', scope: 'x' } as never, 'a: usage.user-line, it has no such field as scope. Did you mean scopes?'],
    [{ user: 7 } as never, '[object Object]: usage.user-line, its user is no text'],
    [undefined as never, 'undefined: usage.user-line, it begins as JSON'],
    [Object.assign(Object.create(null), { user: 'row' }) as UserToMint, 'row: user_id:row read:brands'],
    [Object.assign(Object.create(null), { id: 'row' }) as never, '[object Object]: usage.user-line, it has no user'],
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

  it.each<[object, string, string]>([
    [{ rate: 5 }, 'usage.option', 'Did you mean perSecond?'],
    [{ surfaces: ['inbox'] }, 'usage.option', 'Did you mean for?'],
    [{ perSecond: 0 }, 'usage.value', 'perSecond 0: it takes a number above 0.'],
    [{ perSecond: '5/s' }, 'usage.value', 'perSecond 5/s: it takes a number above 0.'],
    [{ concurrency: 0 }, 'usage.value', 'concurrency 0: it takes a number from 1 to 1000.'],
    [{ shard: { index: 0, count: 3 } }, 'usage.value', 'shard {"index":0,"count":3}: it takes an index, from 1'],
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
