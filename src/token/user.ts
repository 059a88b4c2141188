import type { UserProblem } from '../errors.js';
import { apiKeyPattern } from './api-key.js';
import { isSeen } from './unseen.js';

/**
 * What template engines, shells and string concatenation leave behind where a user id should be. Courier's own curl
 * sample single-quotes `$YOUR_USER_ID`, so the shell never expands it.
 */
const placeholders = [/^\$[A-Za-z_({]/, /\{\{.*\}\}/, /^[#$%:]?\{.*\}$/, /^<[^>]*>$/, /^%\w+%$/];
const placeholderWords = [
  /^(?:undefined|null|NULL|\\N|NaN|None|\[object \w+\])$/,
  /^(?:your[-_]?user[-_]?id|user[-_]id)$/i,
];

/** What most of the patterns need something else for: nearly all ids are told by it. */
const plain = /^[\w.@-]+$/;

/** Why this cannot be a user id (or a tenant id), or undefined when it can. A space in it would add scopes. */
export function idProblem(id: string): UserProblem | undefined {
  // Callers without types give undefined too.
  if (!id) return 'empty';
  if (placeholderWords.some((pattern) => pattern.test(id))) return 'placeholder';
  if (plain.test(id)) return apiKeyPattern.test(id) ? 'api-key' : undefined;
  if (placeholders.some((pattern) => pattern.test(id))) return 'placeholder';
  // Unicode's White_Space, spelled out: the property would be compiled on every start.
  if (/[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/.test(id)) return 'whitespace';
  if (/[\ud800-\udfff]/u.test(id)) return 'unpaired-surrogate';
  // Shown, it would be redacted: and who puts a key there did not mean it.
  if (apiKeyPattern.test(id)) return 'api-key';
  return isSeen(id) ? undefined : 'unseen';
}
