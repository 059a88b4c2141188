import { describe, expect, it } from 'vitest';
import { checkScopes, requirementOf } from '../../src/checks/scopes.js';
import { failureOf } from '../token/failure-of.js';
import { fix } from './some.js';

const web = ['inbox:read:messages', 'inbox:write:events'];
const preferences = ['read:preferences', 'write:preferences'];
const userTokens = ['read:user-tokens', 'write:user-tokens'];
const wide = ['tenants:read', 'tenants:notifications:read', 'tenants:notifications:write'];
const narrow = (tenant: string) => [
  `tenant:${tenant}:read`,
  `tenant:${tenant}:notification:read`,
  `tenant:${tenant}:notification:write`,
];

describe('requirementOf', () => {
  it.each([
    {
      name: "the how-to's set",
      expectations: {},
      expected: {
        needsUser: true,
        required: [...web, ...preferences, 'read:brands'],
        recommended: [],
        optional: userTokens,
      },
    },
    {
      name: 'empty lists',
      expectations: { for: [], require: [] },
      expected: {
        needsUser: true,
        required: [...web, ...preferences, 'read:brands'],
        recommended: [],
        optional: userTokens,
      },
    },
    {
      name: 'one surface',
      expectations: { for: ['inbox'] },
      expected: { needsUser: true, required: web, recommended: [...preferences, 'read:brands'], optional: [] },
    },
    {
      name: 'a surface that needs no user',
      expectations: { for: ['brands'] },
      expected: { needsUser: false, required: ['read:brands'], recommended: [], optional: [] },
    },
    {
      name: 'a union: what one requires is not recommended by another',
      expectations: { for: ['inbox', 'preferences', 'brands', 'inbox'] },
      expected: { needsUser: true, required: [...web, ...preferences, 'read:brands'], recommended: [], optional: [] },
    },
    {
      name: 'own scopes alone',
      expectations: { require: ['read:messages'] },
      expected: { needsUser: true, required: ['read:messages'], recommended: [], optional: [] },
    },
    {
      name: 'own scopes that need no user',
      expectations: { require: ['read:brands', 'custom'] },
      expected: { needsUser: false, required: ['read:brands', 'custom'], recommended: [], optional: [] },
    },
    {
      name: 'own scopes with a surface',
      expectations: { for: ['brands'], require: ['read:brands', 'read:preferences'] },
      expected: { needsUser: true, required: ['read:brands', 'read:preferences'], recommended: [], optional: [] },
    },
    {
      name: 'own scopes that a surface recommends',
      expectations: { for: ['push'], require: ['read:user-tokens'] },
      expected: { needsUser: true, required: ['write:user-tokens', 'read:user-tokens'], recommended: [], optional: [] },
    },
    {
      name: 'Create, a token for every tenant',
      expectations: { for: ['create'] },
      granted: wide,
      expected: { needsUser: true, required: wide, recommended: ['tenants:brand:read'], optional: [] },
    },
    {
      name: 'Create, a token for one tenant',
      expectations: { for: ['create'] },
      granted: narrow('acme').slice(1),
      expected: {
        needsUser: true,
        tenant: 'acme',
        required: narrow('acme'),
        recommended: ['tenant:acme:brand:read'],
        optional: [],
      },
    },
    {
      name: 'Create, a token for two tenants: the one that it comes closest to',
      expectations: { for: ['create'] },
      granted: ['tenant:other:read', ...narrow('acme')],
      expected: {
        needsUser: true,
        tenant: 'acme',
        required: narrow('acme'),
        recommended: ['tenant:acme:brand:read'],
        optional: [],
      },
    },
    {
      name: 'Create, a token with nothing for it',
      expectations: { for: ['create'] },
      granted: ['read:brands'],
      expected: { needsUser: true, required: wide, recommended: ['tenants:brand:read'], optional: [] },
    },
    {
      name: 'Create, wide scopes do for one tenant too',
      expectations: { for: ['create'] },
      granted: ['tenants:read', 'tenants:notifications:read', 'tenant:acme:notification:write'],
      expected: {
        needsUser: true,
        tenant: 'acme',
        required: narrow('acme'),
        recommended: ['tenant:acme:brand:read'],
        optional: [],
      },
    },
  ])('$name', ({ expectations, granted = [], expected }) => {
    expect(requirementOf(expectations, granted)).toEqual(expected);
  });

  it('knows no other surface', () => {
    expect(failureOf(() => requirementOf({ for: ['inbx'] }, []))).toEqual({
      code: 'usage.value',
      facts: {
        option: '--for',
        value: 'inbx',
        reason: 'there is no such surface: inbox, toast, preferences, push, brands, create, inbox-legacy',
        suggestion: 'inbox',
      },
    });
  });
});

