import { describe, expect, it } from 'vitest';
import { type Difference, compareTokens } from '../../src/checks/compare.js';
import type { FoundToken } from '../../src/token/find.js';
import { now, someToken } from './some.js';

const payload = {
  scope: 'user_id:alice inbox:read:messages read:brands',
  tenant_id: 'w/test',
  tenant_scope: 'published/test',
  iat: now - 60,
  exp: now + 3540,
  jti: 'one',
};
const good = someToken({ payload, raw: `h.p.${'s'.repeat(43)}` });

/** The same token with other claims, or without those that are undefined, or in another form. */
function other(claims: Record<string, unknown> = {}, form: Partial<FoundToken> = {}): FoundToken {
  const changed = JSON.parse(JSON.stringify({ ...payload, ...claims })) as Record<string, unknown>;
  return { ...good, payload: changed, ...form };
}

const scoped = (scopes: string) => ({ scope: `user_id:alice ${scopes}` });
const scope = (subject: string, a: string | null, b: string | null, opens = true): Difference => {
  return { what: 'scope', subject, a, b, opens };
};
const user = (subject: string, a: string | null, b: string | null): Difference => {
  return { what: 'user', subject, a, b, opens: true };
};
const claim = (subject: string, a: unknown, b: unknown, opens = false): Difference => {
  return { what: 'claim', subject, a, b, opens };
};
const alone = (what: Difference['what'], a: unknown, b: unknown, opens = true): Difference => ({ what, a, b, opens });

describe('they open the same', () => {
  it.each<{ name: string; b: FoundToken; differences: Difference[] }>([
    { name: 'the token itself', b: good, differences: [] },
    {
      name: 'scopes in another order, and twice',
      b: other({ scope: 'read:brands user_id:alice inbox:read:messages read:brands' }),
      differences: [],
    },
    {
      name: 'minted at another time',
      b: other({ iat: now - 30, exp: now + 3570, jti: 'two' }),
      differences: [claim('iat', now - 60, now - 30), claim('exp', now + 3540, now + 3570), claim('jti', 'one', 'two')],
    },
    {
      name: 'a longer life',
      b: other({ exp: now + 7140 }),
      differences: [alone('lifetime', 3600, 7200, false), claim('exp', now + 3540, now + 7140)],
    },
    {
      name: 'no end',
      b: other({ exp: undefined }),
      differences: [
        alone('time', 'valid', 'no-expiry', false),
        alone('lifetime', 3600, null, false),
        claim('exp', now + 3540, null),
      ],
    },
    {
      name: 'a part beside its whole',
      b: other(scoped('inbox:read:messages read:brands read:brands:x')),
      differences: [scope('read:brands:x', 'read:brands', 'read:brands:x', false)],
    },
    {
      name: 'claims of its own',
      b: other({ sub: { b: 1, a: [2] }, gone: null }),
      differences: [claim('sub', null, { b: 1, a: [2] })],
    },
    {
      name: 'other fields of the header',
      b: other({}, { header: { alg: 'HS256', kid: 'k' } }),
      differences: [
        { what: 'header', subject: 'typ', a: 'JWT', b: null, opens: false },
        { what: 'header', subject: 'kid', a: null, b: 'k', opens: false },
      ],
    },
  ])('$name', ({ b, differences }) => {
    expect(compareTokens(good, b, now)).toEqual({ same: true, differences });
  });

  it('the same claims in objects of another order', () => {
    expect(
      compareTokens(other({ x: { a: 1, b: { c: 2, d: 3 } } }), other({ x: { b: { d: 3, c: 2 }, a: 1 } }), now),
    ).toEqual({ same: true, differences: [] });
  });

  it('both expired', () => {
    expect(compareTokens(good, good, now + 3540)).toEqual({ same: true, differences: [] });
  });

  it('a claim that both have of a wrong type', () => {
    expect(compareTokens(other({ tenant_id: 1 }), other({ tenant_id: 2 }), now)).toEqual({
      same: true,
      differences: [claim('tenant_id', 1, 2)],
    });
  });
});

