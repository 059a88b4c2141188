import { describe, expect, it } from 'vitest';
import { sign } from '../support/courier-server.js';
import { hostileWords, liveOf } from '../support/e2e-hostile.js';
import { leaksOf } from '../support/e2e-secrets.js';
import { documentOf, fileWith, shell } from '../support/e2e-world.js';
import { courierJwt } from '../support/run.js';

const payload = { scope: 'user_id:alice read:brands', tenant_scope: 'published/test', exp: 4_000_000_000 };
const good = sign(payload);
const bad = sign({ ...payload, scope: 'user_id:alice' });

describe.concurrent('a file, a pipe and a process', () => {
  const variables = { GOOD: good, BAD: bad, LATER: sign({ ...payload, jti: 'two' }) };
  it.each([
    { operands: '<(echo "$GOOD") <(echo "$LATER")', code: 0 },
    { operands: '<(echo "$GOOD") <(sleep 0.5; echo "$BAD")', code: 1 },
    { operands: '<(echo "$GOOD") "$BAD"', code: 1 },
    { operands: '- <(echo "$LATER") <<< "Authorization: Bearer $GOOD"', code: 0 },
    { operands: '"$GOOD" /dev/stdin <<< "$BAD"', code: 1 },
    { operands: '<(true) "$BAD"', code: 2 },
    { operands: '"$GOOD" <(head -c 9 /dev/zero)', code: 2 },
  ])('courier-jwt diff $operands: exit $code', async ({ operands, code }) => {
    const ran = await shell(`courier-jwt diff ${operands}`, { variables });
    expect([ran.code, ran.stdout.split(':')[0]]).toEqual([code, ['the same', 'they differ', ''][code]]);
  });
});

describe.concurrent('what is hostile lies still', () => {
  it.each(hostileWords)('%j', async (word) => {
    const scope = word.replaceAll(' ', '_');
    const hostile = sign(
      {
        scope: `user_id:${scope} x:${scope}`,
        tenant_id: word,
        tenant_scope: word,
        [word]: word,
        jti: [word],
        exp: word,
      },
      { alg: word, kid: word },
    );
    const file = fileWith(hostile, 'a\u001b[31m b\n::error::c');
    for (const flags of [[], ['--json'], ['--debug']])
      for (const operands of [
        [good, file],
        [file, good],
        [good, word],
      ]) {
        const ran = await courierJwt(['diff', ...operands, ...flags]);
        expect({ flags, operands, live: liveOf(ran) }).toEqual({ flags, operands, live: [] });
        expect(ran.code).toBe(operands.includes(word) ? 2 : 1);
      }
    const { differences } = documentOf<{ differences: { subject?: string; b: unknown }[] }>(
      await courierJwt(['diff', good, file, '--json']),
    );
    expect(differences.find(({ subject }) => subject === word)?.b).toBe(word);
  });
});

it('shows no signature', async () => {
  const secrets = [good, bad].map((token) => token.split('.')[2]!);
  const changed = `${good.slice(0, -8)}AAAAAAAA`;
  for (const flags of [[], ['--json', '--debug']])
    for (const operands of [
      [good, bad],
      [good, changed],
      [good, good.slice(0, -8)],
      [good, `x${good}`],
    ])
      expect(leaksOf(await courierJwt(['diff', ...operands, ...flags]), secrets)).toEqual([]);
});
