import { describe, expect, it } from 'vitest';
import { type CacheOptions, type Granted, inSeconds, tokensBy } from '../../src/backend/tokens.js';
import { Failure } from '../../src/errors.js';

const day = 86_400;
const hour = 3600;
const cached: CacheOptions = { untilLeft: 0.25, maxUsers: 100 };

const down = new Failure('courier.unavailable', { host: 'api.courier.com', status: 503 });
const isDown = 'Failure: courier.unavailable';

/** Tokens of a Courier that counts them, at a time that a test says. */
function source(cache?: CacheOptions, lifetimeSeconds = day, expiresAt = '2026-01-02T00:00:00Z') {
  const courier: { now: number; minted: number; fails?: Error | undefined; takes: number } = {
    now: 0,
    minted: 0,
    takes: 0,
  };
  const stale: string[] = [];
  const tokenFor = tokensBy({
    cache,
    now: () => courier.now,
    onStale: (user, error) => stale.push(`${user}: ${String(error)}`),
    async mint(user): Promise<Granted> {
      await Promise.resolve();
      courier.now += courier.takes;
      if (courier.fails) throw courier.fails;
      courier.minted += 1;
      return { token: `${user} ${courier.minted}`, lifetimeSeconds, expiresIn: '1d', expiresAt };
    },
  });
  return {
    courier,
    stale,
    /** The token, and what is told to be left of it, at a time in seconds. */
    async at(seconds: number, user = 'alice') {
      courier.now = seconds;
      return Promise.resolve(tokenFor(user)).then(
        ({ token, expiresIn }) => `${token}, ${expiresIn}`,
        (error: unknown) => String(error),
      );
    },
  };
}

it.each([
  [86_400, '86400s'],
  [3599.99, '3599s'],
  [0.2, '1s'],
])('%f seconds are %s', (seconds, text) => expect(inSeconds(seconds)).toBe(text));

describe('shared', () => {
  it.each([undefined, cached])('whoever asks while a token is minted gets that one', async (cache) => {
    const { at, courier } = source(cache);
    const both = Array.from({ length: 100 }, (_, i) => at(0, i % 2 === 0 ? 'alice' : 'bob'));
    expect(new Set(await Promise.all(both))).toEqual(new Set(['alice 1, 1d', 'bob 2, 1d']));
    expect(courier.minted).toBe(2);
  });

  it('a failure, and by nobody who comes later', async () => {
    const { at, courier } = source();
    courier.fails = down;
    expect(await Promise.all([at(0), at(0)])).toEqual([isDown, isDown]);
    courier.fails = undefined;
    expect(await at(0)).toBe('alice 1, 1d');
  });

  it('no token that was minted before, without a cache', async () => {
    const { at } = source();
    expect([await at(0), await at(0)]).toEqual(['alice 1, 1d', 'alice 2, 1d']);
  });

  it('with nobody else, whatever the id', async () => {
    const { at } = source(cached);
    const ids = ['__proto__', 'constructor', 'toString', 'é', 'e\u0301', 'Alice', 'alice'];
    const first = await Promise.all(ids.map(async (id) => at(0, id)));
    expect(first).toEqual(ids.map((id, i) => `${id} ${i + 1}, 1d`));
    expect(await Promise.all(ids.map(async (id) => at(0, id)))).toEqual(ids.map((id, i) => `${id} ${i + 1}, 86400s`));
  });
});

