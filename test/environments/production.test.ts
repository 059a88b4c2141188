import { expect, it } from 'vitest';
import { isProductionKey, isProductionScope } from '../../src/environments/production.js';

it.each([
  { tenantScope: 'published/production', expected: true },
  { tenantScope: 'draft/production', expected: true },
  { tenantScope: 'production', expected: true },
  { tenantScope: 'published/Production', expected: true },
  { tenantScope: 'PUBLISHED/PRODUCTION', expected: true },
  { tenantScope: 'published/production/', expected: true },
  { tenantScope: ' published/production ', expected: true },
  { tenantScope: 'published/ production\t//\n', expected: true },
  { tenantScope: 'published/test', expected: false },
  { tenantScope: 'published/production-like', expected: false },
  { tenantScope: 'production/test', expected: false },
  { tenantScope: 'published/non-production', expected: false },
  { tenantScope: '', expected: false },
  { tenantScope: null, expected: false },
])('isProductionScope $tenantScope: $expected', ({ tenantScope, expected }) => {
  expect(isProductionScope(tenantScope)).toBe(expected);
});

it.each([
  { key: 'pk_prod_x', expected: true },
  { key: 'dk_prod_x', expected: true },
  { key: 'pk_test_x', expected: false },
  { key: 'dk_test_x', expected: false },
  { key: 'ck_prod_x', expected: false },
  { key: 'token_x', expected: false },
  { key: 'xpk_prod_x', expected: false },
])('isProductionKey $key: $expected', ({ key, expected }) => {
  expect(isProductionKey(key)).toBe(expected);
});
