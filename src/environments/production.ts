/** Whether a token's `tenant_scope` (`published/production`) is production's, in whatever way it is written. */
export function isProductionScope(tenantScope: string | null): boolean {
  return /(?:^|[\s/])production[\s/]*$/i.test(tenantScope ?? '');
}

/** Whether a key's prefix says production. New `token_` keys say nothing. */
export function isProductionKey(key: string): boolean {
  return /^[pd]k_prod_/.test(key);
}
