import { type JsonObject, objectOf } from './decode.js';
import { type FoundToken, headerStart, longestHeader, shortestHeader } from './find.js';
import { type Sign, isLocal } from './local.js';

/** A token with the JSON of its parts, for whoever looks at all that stands in it. */
export interface QuickToken {
  token: FoundToken;
  header: string;
  payload: string;
}

/** Of what is longer than a token's claims ever are. */
const longestPayload = 65_536;

const base64url = /^[\w-]+$/;

/**
 * `findToken` for a text that is a token and nothing else, with the same result, in a tenth of the time: of a stream nearly all
 * are. Undefined for whatever is unusual, or no token. Headers are shared: those of a stream are the same.
 */
export function quickFinder(sign: Sign): (text: string) => QuickToken | undefined {
  const bytes = Buffer.allocUnsafe(longestPayload);
  let known: KnownHeader | undefined;
  return (text) => {
    const [first, second] = [text.indexOf('.'), text.lastIndexOf('.')];
    const segment = text.slice(0, Math.max(0, first));
    if (known?.segment !== segment) known = readHeader(segment, bytes);
    const signature = text.slice(second + 1);
    if (!known || !base64url.test(signature)) return undefined;
    const json = decoded(text.slice(first + 1, second), bytes);
    const payload = json && objectIn(json);
    if (!payload) return undefined;
    const { header } = known;
    const token = { raw: text, header, payload, signature, doubledBearer: false, local: false };
    token.local = isLocal(token, sign);
    return { token, header: known.json, payload: json };
  };
}

interface KnownHeader {
  segment: string;
  json: string;
  header: JsonObject;
}

function readHeader(segment: string, bytes: Buffer): KnownHeader | undefined {
  if (segment.length < shortestHeader || segment.length > longestHeader || !headerStart.test(segment)) return undefined;
  const json = decoded(segment, bytes);
  const header = json && objectIn(json);
  return header ? { segment, json, header } : undefined;
}

/** The text of a segment; undefined where jwt-decode may take it for another: what is cut short, and bytes that are no UTF-8. */
function decoded(segment: string, bytes: Buffer): string | undefined {
  if (segment.length % 4 === 1 || segment.length > bytes.length || !base64url.test(segment)) return undefined;
  const text = bytes.toString('utf8', 0, bytes.write(segment, 'base64url'));
  return text.includes('\ufffd') ? undefined : text;
}

function objectIn(json: string): JsonObject | undefined {
  try {
    return objectOf(JSON.parse(json), 'payload');
  } catch {
    return undefined;
  }
}
