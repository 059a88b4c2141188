import { type Claims, readClaims } from '../../token/claims.js';
import { type MintTarget, mintToken } from '../mint.js';
import type { Tools } from '../tools.js';

/** Harmless even in production: five seconds, a user that is nobody, and brands only. */
export const probeUser = 'courier-jwt-check';
const probeScopes = [`user_id:${probeUser}`, 'read:brands'];
export const probeLifetime = { expiresIn: '5s', lifetimeSeconds: 5 };

/** Asks Courier whether it takes a key, and of which workspace and environment it is. The token is thrown away. */
export async function probe(target: MintTarget, tools: Tools, tell = tools.console.note): Promise<Claims> {
  const token = await mintToken(target, { scopes: probeScopes, expiresIn: probeLifetime.expiresIn }, tools, tell);
  const claims = readClaims(token.payload);
  // They are kept, and listed when the key itself is not at hand: what echoes it must not get there.
  const clean = (claim: string | null) => claim && tools.secrets.redact(claim);
  return { ...claims, tenantId: clean(claims.tenantId), tenantScope: clean(claims.tenantScope) };
}
