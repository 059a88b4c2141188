import { beforeAll, expect, it } from 'vitest';
import { compareTokens } from '../../src/checks/compare.js';
import { mint } from '../../src/emulator/mint.js';
import { diffText } from '../../src/output/diff-text.js';
import { noPaint } from '../../src/output/paint.js';
import { findToken } from '../../src/token/find.js';
import { viewToken } from '../../src/token/view.js';
import { sign } from '../support/courier-server.js';

const now = 1_767_225_600;
const payload = {
  scope: 'user_id:alice inbox:read:messages read:brands',
  tenant_id: 'w/test',
  tenant_scope: 'published/test',
  iat: now,
  exp: now + 86_400,
};
const good = sign(payload);
const claimsOnly = ['', 'These are claims only: the signatures are for Courier to verify.'];
const names = ['- A  a.txt', '+ B  stdin'];

beforeAll(() => {
  process.env.TZ = 'UTC';
});

function textOf(a: string, b: string, paint = noPaint): string[] {
  const [first, second] = [findToken(a), findToken(b)];
  const comparison = compareTokens(first, second, now);
  const compared = { ...comparison, names: ['a.txt', 'stdin'] as const, first: viewToken(first, now) };
  return diffText(compared, now, paint).split('\n');
}

it.each<{ name: string; a?: string; b: string; expected: string[] }>([
  {
    name: 'the same',
    b: good,
    expected: ['the same: for alice, 3 scopes, published/test, valid', ...names, ...claimsOnly],
  },
  {
    name: 'the same, for nobody and of nowhere, with another id',
    a: sign({ nbf: now + 61, jti: 1 }),
    b: sign({ nbf: now + 61, jti: { two: '::error::x\u001b' } }),
    expected: [
      'the same: for nobody, 0 scopes, no environment, not yet valid',
      ...names,
      '',
      'what changes nothing of what they open',
      '- jti          1',
      '+ jti          {"two":":\\u003aerror:\\u003ax\\u001b"}',
      ...claimsOnly,
    ],
  },
  {
    name: 'another user, scope, time, workspace and environment',
    b: sign({
      scope: 'user_id:bob read:brands:x custom:\u202escope read:brands',
      tenant_id: 'v',
      iat: now - 7200,
      exp: now - 3600,
    }),
    expected: [
      'they differ: the user, 2 scopes, the workspace, the environment, the time',
      ...names,
      '',
      '- user         alice',
      '+ user         bob',
      '- scope        inbox:read:messages  read inbox messages',
      '               without it: the Inbox may be empty with no error at all, or answer 401',
      '+ scope        custom:\\u{202e}scope  no scope that Courier documents',
      '               without it: what needs it is refused',
      '- workspace    w/test',
      '+ workspace    v',
      '- environment  published/test',
      '+ environment  none',
      '- time         valid',
      '+ time         expired',
      '',
      'what changes nothing of what they open',
      '- scope        read:brands  read every brand',
      '+ scope        read:brands:x  read one brand',
      '- lifetime     1 day (86400 s)',
      '+ lifetime     1 hour (3600 s)',
      '- iat          1 second ago · 2026-01-01T00:00:00Z · 2026-01-01 00:00:00 +00:00',
      '+ iat          2 hours ago · 2025-12-31T22:00:00Z · 2025-12-31 22:00:00 +00:00',
      '- exp          in 1 day · 2026-01-02T00:00:00Z · 2026-01-02 00:00:00 +00:00',
      '+ exp          1 hour ago · 2025-12-31T23:00:00Z · 2025-12-31 23:00:00 +00:00',
      ...claimsOnly,
    ],
  },
  {
    name: 'one scope, and a header',
    a: `Bearer ${good}`,
    b: `Bearer Bearer ${sign({ ...payload, scope: 'user_id:alice read:brands' }, { alg: 'RS256', typ: 'JWT' })}`,
    expected: [
      'they differ: the header, the algorithm, a scope',
      ...names,
      '',
      '+ Authorization  Bearer Bearer',
      '- algorithm    HS256',
      '+ algorithm    RS256',
      '- scope        inbox:read:messages  read inbox messages',
      '               without it: the Inbox may be empty with no error at all, or answer 401',
      ...claimsOnly,
    ],
  },
  {
    name: 'a claim of another type',
    b: sign({ ...payload, tenant_id: [1] }),
    expected: [
      "they differ: the workspace, a claim's type",
      ...names,
      '',
      '- workspace    w/test',
      '+ workspace    none',
      '- tenant_id    w/test',
      '+ tenant_id    [1]',
      ...claimsOnly,
    ],
  },
  {
    name: 'another signature of the same claims',
    b: `${good.split('.').slice(0, 2).join('.')}.${'s'.repeat(43)}`,
    expected: [
      'they differ: the signature',
      ...names,
      '',
      '- signature    one',
      '+ signature    another one of the same claims: a claim or a signature was changed, or they were signed with two keys',
      ...claimsOnly,
    ],
  },
  {
    name: 'signatures that are none',
    a: good.slice(0, -4),
    b: `${good.split('.').slice(0, 2).join('.')}.signature`,
    expected: [
      'they differ: the signature',
      ...names,
      '',
      '- signature    cut short: Courier refuses it',
      '+ signature    no real one, as in a test fixture: Courier refuses it',
      ...claimsOnly,
    ],
  },
])('$name', ({ a = good, b, expected }) => {
  expect(textOf(a, b)).toEqual(expected);
});

it('says who signed a local one, and never shows a signature', () => {
  const local = String(mint({ scope: 'user_id:alice' }, { now, id: 'an-id' }).body.token);
  const text = textOf(good, local);
  expect(text).toContain(
    '+ signature    by the embedded Courier: Courier itself will refuse it; courier-jwt emulator takes it',
  );
  const signatures = [good, local].map((token) => token.split('.')[2]!);
  expect(signatures.filter((signature) => text.join('').includes(signature.slice(0, 12)))).toEqual([]);
});

it('is coloured as diff is', () => {
  const mark = (name: string) => (text: string) => `<${name}>${text}</>`;
  const paint = {
    red: mark('red'),
    green: mark('green'),
    yellow: mark('yellow'),
    dim: mark('dim'),
    bold: mark('bold'),
  };
  const [headline, ...rest] = textOf(good, good.replace(/\.[^.]+$/, '.signature'), paint);
  expect([headline, rest[0], rest[1], rest[3]?.slice(0, 10), rest[4]?.slice(0, 12)]).toEqual([
    '<bold><red>they differ: the signature</></>',
    '<red>- A  a.txt</>',
    '<green>+ B  stdin</>',
    '<red>- sig',
    '<green>+ sig',
  ]);
  expect(textOf(good, good, paint)[0]).toBe('<bold><green>the same: for alice, 3 scopes, published/test, valid</></>');
});
