import { idProblem } from '../token/user.js';
import { type Call, Refusal } from './call.js';

/**
 * The user that a body names, as the how-to's front end does: `{"userId": "alice"}`. Undefined for a body that names none,
 * or for none at all.
 * @throws {Refusal} 400 or 413
 */
export async function namedUser(call: Call): Promise<string | undefined> {
  const text = await call.body();
  if (text === undefined) throw new Refusal(413, 'body.too-large', 'Request body too large');
  if (text.trim() === '') return undefined;
  const named = userIdIn(text);
  if (named === undefined) return undefined;
  if (typeof named !== 'string' || idProblem(named)) throw new Refusal(400, 'user.invalid', 'Invalid userId');
  return named;
}

function userIdIn(text: string): unknown {
  const body = parsed(text);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return (body as { userId?: unknown }).userId;
  throw new Refusal(400, 'body.malformed', 'The body is not a JSON object');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
