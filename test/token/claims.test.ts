import { describe, expect, it } from 'vitest';
import { readClaims, scopesIn, usersIn } from '../../src/token/claims.js';

const nothing = {
  scopes: [],
  users: [],
  issuedAt: null,
  expiresAt: null,
  notBefore: null,
  tenantId: null,
  tenantScope: null,
  mistyped: [],
};

describe('readClaims', () => {
  it.each([
    { name: 'no claims', payload: {}, expected: nothing },
    {
      name: "all of Courier's",
      payload: {
        scope: 'user_id:alice inbox:read:messages',
        tenant_scope: 'published/test',
        tenant_id: 'w/test',
        iat: 1,
        nbf: 2,
        exp: 3,
        jti: 'id',
        account_id: 'a',
      },
      expected: {
        scopes: ['user_id:alice', 'inbox:read:messages'],
        users: ['alice'],
        issuedAt: 1,
        expiresAt: 3,
        notBefore: 2,
        tenantId: 'w/test',
        tenantScope: 'published/test',
        mistyped: [],
      },
    },
    {
      name: 'every claim of a wrong type',
      payload: { scope: ['a'], tenant_scope: 1, tenant_id: null, iat: '1', exp: true, nbf: {} },
      expected: {
        ...nothing,
        mistyped: [
          { claim: 'scope', expected: 'string', found: 'array' },
          { claim: 'tenant_id', expected: 'string', found: 'null' },
          { claim: 'tenant_scope', expected: 'string', found: 'number' },
          { claim: 'iat', expected: 'number', found: 'string' },
          { claim: 'exp', expected: 'number', found: 'boolean' },
          { claim: 'nbf', expected: 'number', found: 'object' },
        ],
      },
    },
    {
      name: 'times of nought',
      payload: { iat: 0, exp: 0, nbf: 0 },
      expected: { ...nothing, issuedAt: 0, expiresAt: 0, notBefore: 0 },
    },
    {
      name: 'empty texts',
      payload: { scope: '', tenant_id: '', tenant_scope: '' },
      expected: { ...nothing, tenantId: '', tenantScope: '' },
    },
  ])('of $name', ({ payload, expected }) => {
    expect(readClaims(payload)).toEqual(expected);
  });
});

describe('scopesIn', () => {
  it.each([
    { scope: 'a b', expected: ['a', 'b'] },
    { scope: '  a   b ', expected: ['a', 'b'] },
    { scope: 'a\tb\nc d', expected: ['a\tb\nc', 'd'] },
    { scope: 'a,b', expected: ['a,b'] },
    { scope: 'a a', expected: ['a', 'a'] },
    { scope: '', expected: [] },
    { scope: ['a'], expected: [] },
    { scope: undefined, expected: [] },
  ])('$scope', ({ scope, expected }) => {
    expect(scopesIn({ scope })).toEqual(expected);
  });
});

describe('usersIn', () => {
  it.each([
    { scope: 'user_id:alice', expected: ['alice'] },
    { scope: 'user_id:auth0:123 read:brands', expected: ['auth0:123'] },
    { scope: 'user_id:bob user_id:alice user_id:bob', expected: ['bob', 'alice'] },
    { scope: 'user_id:', expected: [''] },
    { scope: 'user_id', expected: [] },
    { scope: 'USER_ID:alice xuser_id:bob', expected: [] },
    { scope: 'read:brands', expected: [] },
  ])('$scope', ({ scope, expected }) => {
    expect(usersIn({ scope })).toEqual(expected);
  });
});
