import { parseJson } from '../courier/answers.js';
import { Failure } from '../errors.js';
import { usersIn } from '../token/claims.js';
import { type FoundToken, findToken } from '../token/find.js';
import { textAt } from '../token/place.js';

/** A token of Courier's that is not where it belongs. */
export interface Elsewhere {
  token: FoundToken;
  /** As `--token-path` takes it; null where that cannot be said. */
  place: string | null;
}

/** What stands at a path of the body's JSON (`data.token`; `-` is the whole body), where it is a text. */
export function valueAt(body: string, path: string): string | undefined {
  if (path === '-') return body.trim();
  return textAt(parseJson(body), path);
}

/** The token where it belongs, or why what stands there is none; undefined for nothing. */
export function tokenAt(body: string, path: string): FoundToken | Failure | undefined {
  const value = valueAt(body, path);
  return value ? read(value) : undefined;
}

/** One of Courier's anywhere: minted is minted. A page to sign in may well hold a JWT of another kind. */
export function tokenElsewhere(body: string): Elsewhere | undefined {
  for (const [place, text] of textsIn(parseJson(body))) {
    const token = read(text);
    if (isCouriers(token)) return { token, place };
  }
  const token = read(body);
  return isCouriers(token) ? { token, place: body.trim() === token.raw ? '-' : null } : undefined;
}

function read(text: string): FoundToken | Failure {
  try {
    return findToken(text);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

function isCouriers(token: FoundToken | Failure): token is FoundToken {
  return !(token instanceof Failure) && ('tenant_scope' in token.payload || usersIn(token.payload).length > 0);
}

/** So deep, and so many, no answer is meant to have. */
const deepest = 20;
const most = 1000;

/** The texts in a JSON value that may hold a token, with their paths. */
function textsIn(json: unknown): [place: string | null, text: string][] {
  const found: [string | null, string][] = [];
  const visit = (value: unknown, path: string[]) => {
    if (found.length >= most || path.length > deepest) return;
    if (typeof value === 'string' && value.includes('.'))
      found.push([path.some((name) => name.includes('.')) ? null : path.join('.'), value]);
    if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) visit(one, [...path, name]);
  };
  if (typeof json === 'object') visit(json, []);
  return found;
}