describe('kept', () => {
  it.each<[string, number, number, string]>([
    ['while more than a quarter of its life is left', 0.25, 18 * hour - 1, 'alice 1, 21601s'],
    ['and no longer', 0.25, 18 * hour, 'alice 2, 1d'],
    ['for half of it', 0.5, 12 * hour - 1, 'alice 1, 43201s'],
    ['and no longer than half', 0.5, 12 * hour, 'alice 2, 1d'],
    ['never, with 1', 1, 0, 'alice 2, 1d'],
    ['not after its end', 0.25, 3 * day, 'alice 2, 1d'],
  ])('%s', async (_, untilLeft, seconds, expected) => {
    const { at } = source({ ...cached, untilLeft });
    await at(0);
    expect(await at(seconds)).toBe(expected);
  });

  it('from when it was asked for: its life begins before it comes', async () => {
    const { at, courier } = source(cached);
    courier.takes = 10;
    await at(0);
    expect(await at(10)).toBe('alice 1, 86390s');
  });

  it.each<[string, number, string[]]>([
    ['comes sooner', 100, ['alice 1, 26s', 'alice 2, 1d']],
    ['is past', -1, ['alice 2, 1d', 'alice 3, 1d']],
  ])('not for the life it is said to have, where its end %s by this clock', async (_, end, expected) => {
    const { at } = source(cached, day, new Date(end * 1000).toISOString());
    await at(0);
    expect([await at(74), await at(75)]).toEqual(expected);
  });

  it('for so many users, those that were asked for last', async () => {
    const { at } = source({ ...cached, maxUsers: 2 });
    await at(0, 'alice');
    await at(0, 'bob');
    await at(1, 'alice');
    await at(1, 'carol');
    expect([await at(2, 'alice'), await at(2, 'carol'), await at(2, 'bob')]).toEqual([
      'alice 1, 86398s',
      'carol 3, 86399s',
      'bob 4, 1d',
    ]);
  });

  it('for no more users than that', async () => {
    const { at, courier } = source({ ...cached, maxUsers: 3 });
    for (let i = 0; i < 10; i += 1) await at(0, `user ${i}`);
    for (const kept of [9, 8, 7]) await at(1, `user ${kept}`);
    expect(courier.minted).toBe(10);
    await at(1, 'user 6');
    expect(courier.minted).toBe(11);
  });
});

describe('while no new one can be had, an older one serves', () => {
  it('as long as it lives for another minute', async () => {
    const { at, courier, stale } = source(cached);
    await at(0);
    courier.fails = down;
    expect([await at(20 * hour), await at(day - 60), await at(day - 59)]).toEqual([
      'alice 1, 14400s',
      'alice 1, 60s',
      isDown,
    ]);
    expect(stale).toEqual([`alice: ${isDown}`, `alice: ${isDown}`]);
  });

  it('and for ten seconds nobody else waits for Courier', async () => {
    const { at, courier, stale } = source(cached);
    await at(0);
    courier.fails = down;
    courier.takes = 5;
    expect([await at(20 * hour), await at(20 * hour + 14), await at(20 * hour + 15)]).toEqual([
      'alice 1, 14395s',
      'alice 1, 14386s',
      'alice 1, 14380s',
    ]);
    expect(stale).toHaveLength(2);
    courier.fails = undefined;
    courier.takes = 0;
    expect(await at(20 * hour + 30)).toBe('alice 2, 1d');
  });

  const host = 'api.courier.com';
  it.each<[string, served: boolean, Error]>([
    ['cannot be reached', true, new Failure('courier.unreachable', { host, reason: 'refused', detail: '' })],
    ['does not answer', true, new Failure('courier.timeout', { host, seconds: 10 })],
    ['is in trouble', true, down],
    ['asks to slow down', true, new Failure('courier.rate-limited', { host, retryAfterSeconds: 60 })],
    ['refuses the key, which was revoked', false, new Failure('key.refused', { status: 401, environment: 'x', host })],
    ['cannot mint what is asked', false, new Failure('request.rejected', { status: 400, message: null })],
    ['gives what was not asked for', false, new Failure('courier.nonsense', { host, problem: 'not-asked-for' })],
    ['redirects', false, new Failure('courier.redirect', { host, status: 302, location: '' })],
    ['was not asked: there is no key', false, new Error('no store')],
  ])('while Courier %s: %s', async (_, served, failure) => {
    const { at, courier, stale } = source(cached);
    await at(0);
    courier.fails = failure;
    expect([await at(20 * hour), stale.length]).toEqual(served ? ['alice 1, 14400s', 1] : [String(failure), 0]);
  });

  it('of that user alone', async () => {
    const { at, courier } = source(cached);
    await at(0);
    courier.fails = down;
    expect(await at(1, 'bob')).toBe(isDown);
  });

  it('which did not live for a minute in the first place: none', async () => {
    const { at, courier } = source(cached, 50);
    await at(0);
    courier.fails = down;
    expect([await at(37), await at(38)]).toEqual(['alice 1, 13s', isDown]);
  });
});
