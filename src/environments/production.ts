/** Whether a token's `tenant_scope` (`published/production`) is production's. */
export function isProductionScope(tenantScope: string | null): boolean {
  return tenantScope?.split('/').at(-1) === 'production';
}

/** Whether a key's prefix says production. New `token_` keys say nothing. */
export function isProductionKey(key: string): boolean {
  return /^[pd]k_prod_/.test(key);
}
