import type { Jwt } from './decode.js';
import { hmacSha256 } from './hmac-sha256.js';

/**
 * The key that signs `--env local` tokens, published on purpose: anybody can make such a token, so it proves nothing
 * and only the embedded Courier accepts it.
 */
export const localSigningKey = 'courier-jwt/local: this key is public and opens nothing at Courier';

/** Makes the base64url HS256 signature of `header.payload` under the published key. */
export type Sign = (signingInput: string) => string;

/** In plain JavaScript: for one token it is the quickest, for there is nothing to load. */
export const signLocally: Sign = (signingInput) => {
  const utf8 = new TextEncoder();
  return Buffer.from(hmacSha256(utf8.encode(localSigningKey), utf8.encode(signingInput))).toString('base64url');
};

/**
 * Whether the embedded Courier signed this token: Courier itself will refuse it. It signs for its own workspace only, so
 * that a token of another one, such as every real one, is spared the hash.
 */
export function isLocal(token: Pick<Jwt, 'raw' | 'signature' | 'payload'>, sign = signLocally): boolean {
  const { tenant_id: tenantId } = token.payload;
  if (typeof tenantId !== 'string' || !localWorkspace.tenantId.startsWith(tenantId.replace(/\/.*/s, ''))) return false;
  return sign(token.raw.slice(0, -token.signature.length - 1)) === token.signature;
}

/** The built-in environment: the embedded Courier, with no key and no network. */
export const localEnvironment = 'local';

/** The embedded Courier's one workspace. In Test, Courier's `tenant_id` is the workspace's UUID and `/test`. */
export const localWorkspace = {
  tenantId: '00000000-0000-4000-8000-c0041e410ca1/test',
  tenantScope: 'published/test',
} as const;
