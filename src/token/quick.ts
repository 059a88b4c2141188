import { type JsonObject, type Jwt, decodeJwt, objectOf } from './decode.js';
import { type FoundToken, headerStart, longestHeader, shortestHeader } from './find.js';
import { type Sign, isLocal } from './local.js';

/** A token with the JSON of its parts, for whoever looks at all that stands in it. */
export interface QuickToken {
  token: FoundToken;
  header: string;
  payload: string;
}

/** In characters: a line of a stream is no longer. */
const longestPayload = 1024 * 1024;

/** Faster than to look for the reverse. */
const notBase64url = /[^\w-]/;

/**
 * `findToken` for a text that is a token and nothing else, with the same result, in a tenth of the time: of a stream nearly all
 * are. Undefined for whatever is unusual, or no token. Headers are shared: those of a stream are the same.
 */
export function quickFinder(sign: Sign): (text: string) => QuickToken | undefined {
  const bytes = Buffer.allocUnsafe(longestPayload);
  let known: KnownHeader | undefined;
  return (text) => {
    if (known === undefined || !text.startsWith(known.start)) known = readHeader(text, bytes);
    if (known === undefined) return undefined;
    const first = known.start.length;
    const second = text.indexOf('.', first);
    const signature = text.slice(second + 1);
    if (second === -1 || signature === '' || notBase64url.test(signature)) return undefined;
    const json = decoded(text.slice(first, second), bytes);
    const payload = json && objectIn(json);
    if (!payload) return undefined;
    const token = { raw: text, header: known.header, payload, signature, doubledBearer: false, local: false };
    token.local = isLocal(token, sign);
    return { token, header: known.json, payload: json };
  };
}

/** As `decodeJwt`, in a tenth of the time where `quick` finds it. */
export function decoderBy(quick: ReturnType<typeof quickFinder>): (raw: string) => Jwt {
  return (raw) => quick(raw)?.token ?? decodeJwt(raw);
}

interface KnownHeader {
  /** The segment, and its dot. */
  start: string;
  json: string;
  header: JsonObject;
}

function readHeader(text: string, bytes: Buffer): KnownHeader | undefined {
  const segment = text.slice(0, Math.max(0, text.indexOf('.')));
  if (segment.length < shortestHeader || segment.length > longestHeader || !headerStart.test(segment)) return undefined;
  const json = decoded(segment, bytes);
  const header = json && objectIn(json);
  return header ? { start: `${segment}.`, json, header } : undefined;
}

/** The text of a segment; undefined where jwt-decode may take it for another: what base64url is written otherwise, and bytes that are no UTF-8. */
function decoded(segment: string, bytes: Buffer): string | undefined {
  if (segment.length > bytes.length) return undefined;
  const length = bytes.write(segment, 'base64url');
  // Written again, it is the same: told sooner than by its characters.
  if (bytes.toString('base64url', 0, length) !== segment) return undefined;
  const text = bytes.toString('utf8', 0, length);
  return text.includes('\ufffd') ? undefined : text;
}

function objectIn(json: string): JsonObject | undefined {
  try {
    return objectOf(JSON.parse(json), 'payload');
  } catch {
    return undefined;
  }
}
