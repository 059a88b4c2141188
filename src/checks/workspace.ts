import type { Finding } from '../report.js';
import type { Claims } from '../token/claims.js';
import type { Expectations, ExpectedEnvironment } from './expectations.js';

/** Whether the token comes from the workspace and environment that were expected. */
export function checkWorkspace(claims: Claims, expected: Expectations, fix: string[]): Finding[] {
  const { environment, tenantScope, mintIn } = expected;
  // Which environment mints such tokens is not known here: the list says it.
  const choose = environment || mintIn !== undefined ? fix : ['courier-jwt', 'env', 'list'];
  return [
    ...(tenantScope === undefined ? [] : [compareTenantScope(claims.tenantScope, tenantScope, choose)]),
    ...(environment ? compareRecorded(claims, environment, fix) : []),
  ];
}

/** `wanted` is `test` (the environment alone) or `published/test`. */
export function isTenantScope(found: string, wanted: string): boolean {
  return wanted.includes('/') ? found === wanted : found.split('/').at(-1) === wanted;
}

function compareTenantScope(found: string | null, wanted: string, fix: string[]): Finding {
  const matches = found !== null && isTenantScope(found, wanted);
  const finding = { subject: found ?? '', facts: { expected: wanted, found } };
  if (matches) return { code: 'tenant-scope.match', status: 'pass', ...finding };
  return { code: 'tenant-scope.mismatch', status: 'fail', ...finding, fix };
}

function compareRecorded(
  claims: Claims,
  { name, label = name, tenantId, tenantScope }: ExpectedEnvironment,
  fix: string[],
): Finding[] {
  if (tenantId === null || tenantScope === null) {
    const recordIt = ['courier-jwt', 'env', 'check', name];
    return [{ code: 'workspace.unrecorded', status: 'unknown', subject: label, facts: {}, fix: recordIt }];
  }
  const facts = { environment: label, expected: tenantId, found: claims.tenantId };
  const workspace: Finding =
    claims.tenantId === tenantId
      ? { code: 'workspace.match', status: 'pass', subject: label, facts }
      : { code: 'workspace.mismatch', status: 'fail', subject: label, facts, fix };
  return [workspace, compareTenantScope(claims.tenantScope, tenantScope, fix)];
}
