import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashSet, hashOf, shardOf } from '../../src/bulk/seen.js';

it.each(['', 'alice', 'ü€𝒳', 'x'.repeat(100_000)])('a hash is SHA-256', (text) => {
  expect(hashOf(text)).toEqual(createHash('sha256').update(text).digest());
});

describe('shards', () => {
  // Fixed: with another hash, shards of one run would be minted by machines of another version twice, or not at all.
  it.each([
    { user: 'alice', shards: [0, 1, 1, 0, 801] },
    { user: 'bob', shards: [0, 0, 0, 5, 712] },
    { user: 'user-1', shards: [0, 0, 1, 4, 52] },
    { user: 'ü€𝒳', shards: [0, 0, 2, 1, 940] },
  ])('$user', ({ user, shards }) => {
    expect([1, 2, 3, 7, 1000].map((count) => shardOf(hashOf(user), count))).toEqual(shards);
  });

  it('a user is in one of them, and each has about as many', () => {
    const users = Array.from({ length: 20_000 }, (_, i) => hashOf(`user-${i}`));
    for (const count of [1, 2, 3, 8, 13]) {
      const sizes = Array.from({ length: count }, () => 0);
      for (const hash of users) sizes[shardOf(hash, count)]! += 1;
      expect(sizes.reduce((sum, size) => sum + size)).toBe(users.length);
      for (const size of sizes) expect(Math.abs((size * count) / users.length - 1)).toBeLessThan(0.1);
    }
  });
});

describe('a set of hashes', () => {
  it('is a set', () => {
    const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 4 }), { maxLength: 200 });
    fc.assert(
      fc.property(texts, (all) => {
        const [hashes, set] = [new HashSet(), new Set<string>()];
        for (const text of all) {
          expect(hashes.has(hashOf(text))).toBe(set.has(text));
          expect(hashes.add(hashOf(text))).toBe(!set.has(text));
          set.add(text);
          expect(hashes.has(hashOf(text))).toBe(true);
        }
      }),
    );
  });

  it('of many, over all its pages', () => {
    const hashes = new HashSet();
    const all = Array.from({ length: 50_000 }, (_, i) => hashOf(`u${i}`));
    expect(all.map((hash) => hashes.add(hash)).filter(Boolean).length).toBe(all.length);
    expect(all.filter((hash) => hashes.has(hash)).length).toBe(all.length);
    expect(all.filter((hash) => hashes.add(hash))).toEqual([]);
    expect(Array.from({ length: 50_000 }, (_, i) => hashOf(`v${i}`)).filter((hash) => hashes.has(hash))).toEqual([]);
  });

  /** Those that begin alike stand in one chain. */
  it.each([4, 8, 12])('hashes that differ at byte %d alone are two', (byte) => {
    const one = Buffer.alloc(32, 7);
    const other = Buffer.from(one);
    other[byte] = 8;
    const hashes = new HashSet();
    expect([hashes.add(one), hashes.has(other), hashes.add(other), hashes.has(one), hashes.add(one)]).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
  });
});
