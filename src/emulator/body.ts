import { Refusal, errorAnswer, invalid } from './answer.js';

/** No body of Courier's is larger. */
export const maxBodyBytes = 1024 * 1024;

/** Nothing of Courier's is nested so deeply; and what is nested ten thousand times ends the stack of whoever walks it. */
const maxDepth = 100;

/**
 * A body's JSON; undefined for none.
 * @throws {Refusal} 400, or 413
 */
export function bodyOf(text: string): unknown {
  if (text === '') return undefined;
  if (isTooLarge(text)) throw new Refusal(errorAnswer(413, 'Request Entity Too Large'));
  return notTooDeep(parsed(text));
}

/** @throws {Refusal} 400 */
export function notTooDeep<T>(value: T): T {
  if (isDeeper(value, maxDepth)) throw invalid('the body is nested too deeply');
  return value;
}

/** Counting bytes goes over all of it: a character has at most three of them for each of its units. */
function isTooLarge(text: string): boolean {
  return text.length * 3 > maxBodyBytes && Buffer.byteLength(text) > maxBodyBytes;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('the body is not JSON');
  }
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((inside) => isDeeper(inside, depth - 1));
}
