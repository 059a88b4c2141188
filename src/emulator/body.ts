import { Refusal, errorAnswer, invalid } from './answer.js';

/** No body of Courier's is larger. */
export const maxBodyBytes = 1024 * 1024;

/**
 * A body's JSON; undefined for none.
 * @throws {Refusal} 400, or 413
 */
export function bodyOf(text: string): unknown {
  if (text === '') return undefined;
  if (text.length > maxBodyBytes) throw new Refusal(errorAnswer(413, 'Request Entity Too Large'));
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('the body is not JSON');
  }
}