describe('checkScopes', () => {
  const granted = (subject: string, facts: object = {}) => ({ code: 'scope.granted', status: 'pass', subject, facts });
  const missing = (subject: string) => ({ code: 'scope.missing', status: 'fail', subject, facts: {}, fix });
  const recommended = (subject: string) => ({ code: 'scope.recommended', status: 'warn', subject, facts: {}, fix });
  const unknown = (subject: string, facts: object = {}) => ({ code: 'scope.unknown', status: 'warn', subject, facts });
  const excess = (subject: string) => ({ code: 'scope.excess', status: 'warn', subject, facts: {}, fix });

  it.each([
    { name: 'nothing required, nothing granted', scopes: [], expected: [] },
    { name: 'a required one', scopes: ['read:brands'], required: ['read:brands'], expected: [granted('read:brands')] },
    {
      name: 'a required one that is missing',
      scopes: ['user_id:alice'],
      required: ['read:brands'],
      expected: [missing('read:brands')],
    },
    {
      name: 'a required one that was misspelt: no token that could be minted has it',
      scopes: ['inbox:read:messages'],
      required: ['inbox:read:mesages'],
      expected: [
        {
          code: 'scope.missing',
          status: 'fail',
          subject: 'inbox:read:mesages',
          facts: { documented: false, suggestion: 'inbox:read:messages' },
        },
      ],
    },
    {
      name: 'a recommended one',
      scopes: ['read:brands'],
      recommended: ['read:brands'],
      expected: [granted('read:brands')],
    },
    {
      name: 'a recommended one that is missing',
      scopes: [],
      recommended: ['read:brands'],
      expected: [recommended('read:brands')],
    },
    { name: 'an optional one that is missing', scopes: [], optional: ['read:brands'], expected: [] },
    {
      name: 'one within another',
      scopes: ['tenants:read'],
      required: ['tenant:acme:read'],
      expected: [granted('tenant:acme:read', { by: 'tenants:read' })],
    },
    {
      name: 'one that is not wide enough',
      scopes: ['read:brands:x'],
      required: ['read:brands'],
      expected: [missing('read:brands')],
    },
    {
      name: 'a near miss',
      scopes: ['read:messagesXYZ'],
      required: ['read:messages'],
      expected: [missing('read:messages'), unknown('read:messagesXYZ', { suggestion: 'read:messages' })],
    },
    {
      name: 'a nearer miss',
      scopes: ['read:mesages'],
      required: ['read:messages'],
      expected: [missing('read:messages'), unknown('read:mesages', { suggestion: 'read:messages' })],
    },
    { name: 'an unknown one', scopes: ['custom:thing'], expected: [unknown('custom:thing')] },
    {
      name: 'an unknown one that is required',
      scopes: ['custom:thing'],
      required: ['custom:thing'],
      expected: [granted('custom:thing'), unknown('custom:thing')],
    },
    { name: 'an unknown one twice is told once', scopes: ['x', 'x'], expected: [unknown('x')] },
    { name: 'an unknown one that writes is not excess', scopes: ['all:write'], expected: [unknown('all:write')] },
    { name: 'excess', scopes: ['write:brands'], required: [], expected: [excess('write:brands')] },
    { name: 'what reads is no excess', scopes: ['read:messages', 'tenants:read'], expected: [] },
    {
      name: 'an optional one is no excess',
      scopes: ['write:user-tokens'],
      optional: ['write:user-tokens'],
      expected: [],
    },
    {
      name: 'a recommended one is no excess',
      scopes: ['write:preferences'],
      recommended: ['write:preferences'],
      expected: [granted('write:preferences')],
    },
    {
      name: 'a part of what is required is no excess',
      scopes: ['write:brands', 'write:brands:x'],
      required: ['write:brands'],
      expected: [granted('write:brands')],
    },
    {
      name: 'what covers the required is no excess',
      scopes: ['tenants:notifications:write'],
      required: ['tenant:acme:notification:write'],
      expected: [granted('tenant:acme:notification:write', { by: 'tenants:notifications:write' })],
    },
    {
      name: 'another tenant is excess',
      scopes: ['tenant:other:notification:write', 'tenant:a:brand:write'],
      required: [],
      expected: [excess('tenant:other:notification:write'), excess('tenant:a:brand:write')],
    },
    {
      name: 'all at once, in this order',
      scopes: ['user_id:alice', 'oops', 'write:brands', 'inbox:read:messages'],
      required: ['inbox:read:messages', 'inbox:write:events'],
      recommended: ['read:brands'],
      expected: [
        granted('inbox:read:messages'),
        missing('inbox:write:events'),
        recommended('read:brands'),
        unknown('oops'),
        excess('write:brands'),
      ],
    },
  ])('$name', ({ name: _, scopes, expected, ...requirement }) => {
    const nothing = { needsUser: false, required: [], recommended: [], optional: [] };
    expect(checkScopes(scopes, { ...nothing, ...requirement }, fix)).toEqual(expected);
  });
});
