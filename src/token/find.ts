import { Failure } from '../errors.js';
import { memo } from '../memo.js';
import { apiKeyPattern } from './api-key.js';
import { usersIn } from './claims.js';
import { type Jwt, decodeJwt, decodePart, hs256Length } from './decode.js';
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
 * wrapped over lines. Linear in the length of the text. `decode` does what `decodeJwt` does.
 * @throws {Failure} of the `token` family, which names what stands there instead
 */
export function findToken(text: string, decode = decodeJwt): FoundToken {
  const tokens = decodeAll(candidatesIn(text), decode);
  const joined = decodeAll(unwrapped(text, tokens.filter(isRead)), decode).filter(isRead);
  const best = mostLikeCourier(joined.length > 0 ? joined : tokens.filter(isRead));
  if (best.length > 1) throw ambiguous(best);
  const [token] = best;
  if (token) return { ...token, doubledBearer: isDoubled(text, token.raw), local: isLocal(token) };
  throw tokens.find((one) => one instanceof Failure) ?? whatElse(text);
}

/** Whether `Bearer Bearer` stands right before it; a token that is wrapped over lines begins where the first one does. */
function isDoubled(text: string, raw: string): boolean {
  const places = text.includes(raw) ? text.split(raw).slice(0, -1) : text.split('eyJ').slice(0, 1);
  return places.some((before) => /\bbearer[\s:]+bearer\s+$/i.test(before.slice(-100)));
}

/** `h.p.s` triples whose header is a JSON object, and what is left of such a triple, to be named as cut short. */
function candidatesIn(text: string): string[] {
  const found: string[] = [];
  for (const [word] of text.matchAll(wordPattern)) {
    const segments = word.split('.');
    for (let at = 0; at < segments.length - 1; at += 1) {
      const header = headerOf(segments[at]!);
      if (header === undefined) continue;
      const left = segments.length - at;
      // Where only one part follows, what looks like the header may be the payload after a header that was damaged.
      const damaged = left === 2 && at > 0 ? [segments[at - 1]!] : [];
      const length = left >= 5 && isEncrypted(header) ? 5 : 3;
      found.push([...damaged, header, ...segments.slice(at + 1, at + length)].join('.'));
      at += length - 1;
    }
  }
  return [...new Set(found)];
}

/** `{"a":1}` in base64url: what is shorter need not be decoded to know that it is no header. */
export const shortestHeader = 10;
export const longestHeader = 8192;

/** A header and its dot at least, which most words are not. With `{11,}` a word of megabytes would take all of the stack. */
const wordPattern = new RegExp(`[\\w.-]{${shortestHeader}}[\\w.-]+`, 'g');

/** `{` and what may follow it. */
export const headerStart = /^e[w-z]/;

/** The header at the end of a segment: in `Bearer%20eyJ…` and in JSON's `\neyJ…` it has something before it. */
function headerOf(segment: string): string | undefined {
  const start = segment.indexOf('eyJ');
  if (segment.length < shortestHeader || segment.length > longestHeader) return undefined;
  return [segment, start > 0 ? segment.slice(start) : ''].find((part) => headerStart.test(part) && isObject(part));
}

/** Looked at first, for a failure of the decoder costs a hundred times as much. */
function endsAsObject(segment: string): boolean {
  return /[}\s]$/.test(Buffer.from(segment, 'base64url').toString('latin1'));
}

/** A text of many tokens has one header again and again. */
const isObject = memo((segment: string): boolean => {
  if (!endsAsObject(segment)) return false;
  try {
    return Boolean(decodePart(segment, 'header'));
  } catch {
    return false;
  }
});

function isEncrypted(header: string): boolean {
  return 'enc' in decodePart(header, 'header');
}

/** A token that a terminal or a mail wrapped over lines, unless one stands there whole: nothing but its own characters. */
function unwrapped(text: string, read: Jwt[]): string[] {
  if (read.some(({ signature }) => signature.length >= hs256Length)) return [];
  const bare = text.trim().replace(/^(?:bearer\s+){1,9}/i, '');
  if (!/[\r\n]/.test(bare) || !/^[\w.\s-]+$/.test(bare)) return [];
  const joined = bare.replace(/\s+/g, '');
  const [header = '', , signature = '', ...more] = joined.split('.');
  const whole = signature !== '' && more.length === 0 && headerOf(header) === header;
  return whole && (read.length === 0 || signature.length === hs256Length) ? [joined] : [];
}

function decodeAll(raws: string[], decode: typeof decodeJwt): (Jwt | Failure)[] {
  return raws.map((raw) => {
    try {
      return decode(raw);
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
  });
}

function isRead(token: Jwt | Failure): token is Jwt {
  return !(token instanceof Failure);
}

/** Courier's own first (`tenant_scope`, or a scope that names a user), then any with a `scope`, then any JWT. */
function mostLikeCourier(tokens: Jwt[]): Jwt[] {
  const likeness = ({ payload }: Jwt) => {
    if (typeof payload.scope !== 'string') return 0;
    return 'tenant_scope' in payload || usersIn(payload).length > 0 ? 2 : 1;
  };
  const top = tokens.reduce((most, token) => Math.max(most, likeness(token)), 0);
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
  const [apiKey] = apiKeyPattern.exec(text) ?? [];
  if (apiKey) return new Failure('token.api-key', { prefix: /^(?:[pd]k_(?:prod|test)_|token_)/.exec(apiKey)![0] });
  if (/\bck_\w/.test(text)) return new Failure('token.client-key', {});
  if (/\beyJ[\w-]/.test(text)) return new Failure('token.cut-short', { segments: 1, inside: 'header' });
  // Binary: what decodes from no text encoding leaves U+FFFD, or NUL.
  const binary = text.includes('\0') || text.includes('\uFFFD');
  return new Failure('token.none', { bytes: Buffer.byteLength(text.replaceAll('\uFFFD', '?')), binary });
}
