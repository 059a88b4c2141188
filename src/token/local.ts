import type { Jwt } from './decode.js';
import { hmacSha256 } from './hmac-sha256.js';

/**
 * The key that signs `--env local` tokens, published on purpose: anybody can make such a token, so it proves nothing
 * and only the embedded Courier accepts it.
 */
export const localSigningKey = 'courier-jwt/local: this key is public and opens nothing at Courier';

/** HMAC-SHA-256. Node's own is fifty times as fast as ours, and costs 7 ms to load: for servers, not for one token. */
export type Hmac = (key: Uint8Array, message: Uint8Array) => Uint8Array;

const utf8 = new TextEncoder();
const keyBytes = utf8.encode(localSigningKey);

/** The base64url HS256 signature of `header.payload` under the published key. */
export function signLocally(signingInput: string, hmac: Hmac = hmacSha256): string {
  return Buffer.from(hmac(keyBytes, utf8.encode(signingInput))).toString('base64url');
}

/**
 * Whether the embedded Courier signed this token: Courier itself will refuse it. It signs for its own workspace only, so
 * that a token of another one, such as every real one, is spared the hash.
 */
export function isLocal(token: Pick<Jwt, 'raw' | 'signature' | 'payload'>, hmac?: Hmac): boolean {
  const { tenant_id: tenantId } = token.payload;
  if (typeof tenantId !== 'string' || !localWorkspace.tenantId.startsWith(tenantId.split('/')[0]!)) return false;
  return signLocally(token.raw.slice(0, -token.signature.length - 1), hmac) === token.signature;
}

/** The built-in environment: the embedded Courier, with no key and no network. */
export const localEnvironment = 'local';

/** The embedded Courier's one workspace. In Test, Courier's `tenant_id` is the workspace's UUID and `/test`. */
export const localWorkspace = {
  tenantId: '00000000-0000-4000-8000-c0041e410ca1/test',
  tenantScope: 'published/test',
} as const;
