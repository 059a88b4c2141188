import { beforeAll, expect, it } from 'vitest';
import { mint } from '../../src/emulator/mint.js';
import { noPaint } from '../../src/output/paint.js';
import { tokenText } from '../../src/output/token-text.js';
import { findToken } from '../../src/token/find.js';
import { viewToken } from '../../src/token/view.js';
import { sign } from '../support/courier-server.js';

const now = 1_767_225_600;
const day = 86_400;
const textOf = (token: string) => tokenText(viewToken(findToken(token), now), now, noPaint).split('\n');
const header = ['header', '{', '  "alg": "HS256",', '  "typ": "JWT"', '}'];
const notVerified = "signature    not verified: these are claims only, and the signature is Courier's to verify";

beforeAll(() => {
  process.env.TZ = 'UTC';
});

it.each([
  {
    name: "Courier's",
    claims: {
      scope: 'user_id:alice user_id:bob inbox:read:messages custom:scope',
      tenant_scope: 'published/test',
      tenant_id: 'w/test',
      iat: now - day,
      nbf: now - day,
      exp: now + day,
    },
    expected: [
      ...header,
      'payload',
      '{',
      '  "scope": "user_id:alice user_id:bob inbox:read:messages custom:scope",',
      '  "tenant_scope": "published/test",',
      '  "tenant_id": "w/test",',
      '  "iat": 1767139200,',
      '  "nbf": 1767139200,',
      '  "exp": 1767312000',
      '}',
      'user         alice, bob',
      'workspace    w/test',
      'environment  test, published',
      'time         valid',
      'issued       1 day ago · 2025-12-31T00:00:00Z · 2025-12-31 00:00:00 +00:00',
      'not before   1 day ago · 2025-12-31T00:00:00Z · 2025-12-31 00:00:00 +00:00',
      'expires      in 1 day · 2026-01-02T00:00:00Z · 2026-01-02 00:00:00 +00:00',
      notVerified,
      'scopes',
      '  user_id:alice        names the user; grants nothing alone',
      '  user_id:bob          names the user; grants nothing alone',
      '  inbox:read:messages  read inbox messages',
      '  custom:scope         no scope that Courier documents',
    ],
  },
  {
    name: 'one without claims',
    claims: {},
    expected: [
      ...header,
      'payload',
      '{}',
      'user         none: it names no user_id',
      'workspace    none',
      'environment  none',
      'time         never expires (it was minted without expires_in)',
      notVerified,
      'scopes',
      '  none: it opens nothing',
    ],
  },
  {
    name: 'a hostile one',
    claims: {
      scope: 'user_id:\u001b[31mred a\u202eb',
      tenant_scope: '::error::x/\n',
      tenant_id: '\u009b',
      exp: 'soon',
    },
    expected: [
      ...header,
      'payload',
      '{',
      '  "scope": "user_id:\\u001b[31mred a\\u202eb",',
      '  "tenant_scope": ":\\u003aerror:\\u003ax/\\n",',
      '  "tenant_id": "\\u009b",',
      '  "exp": "soon"',
      '}',
      'user         \\u{1b}[31mred',
      'workspace    \\u{9b}',
      'environment  \\n, :\\u{3a}error:\\u{3a}x',
      'time         cannot be told: exp is no date',
      notVerified,
      'scopes',
      '  user_id:\\u{1b}[31mred  names the user; grants nothing alone',
      '  a\\u{202e}b             no scope that Courier documents',
    ],
  },
])('$name', ({ claims, expected }) => {
  expect(textOf(sign(claims))).toEqual(expected);
});

it.each([
  { name: 'expired', claims: { exp: now - 1 }, expected: 'time         expired' },
  { name: 'not yet valid', claims: { nbf: now + 61 }, expected: 'time         not yet valid (clock skew?)' },
  {
    name: 'an exp that is no date',
    claims: { exp: 1e20 },
    expected: 'expires      at 100000000000000000000, which is no date',
  },
])('$name', ({ claims, expected }) => {
  expect(textOf(sign(claims))).toContain(expected);
});

it('says who signed a local one, and never shows a signature', () => {
  const local = String(mint({ scope: 'user_id:alice' }, { now, id: 'an-id' }).body.token);
  const text = textOf(local);
  expect(text).toContain(
    'signature    by the embedded Courier: Courier itself will refuse it; courier-jwt emulator takes it',
  );
  expect(local.split('.').filter((part) => text.join('').includes(part))).toEqual([]);
});
