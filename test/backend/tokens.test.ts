import { describe, expect, it } from 'vitest';
import { type CacheOptions, type Granted, inSeconds, tokensBy } from '../../src/backend/tokens.js';

const day = 86_400;
const hour = 3600;
const cached: CacheOptions = { untilLeft: 0.25, maxUsers: 100 };

/** Tokens of a Courier that counts them, at a time that a test says. */
function source(cache?: CacheOptions, lifetimeSeconds = day) {
  const courier = { now: 0, minted: 0, fails: false, takes: 0 };
  const stale: string[] = [];
  const tokenFor = tokensBy({
    cache,
    now: () => courier.now,
    onStale: (user, error) => stale.push(`${user}: ${String(error)}`),
    async mint(user): Promise<Granted> {
      await Promise.resolve();
      courier.now += courier.takes;
      if (courier.fails) throw new Error('down');
      courier.minted += 1;
      return {
        token: `${user} ${courier.minted}`,
        lifetimeSeconds,
        expiresIn: '1d',
        expiresAt: '2026-01-02T00:00:00Z',
      };
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
    courier.fails = true;
    expect(await Promise.all([at(0), at(0)])).toEqual(['Error: down', 'Error: down']);
    courier.fails = false;
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
    courier.fails = true;
    expect([await at(20 * hour), await at(day - 60), await at(day - 59)]).toEqual([
      'alice 1, 14400s',
      'alice 1, 60s',
      'Error: down',
    ]);
    expect(stale).toEqual(['alice: Error: down', 'alice: Error: down']);
  });

  it('and for ten seconds nobody else waits for Courier', async () => {
    const { at, courier, stale } = source(cached);
    await at(0);
    courier.fails = true;
    courier.takes = 5;
    expect([await at(20 * hour), await at(20 * hour + 14), await at(20 * hour + 15)]).toEqual([
      'alice 1, 14395s',
      'alice 1, 14386s',
      'alice 1, 14380s',
    ]);
    expect(stale).toHaveLength(2);
    courier.fails = false;
    courier.takes = 0;
    expect(await at(20 * hour + 30)).toBe('alice 2, 1d');
  });

  it('of that user alone', async () => {
    const { at, courier } = source(cached);
    await at(0);
    courier.fails = true;
    expect(await at(1, 'bob')).toBe('Error: down');
  });

  it('which did not live for a minute in the first place: none', async () => {
    const { at, courier } = source(cached, 50);
    await at(0);
    courier.fails = true;
    expect([await at(37), await at(38)]).toEqual(['alice 1, 13s', 'Error: down']);
  });
});
