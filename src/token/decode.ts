import { jwtDecode } from 'jwt-decode';
import { Failure } from '../errors.js';

export type JsonObject = Record<string, unknown>;

/** The length of Courier's signatures: HS256 is 32 bytes, in base64url. Source: RFC 7518, 3.2. */
export const hs256Length = 43;

/** A JWT taken apart. Its signature is Courier's to verify: nothing here says that the claims are true. */
export interface Jwt {
  raw: string;
  header: JsonObject;
  payload: JsonObject;
  /** The part that must never be shown. */
  signature: string;
}

/**
 * Takes a bare JWT apart.
 *
 * jwt-decode accepts a missing signature and array or null payloads, so the shape is judged here.
 * @throws {Failure} `token.cut-short`, `token.unsigned`, `token.encrypted` or `token.part`
 */
export function decodeJwt(raw: string): Jwt {
  const segments = raw.split('.');
  const header = decodePart(segments[0] ?? '', 'header');
  if (segments.length === 5 && 'enc' in header) throw new Failure('token.encrypted', {});
  const [, payload, signature] = segments;
  if (!payload) throw new Failure('token.cut-short', { segments: 1, inside: 'payload' });
  if (!signature) {
    if (isUnsigned(header)) throw new Failure('token.unsigned', { algorithm: algorithmOf(header) });
    throw new Failure('token.cut-short', { segments: 2, inside: payloadOrNothing(payload) ? 'signature' : 'payload' });
  }
  return { raw, header, payload: decodePart(payload, 'payload'), signature };
}

/** What the header says of the algorithm, as text: nothing where it says nothing. */
export function algorithmOf({ alg }: JsonObject): string {
  return typeof alg === 'string' ? alg : JSON.stringify(alg ?? '').replaceAll('"', '');
}

export function isUnsigned(header: JsonObject): boolean {
  return ['', 'none'].includes(algorithmOf(header).toLowerCase());
}

/** The JSON object in one base64url segment. */
export function decodePart(segment: string, part: 'header' | 'payload'): JsonObject {
  return objectOf(parsePart(segment, part), part);
}

/** What a segment's JSON must be. */
export function objectOf(value: unknown, part: 'header' | 'payload'): JsonObject {
  if (value === null) throw new Failure('token.part', { part, problem: 'null' });
  if (Array.isArray(value)) throw new Failure('token.part', { part, problem: 'array' });
  if (typeof value !== 'object') throw new Failure('token.part', { part, problem: 'not-an-object' });
  if (isDeep(value)) throw new Failure('token.part', { part, problem: 'json' });
  return value as JsonObject;
}

/** No claim is nested so: what shows it would run out of stack. */
const deepest = 100;

function isDeep(value: unknown, depth = 0): boolean {
  if (depth > deepest) return true;
  if (typeof value !== 'object' || value === null) return false;
  // Of a stream each token is looked at: a list of the values would cost more than looking.
  for (const name in value) if (isDeep((value as JsonObject)[name], depth + 1)) return true;
  return false;
}

function parsePart(segment: string, part: 'header' | 'payload'): unknown {
  try {
    // `header: true` reads the first segment, whichever it is: one decoder for both parts.
    return jwtDecode<unknown>(segment, { header: true });
  } catch (error) {
    const problem = String(error).includes('invalid json') ? 'json' : 'base64url';
    // Without the cause: jwt-decode quotes the token's text.
    throw new Failure('token.part', { part, problem });
  }
}

function payloadOrNothing(segment: string): JsonObject | undefined {
  try {
    return decodePart(segment, 'payload');
  } catch {
    return undefined;
  }
}
