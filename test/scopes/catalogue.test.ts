import { describe, expect, it } from 'vitest';
import { catalogue, defaultSurface, surfaces } from '../../src/scopes/catalogue.js';
import { covers, entryOf } from '../../src/scopes/match.js';

const all = [defaultSurface, ...surfaces];
const twice = (values: string[]) => values.filter((value, i) => values.indexOf(value) !== i);

describe('the catalogue', () => {
  it('is what courier.md lists', () => {
    expect(catalogue.map(({ scope, needsUser, within }) => [scope, needsUser, within])).toEqual([
      ['user_id:<id>', false, undefined],
      ['inbox:read:messages', true, undefined],
      ['inbox:write:events', true, undefined],
      ['read:messages', true, undefined],
      ['read:preferences', true, undefined],
      ['write:preferences', true, undefined],
      ['read:user-tokens', true, undefined],
      ['write:user-tokens', true, undefined],
      ['read:brands', false, undefined],
      ['read:brands:<brand_id>', false, 'read:brands'],
      ['write:brands', false, undefined],
      ['write:brands:<brand_id>', false, 'write:brands'],
      ['tenants:read', false, undefined],
      ['tenants:notifications:read', false, undefined],
      ['tenants:notifications:write', false, undefined],
      ['tenants:brand:read', false, undefined],
      ['tenant:<id>:read', false, 'tenants:read'],
      ['tenant:<id>:notification:read', false, 'tenants:notifications:read'],
      ['tenant:<id>:notification:write', false, 'tenants:notifications:write'],
      ['tenant:<id>:brand:read', false, 'tenants:brand:read'],
      ['tenant:<id>:brand:write', false, undefined],
    ]);
  });

  it('holds no scope twice', () => {
    expect(twice(catalogue.map(({ scope }) => scope))).toEqual([]);
  });

  it('finds each of its scopes by an example of it', () => {
    const example = (scope: string) => scope.replace(/<\w+>/, 'x');
    expect(catalogue.map(({ scope }) => entryOf(example(scope)))).toEqual(catalogue);
  });

  it('has what every scope is within, and that one covers it', () => {
    const parts = catalogue.filter(({ within }) => within !== undefined);
    expect(
      parts.filter(({ scope, within }) => !entryOf(within!) || !covers(within!, scope.replace(/<\w+>/, 'x'))),
    ).toEqual([]);
  });

  it('says of every scope what it grants, what is seen without it, and where that stands', () => {
    expect(catalogue.filter(({ grants, without, source }) => !grants || !without || !source)).toEqual([]);
  });
});

describe('the surfaces', () => {
  const create = ['tenants:read', 'tenants:notifications:read', 'tenants:notifications:write'];
  const web = ['inbox:read:messages', 'inbox:write:events'];
  const preferences = ['read:preferences', 'write:preferences'];
  it('are what courier.md lists', () => {
    expect(
      all.map(({ id, needsUser, required, recommended, optional }) => [id, needsUser, required, recommended, optional]),
    ).toEqual([
      ['default', true, [...web, ...preferences, 'read:brands'], [], ['read:user-tokens', 'write:user-tokens']],
      ['inbox', true, web, [...preferences, 'read:brands'], []],
      ['toast', true, web, [...preferences, 'read:brands'], []],
      ['preferences', true, preferences, ['read:brands'], []],
      ['push', true, ['write:user-tokens'], ['read:user-tokens'], []],
      ['brands', false, ['read:brands'], [], []],
      ['create', true, create, ['tenants:brand:read'], []],
      ['inbox-legacy', true, [...web, 'read:messages'], [], []],
    ]);
  });

  it('have ids of their own', () => {
    expect(twice(all.map(({ id }) => id))).toEqual([]);
  });

  it('name only scopes of the catalogue, each once', () => {
    const named = all.map(({ id, required, recommended, optional }) => ({
      id,
      scopes: [...required, ...recommended, ...optional],
    }));
    const known = new Set(catalogue.map(({ scope }) => scope));
    expect(named.filter(({ scopes }) => twice(scopes).length > 0 || scopes.some((scope) => !known.has(scope)))).toEqual(
      [],
    );
  });

  it('need a user wherever one of their scopes does', () => {
    const needy = (scopes: string[]) => scopes.some((scope) => entryOf(scope)?.needsUser);
    expect(all.filter(({ needsUser, required }) => needy(required) && !needsUser)).toEqual([]);
  });

  it('have a title and a source', () => {
    expect(all.filter(({ title, source }) => !title || !source)).toEqual([]);
  });
});
