import { describe, expect, it } from 'vitest';
import type { Shard } from '../../src/bulk/jobs.js';
import { linesOf } from '../../src/bulk/lines.js';
import { keptOf, readEarlier } from '../../src/bulk/resume.js';
import { hashOf, shardOf } from '../../src/bulk/seen.js';
import { rejectionOf } from '../token/failure-of.js';

async function* pieces(bytes: Buffer) {
  yield bytes;
}
const linesIn = (text: string | Buffer) => linesOf(pieces(Buffer.from(text)), 1000);
const minted = (user: string) => `${JSON.stringify({ user, token: `token of ${user}`, expiresAt: null })}\n`;
const failed = (user: string) => `${JSON.stringify({ user, error: { code: 'courier.timeout', message: 'm' } })}\n`;
const names = ['a', 'b', 'c', 'ü'];

async function earlier(text: string | Buffer, shard?: Shard) {
  const read = await readEarlier(linesIn(text), 'out');
  let kept = '';
  for await (const line of keptOf(linesIn(text), read.minted, shard)) kept += line;
  const users = names.filter((name) => read.minted.has(hashOf(name)));
  return { users, count: read.count, isSound: read.isSound, kept };
}

describe('what an earlier run wrote', () => {
  const [a, b, ü] = ['a', 'b', 'ü'].map(minted) as [string, string, string];
  it.each<{ name: string; text: string; expected: Awaited<ReturnType<typeof earlier>> }>([
    { name: 'nothing', text: '', expected: { users: [], count: 0, isSound: true, kept: '' } },
    { name: 'tokens', text: a + ü, expected: { users: ['a', 'ü'], count: 2, isSound: true, kept: a + ü } },
    { name: 'twice', text: a + b + a, expected: { users: ['a', 'b'], count: 2, isSound: false, kept: a + b } },
    { name: 'failed', text: a + failed('b'), expected: { users: ['a'], count: 1, isSound: false, kept: a } },
    {
      name: 'failed, then minted',
      text: failed('a') + a,
      expected: { users: ['a'], count: 1, isSound: false, kept: a },
    },
    {
      name: 'minted, then failed',
      text: a + failed('a'),
      expected: { users: ['a'], count: 1, isSound: false, kept: a },
    },
    {
      name: 'an empty line',
      text: `${a}\n${b}`,
      expected: { users: ['a', 'b'], count: 2, isSound: false, kept: a + b },
    },
    {
      name: 'what a power cut leaves',
      text: `${a}\0\0\0\0`,
      expected: { users: ['a'], count: 1, isSound: false, kept: a },
    },
    {
      name: 'torn in the midst',
      text: `${a.slice(0, 15)}\n${b}`,
      expected: { users: ['b'], count: 1, isSound: false, kept: b },
    },
    {
      name: 'torn, and gone on behind it',
      text: `${a.slice(0, 15)}${b}${ü}`,
      expected: { users: ['ü'], count: 1, isSound: false, kept: ü },
    },
  ])('$name', async ({ text, expected }) => {
    expect(await earlier(text)).toEqual(expected);
  });

  it('torn at any byte: whoever stands before it is there, and whoever is torn is not, unless all of it is', async () => {
    const whole = Buffer.from(a + ü + b);
    const ends = [a, a + ü, a + ü + b].map((text) => Buffer.byteLength(text));
    for (let at = 0; at <= whole.length; at += 1) {
      // The line break alone may be what is missing.
      const users = ['a', 'ü', 'b'].filter((_, i) => at >= ends[i]! - 1);
      const kept = users.map(minted).join('');
      const isSound = at === 0 || ends.some((end) => at === end || at === end - 1);
      const expected = { users: users.toSorted(), count: users.length, isSound, kept };
      expect([at, await earlier(whole.subarray(0, at))]).toEqual([at, expected]);
    }
  });

  it.each([
    { name: 'ids', text: 'alice\n', line: 1 },
    { name: 'other JSON', text: `${a}{"name":"x"}\n`, line: 2 },
    { name: 'a user alone', text: `${a}${b}{ "user":"x"}\n`, line: 3 },
    { name: 'an array', text: '[]\n', line: 1 },
    { name: 'a token', text: `${a}eyJhbGciOiJIUzI1NiJ9.e30.x\n`, line: 2 },
    { name: 'an indented object', text: '{\n  "user": "a"\n}\n', line: 2 },
  ])('not $name', async ({ text, line }) => {
    expect(await rejectionOf(readEarlier(linesIn(text), 'out'))).toEqual({
      code: 'usage.resume',
      facts: { path: 'out', line },
    });
  });
});

describe('of other shards', () => {
  const count = 2;
  const indexOf = (user: string) => shardOf(hashOf(user), count) + 1;
  const users = Array.from({ length: 20 }, (_, i) => `user-${i}`);
  const mine = users.find((user) => indexOf(user) === 1)!;
  const other = users.find((user) => indexOf(user) === 2)!;

  it.each([
    { name: 'who failed stay', text: failed(mine) + failed(other), kept: failed(other) },
    { name: 'who failed stay once', text: failed(other) + failed(other), kept: failed(other) },
    { name: 'who have a token stay, too', text: minted(mine) + minted(other), kept: minted(mine) + minted(other) },
    { name: 'who failed and then have one have that', text: failed(other) + minted(other), kept: minted(other) },
  ])('$name', async ({ text, kept }) => {
    expect((await earlier(text, { index: 1, count })).kept).toBe(kept);
  });
});
