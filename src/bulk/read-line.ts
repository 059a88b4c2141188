import { parseJson } from '../courier/answers.js';
import { Failure } from '../errors.js';
import { findToken } from '../token/find.js';
import type { Sign } from '../token/local.js';
import { textAt } from '../token/place.js';
import { type QuickToken, decoderBy, quickFinder } from '../token/quick.js';
import { jwtStart } from '../token/signatures.js';
import type { Line } from './lines.js';

/** In characters. No token is so long, nor what stands around one. */
export const longestLine = 1024 * 1024;

/** The token of a line, and the JSON of its parts where it was read quickly and is the only one. */
export type LineToken = Pick<QuickToken, 'token'> & Partial<QuickToken>;

/**
 * Reads the token of a line: bare, in any text, or in JSON, there at `path` (`-` is all of the line), else at `token`, else wherever.
 * What it returns throws a Failure of the `token` family.
 */
export function lineReader(sign: Sign, path: string | undefined): (line: Line) => LineToken {
  const quick = quickFinder(sign);
  const decode = decoderBy(quick);
  const read = (text: string, line: string): LineToken => {
    const found = quick(text);
    // Of several tokens, one may repeat the signature of another.
    if (found && jwtStart.test(line.replace(text, ''))) return { token: found.token };
    return found ?? { token: findToken(text, decode) };
  };
  return ({ text, number, isTooLong }) => {
    const found = path === undefined && !isTooLong ? quick(text) : undefined;
    if (found) return found;
    if (isTooLong) throw new Failure('token.too-large', { limitBytes: longestLine });
    if (text.trim() === '') throw new Failure('token.empty', { source: `line ${number}` });
    return read(tokenText(text, path), text);
  };
}

function tokenText(text: string, path: string | undefined): string {
  if (path === '-') return text;
  if (path === undefined) return /^\s*\{/.test(text) ? (textAt(parseJson(text), 'token') ?? text) : text;
  const found = textAt(parseJson(text), path);
  if (!found) throw new Failure('token.not-at-path', { path });
  return found;
}
