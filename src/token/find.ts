import { Failure } from '../errors.js';
import { usersIn } from './claims.js';
import { type Jwt, decodeJwt, decodePart } from './decode.js';
import { isLocal } from './local.js';
import { isoOrNull } from './time.js';

export interface FoundToken extends Jwt {
  /** The text says `Bearer Bearer`: a header like that is refused whatever the token is. */
  doubledBearer: boolean;
  /** The embedded Courier signed it: Courier itself will refuse it. */
  local: boolean;
}

/**
 * Finds the one Courier token in any text: bare, `Bearer …`, a header, a curl command, JSON, a HAR, a `.env` line,
 * wrapped over lines. Linear in the length of the text.
 * @throws {Failure} of the `token` family, which names what stands there instead
 */
export function findToken(text: string): FoundToken {
  const tokens = [...new Set(unwrapped(text) ?? candidatesIn(text))].map(decodeOrFailure);
  const readable = tokens.filter((token): token is Jwt => !(token instanceof Failure));
  const best = mostLikeCourier(readable);
  if (best.length > 1) throw ambiguous(best);
  const doubledBearer = /\bbearer[\s:]+bearer\s/i.test(text);
  if (best[0]) return { ...best[0], doubledBearer, local: isLocal(best[0]) };
  throw tokens.find((token) => token instanceof Failure) ?? whatElse(text);
}

const wordPattern = /[\w.-]+/g;

/** `h.p.s` triples whose header is a JSON object, and two-segment ones, to be named as cut short. */
function candidatesIn(text: string): string[] {
  const found: string[] = [];
  for (const [word] of text.matchAll(wordPattern)) {
    const segments = word.split('.');
    for (let at = 0; at < segments.length - 1; at += 1) {
      const header = headerOf(segments[at]!);
      if (header === undefined) continue;
      const length = segments.length - at === 5 && isEncrypted(header) ? 5 : 3;
      found.push([header, ...segments.slice(at + 1, at + length)].join('.'));
      at += length - 1;
    }
  }
  return found;
}

/** The header at the end of a segment: in `Bearer%20eyJ…` and in JSON's `\neyJ…` it has something before it. */
function headerOf(segment: string): string | undefined {
  const start = segment.indexOf('eyJ');
  return [segment, start > 0 ? segment.slice(start) : ''].find((part) => /^e[w-z]/.test(part) && isObject(part));
}

function isObject(segment: string): boolean {
  try {
    return Boolean(decodePart(segment, 'header'));
  } catch {
    return false;
  }
}

function isEncrypted(header: string): boolean {
  return 'enc' in decodePart(header, 'header');
}

/** A token that a terminal or a mail wrapped over lines: nothing but its own characters and line breaks. */
function unwrapped(text: string): string[] | undefined {
  const bare = text.trim().replace(/^(?:bearer\s+)+/i, '');
  if (!/[\r\n]/.test(bare) || !/^[\w.\s-]+$/.test(bare)) return undefined;
  const joined = bare.replace(/\s+/g, '');
  return joined.split('.').length === 3 && headerOf(joined.split('.')[0]!) ? [joined] : undefined;
}

function decodeOrFailure(raw: string): Jwt | Failure {
  try {
    return decodeJwt(raw);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** Courier's own first (`tenant_scope`, or a scope that names a user), then any with a `scope`, then any JWT. */
function mostLikeCourier(tokens: Jwt[]): Jwt[] {
  const likeness = ({ payload }: Jwt) => {
    if (typeof payload.scope !== 'string') return 0;
    return 'tenant_scope' in payload || usersIn(payload).length > 0 ? 2 : 1;
  };
  const top = Math.max(...tokens.map(likeness));
  return tokens.filter((token) => likeness(token) === top);
}

function ambiguous(tokens: Jwt[]): Failure {
  const candidates = tokens.map(({ payload }, index) => ({
    users: usersIn(payload),
    expiresAt: isoOrNull(payload.exp),
    place: index + 1,
  }));
  return new Failure('token.ambiguous', { candidates });
}

/** Names what was pasted where a token belongs. */
function whatElse(text: string): Failure {
  const apiKey = /\b((?:pk|dk)_(?:prod|test)_|token_)\w/.exec(text);
  if (apiKey) return new Failure('token.api-key', { prefix: apiKey[1]! });
  if (/\bck_\w/.test(text)) return new Failure('token.client-key', {});
  if (/\beyJ[\w-]/.test(text)) return new Failure('token.cut-short', { segments: 1, inside: 'header' });
  // Binary: what decodes from no text encoding leaves U+FFFD, or NUL.
  const binary = text.includes('\0') || text.includes('\uFFFD');
  return new Failure('token.none', { bytes: Buffer.byteLength(text), binary });
}

