import { describe, expect, it } from 'vitest';
import { idProblem } from '../../src/token/user.js';

describe('idProblem', () => {
  const rows = (problem: string | undefined, ...ids: string[]) =>
    ids.map((id) => ({ id, problem, shown: JSON.stringify(id) }));
  it.each([
    ...rows('empty', ''),
    ...rows('api-key', 'pk_test_ABCDEFGHIJ', 'dk_prod_1234', 'x-token_ABCDEFGHIJKL'),
    ...rows(undefined, 'token_type', 'token_user1', 'pk_test_1', 'pk_live_ABCDEFGHIJ'),
    ...rows(
      'placeholder',
      '$YOUR_USER_ID',
      '$userId',
      '${userId}',
      '${USER_ID}',
      '$(whoami)',
      '$_user',
      '{{userId}}',
      '{{ userId }}',
      'prefix-{{userId}}',
      '{userId}',
      '#{user_id}',
      '%{user_id}',
      ':{id}',
      '<user_id>',
      '<your user id>',
      '%USER_ID%',
      'undefined',
      'null',
      'NULL',
      '\\N',
      'NaN',
      'None',
      '[object Object]',
      '[object Promise]',
      'YOUR_USER_ID',
      'USER_ID',
      'user-id',
      'your-user-id',
      'yourUserId',
    ),
    ...rows(
      'whitespace',
      'alice user_id:bob tenants:read',
      ' alice',
      'alice ',
      'alice\n',
      'a\nb',
      'a\tb',
      'a\r',
      'a\u00a0b',
      'a\u2028b',
      'a\u3000b',
      'a\u0085b',
      ' ',
    ),
    ...rows('unseen', 'a\u200bb', 'a\u202ec', 'a\0b', '\u001b[31mred', 'a\u007f', 'a\u009bb', '\u0008'),
    ...rows('unpaired-surrogate', 'a\ud800', '\udc00b', 'a\ude00\ud83d'),
    ...rows(
      undefined,
      'alice',
      'auth0|123',
      'auth0:123',
      'a@b.c',
      'undefined-7',
      'nullable',
      'null-1',
      'NoneOfThem',
      'nan',
      '123',
      '0',
      '-x',
      'Zoë',
      '日本',
      '😀',
      '4d4b2e5e-7d1c-4a3a-9b63-0f6a1d2c3b4a',
      'a,b',
      'user$1',
      'us$er',
      '100%',
      'a<b>',
      '{a}b',
      "o'hara",
      '$5',
    ),
  ])('$shown → $problem', ({ id, problem }) => {
    expect(idProblem(id)).toBe(problem);
  });
});

it('any white space of Unicode would add scopes, or seem to', () => {
  const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter((char) =>
    /\p{White_Space}/u.test(char),
  );
  expect([all.length, all.filter((char) => idProblem(`a${char}b`) !== 'whitespace')]).toEqual([25, []]);
});
