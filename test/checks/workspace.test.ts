import { expect, it } from 'vitest';
import { checkWorkspace } from '../../src/checks/workspace.js';
import { fix, someClaims } from './some.js';

const scopeMatch = (found: string, expected: string) => ({
  code: 'tenant-scope.match',
  status: 'pass',
  subject: found,
  facts: { expected, found },
});
const scopeMismatch = (found: string | null, expected: string, mend = ['courier-jwt', 'env', 'list']) => ({
  code: 'tenant-scope.mismatch',
  status: 'fail',
  subject: found ?? '',
  facts: { expected, found },
  fix: mend,
});
const workspaceMatch = {
  code: 'workspace.match',
  status: 'pass',
  subject: 'test',
  facts: { environment: 'test', expected: 'w/test', found: 'w/test' },
};
const workspaceMismatch = (found: string | null) => ({
  code: 'workspace.mismatch',
  status: 'fail',
  subject: 'test',
  facts: { environment: 'test', expected: 'w/test', found },
  fix,
});
const unrecorded = {
  code: 'workspace.unrecorded',
  status: 'unknown',
  subject: 'test',
  facts: {},
  fix: ['courier-jwt', 'env', 'check', 'test'],
};

const test = { tenantId: 'w/test', tenantScope: 'published/test' };
const recorded = { name: 'test', ...test };

it.each([
  { name: 'nothing expected', claims: test, expectations: {}, expected: [] },
  {
    name: 'the environment',
    claims: test,
    expectations: { tenantScope: 'test' },
    expected: [scopeMatch('published/test', 'test')],
  },
  {
    name: 'state and environment',
    claims: test,
    expectations: { tenantScope: 'published/test' },
    expected: [scopeMatch('published/test', 'published/test')],
  },
  {
    name: 'another environment',
    claims: test,
    expectations: { tenantScope: 'production' },
    expected: [scopeMismatch('published/test', 'production')],
  },
  {
    name: 'another state',
    claims: test,
    expectations: { tenantScope: 'draft/test' },
    expected: [scopeMismatch('published/test', 'draft/test')],
  },
  {
    name: 'the state alone is no environment',
    claims: test,
    expectations: { tenantScope: 'published' },
    expected: [scopeMismatch('published/test', 'published')],
  },
  {
    name: 'part of a name',
    claims: test,
    expectations: { tenantScope: 'est' },
    expected: [scopeMismatch('published/test', 'est')],
  },
  {
    name: 'no tenant_scope',
    claims: {},
    expectations: { tenantScope: 'test' },
    expected: [scopeMismatch(null, 'test')],
  },
  {
    name: 'no tenant_scope, state and environment expected',
    claims: {},
    expectations: { tenantScope: 'published/test' },
    expected: [scopeMismatch(null, 'published/test')],
  },
  {
    name: 'as recorded',
    claims: test,
    expectations: { environment: recorded },
    expected: [workspaceMatch, scopeMatch('published/test', 'published/test')],
  },
  {
    name: 'another workspace',
    claims: { ...test, tenantId: 'v/test' },
    expectations: { environment: recorded },
    expected: [workspaceMismatch('v/test'), scopeMatch('published/test', 'published/test')],
  },
  {
    name: 'another environment of the same workspace',
    claims: { tenantId: 'w', tenantScope: 'published/production' },
    expectations: { environment: recorded },
    expected: [workspaceMismatch('w'), scopeMismatch('published/production', 'published/test', fix)],
  },
  {
    name: 'a token that says neither',
    claims: {},
    expectations: { environment: recorded },
    expected: [workspaceMismatch(null), scopeMismatch(null, 'published/test', fix)],
  },
  {
    name: 'no workspace recorded',
    claims: test,
    expectations: { environment: { ...recorded, tenantId: null } },
    expected: [unrecorded],
  },
  {
    name: 'no tenant_scope recorded',
    claims: test,
    expectations: { environment: { ...recorded, tenantScope: null } },
    expected: [unrecorded],
  },
  {
    name: 'both expectations',
    claims: test,
    expectations: { tenantScope: 'production', environment: recorded },
    expected: [
      scopeMismatch('published/test', 'production', fix),
      workspaceMatch,
      scopeMatch('published/test', 'published/test'),
    ],
  },
])('$name', ({ claims, expectations, expected }) => {
  expect(checkWorkspace(someClaims(claims), expectations, fix)).toEqual(expected);
});