describe('they differ', () => {
  const unsealed = { signature: 't'.repeat(43), raw: `h.p.${'t'.repeat(43)}` };
  it.each<{ name: string; b: FoundToken; at?: number; differences: Difference[] }>([
    {
      name: 'another user',
      b: other({ scope: payload.scope.replace('alice', 'bob') }),
      differences: [user('alice', 'alice', null), user('bob', null, 'bob')],
    },
    {
      name: 'another user too',
      b: other({ scope: `${payload.scope} user_id:bob` }),
      differences: [user('bob', null, 'bob')],
    },
    {
      name: 'a scope less and one more',
      b: other(scoped('read:brands custom:scope')),
      differences: [
        scope('inbox:read:messages', 'inbox:read:messages', null),
        scope('custom:scope', null, 'custom:scope'),
      ],
    },
    {
      name: 'a part instead of the whole',
      b: other(scoped('inbox:read:messages read:brands:x')),
      differences: [
        scope('read:brands', 'read:brands', null),
        scope('read:brands:x', 'read:brands', 'read:brands:x', false),
      ],
    },
    {
      name: 'another workspace',
      b: other({ tenant_id: 'v/test' }),
      differences: [alone('workspace', 'w/test', 'v/test')],
    },
    {
      name: 'another environment',
      b: other({ tenant_scope: undefined }),
      differences: [alone('tenant-scope', 'published/test', null)],
    },
    {
      name: 'expired',
      b: other({ exp: now }),
      differences: [
        alone('time', 'valid', 'expired'),
        alone('lifetime', 3600, 60, false),
        claim('exp', now + 3540, now),
      ],
    },
    {
      name: 'not yet valid',
      b: other({ nbf: now + 61 }),
      differences: [alone('time', 'valid', 'not-yet-valid'), claim('nbf', null, now + 61)],
    },
    {
      name: 'a scope claim of another type',
      b: other({ scope: ['user_id:alice'] }),
      differences: [
        user('alice', 'alice', null),
        scope('inbox:read:messages', 'inbox:read:messages', null),
        scope('read:brands', 'read:brands', null),
        claim('scope', payload.scope, ['user_id:alice'], true),
      ],
    },
    { name: 'a local one', b: other({}, { local: true }), differences: [alone('signature', 'not-verified', 'local')] },
    {
      name: 'a signature that is cut short',
      b: other({}, { signature: 's'.repeat(30), raw: `h.p.${'s'.repeat(30)}` }),
      differences: [alone('signature', 'not-verified', 'cut-short')],
    },
    {
      name: 'a stand-in',
      b: other({}, { signature: 'signature' }),
      differences: [alone('signature', 'not-verified', 'stand-in')],
    },
    {
      name: 'another signature of the same claims',
      b: other({}, unsealed),
      differences: [alone('signature', 'one', 'another')],
    },
    {
      name: 'another signature of other claims',
      b: other({ tenant_id: 'v' }, { ...unsealed, raw: `h.q.${unsealed.signature}` }),
      differences: [alone('workspace', 'w/test', 'v')],
    },
    {
      name: 'another algorithm',
      b: other({}, { header: { alg: 'RS256', typ: 'JWT' }, signature: 'x'.repeat(342) }),
      differences: [alone('algorithm', 'HS256', 'RS256')],
    },
    {
      name: 'no algorithm',
      b: other({}, { header: { typ: 'JWT' } }),
      differences: [alone('algorithm', 'HS256', null)],
    },
    {
      name: 'Bearer twice',
      b: other({}, { doubledBearer: true }),
      differences: [{ what: 'header', subject: 'Authorization', a: null, b: 'Bearer Bearer', opens: true }],
    },
    {
      name: 'what opens comes first',
      b: other({ jti: 'two', tenant_id: null, iat: now }),
      differences: [
        alone('workspace', 'w/test', null),
        claim('tenant_id', 'w/test', null, true),
        alone('lifetime', 3600, 3540, false),
        claim('iat', now - 60, now),
        claim('jti', 'one', 'two'),
      ],
    },
  ])('$name', ({ b, differences }) => {
    expect(compareTokens(good, b, now)).toEqual({ same: false, differences });
  });

  it('the other way round, a and b change places', () => {
    expect(compareTokens(other(scoped('read:brands')), good, now)).toEqual({
      same: false,
      differences: [scope('inbox:read:messages', null, 'inbox:read:messages')],
    });
  });

  it('a claim called as every object has one', () => {
    const odd = JSON.parse('{"constructor": 1, "__proto__": 2}') as Record<string, unknown>;
    expect(compareTokens(someToken({ payload: {} }), someToken({ payload: odd }), now)).toEqual({
      same: true,
      differences: [claim('constructor', null, 1), claim('__proto__', null, 2)],
    });
  });
});
