import { describe, expect, it } from 'vitest';
import { grantedOf } from '../../src/backend/granted.js';
import { decodeJwt } from '../../src/token/decode.js';
import { failureOf } from '../token/failure-of.js';
import { mintedWith } from './support.js';

const asked = {
  user: 'alice',
  scopes: ['user_id:alice', 'inbox:read:messages', 'read:brands'],
  lifetimeSeconds: 86_400,
  expiresIn: '1d',
};
const granted = (claims: object) => {
  const { token: _, ...rest } = grantedOf(
    decodeJwt(mintedWith({ scope: asked.scopes.join(' '), ...claims })),
    asked,
    'api.courier.com',
  );
  return rest;
};
const iat = 1_767_225_600;
const asAsked = {
  expiresIn: '1d',
  lifetimeSeconds: 86_400,
  expiresAt: '2026-01-02T00:00:00Z',
  entry: {
    event: 'token',
    user: 'alice',
    scopes: asked.scopes,
    missing: [],
    expiresAt: '2026-01-02T00:00:00Z',
    jti: '1d147734-9838-4690-8027-f57a126b6968',
  },
};
const until = (lifetimeSeconds: number, expiresIn: string, expiresAt: string) => ({
  expiresIn,
  lifetimeSeconds,
  expiresAt,
  entry: { ...asAsked.entry, expiresAt },
});

it.each<[string, object, object]>([
  ['as asked', {}, asAsked],
  ['a second off', { exp: iat + 86_399 }, until(86_399, '1d', '2026-01-01T23:59:59Z')],
  ['of a shorter life', { exp: iat + 3600 }, until(3600, '3600s', '2026-01-01T01:00:00Z')],
  ['of a longer life, which is not counted', { exp: iat + 172_800 }, until(86_400, '1d', '2026-01-03T00:00:00Z')],
  ['issued in 1970', { iat: 0, exp: iat + 2 }, until(86_400, '1d', '2026-01-01T00:00:02Z')],
  ['of a life with a fraction', { exp: iat + 3600.7 }, until(expect.closeTo(3600.7), '3600s', '2026-01-01T01:00:00Z')],
  ['that does not say when it was issued', { iat: undefined }, asAsked],
  ['without an id', { jti: 7 }, { ...asAsked, entry: { ...asAsked.entry, jti: null } }],
  [
    'with less',
    { scope: 'user_id:alice read:brands' },
    {
      ...asAsked,
      entry: { ...asAsked.entry, scopes: ['user_id:alice', 'read:brands'], missing: ['inbox:read:messages'] },
    },
  ],
  [
    'with more, which the log shows',
    { scope: `${asked.scopes.join(' ')} write:brands` },
    { ...asAsked, entry: { ...asAsked.entry, scopes: [...asked.scopes, 'write:brands'] } },
  ],
])('a token %s', (_, claims, expected) => expect(granted(claims)).toEqual(expected));

describe('none', () => {
  const notAskedFor = { code: 'courier.nonsense', facts: { host: 'api.courier.com', problem: 'not-asked-for' } };
  it.each<[string, object]>([
    ['of somebody else', { scope: 'user_id:bob inbox:read:messages read:brands' }],
    ['of somebody else, too', { scope: 'user_id:alice user_id:bob inbox:read:messages read:brands' }],
    ['of nobody', { scope: 'inbox:read:messages read:brands' }],
    ['without a scope', { scope: undefined }],
    ['that never ends', { exp: undefined }],
    ['that ends no time', { exp: 1e300 }],
    ['whose end is no number', { exp: '2026-01-02' }],
    ['that ended before it began', { exp: iat - 1 }],
    ['that lives no second', { exp: iat }],
  ])('%s', (_, claims) => expect(failureOf(() => granted(claims))).toEqual(notAskedFor));
});
