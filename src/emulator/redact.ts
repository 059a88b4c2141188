import { apiKeyPattern } from '../token/api-key.js';
import { jwtStart, mapSignatures } from '../token/signatures.js';

const redacted = '[redacted]';
const keys = new RegExp(apiKeyPattern, 'g');
const secretLike = new RegExp(`${jwtStart.source}|${apiKeyPattern.source}`);

/** A token or a key may stand in any text of a request by mistake: in a path, or where the user's id belongs. */
export function withoutSecrets(text: string, apiKey?: string): string {
  const clean = apiKey === undefined ? text : text.replaceAll(apiKey, redacted);
  const plain = decoded(clean);
  // Percent-encoded, its parts cannot be told apart.
  if (plain !== clean && (secretLike.test(plain) || (apiKey !== undefined && plain.includes(apiKey)))) return redacted;
  return secretLike.test(clean) ? mapSignatures(clean, () => redacted).replace(keys, redacted) : clean;
}

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}
