import * as v from 'valibot';
import { similar } from '../scopes/similar.js';
import type { JsonObject } from '../token/decode.js';

/** `value` as `schema` has it, or where and why it is not: `messages[0].user is missing`. */
export function read<T extends v.GenericSchema>(
  schema: T,
  value: unknown,
): { value: v.InferOutput<T> } | { problem: string } {
  // To valibot a list is an object, too.
  if (Array.isArray(value)) return { problem: 'it must be an object' };
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return { value: parsed.output };
  const [issue] = parsed.issues;
  const keys = (issue.path ?? []).map(({ key }) => key as string | number);
  const path = pathOf(keys);
  if (path === '') return { problem: issue.message };
  if (issue.expected === 'never') {
    const known = namesAt(schema as Walked, keys.slice(0, -1));
    return { problem: `${path} is not known here${meant(String(keys.at(-1)), known)}` };
  }
  if (issue.input === undefined) return { problem: `${path} is missing` };
  return { problem: `${path}: ${issue.message}` };
}

/** As JavaScript has it: `messages[0].user`. */
export function pathOf(keys: (string | number)[]): string {
  return keys
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
}

/** What is offered for a word that is none of those known. */
export function meant(word: string, known: string[]): string {
  const suggestion = similar(word, known);
  return suggestion === undefined ? '' : `: did you mean ${suggestion}?`;
}

/** What of valibot's schemas leads to others. */
interface Walked {
  entries?: Record<string, Walked>;
  item?: Walked;
  wrapped?: Walked;
  pipe?: Walked[];
}

/** The names that an object may have, at a path into what a schema describes. */
function namesAt(schema: Walked, [key, ...rest]: (string | number)[]): string[] {
  const inside = unwrapped(schema);
  if (key === undefined) return Object.keys(inside.entries ?? {});
  const next = typeof key === 'number' ? inside.item : inside.entries?.[key];
  return next ? namesAt(next, rest) : [];
}

function unwrapped(schema: Walked): Walked {
  const inner = schema.wrapped ?? schema.pipe?.find(({ entries }) => entries);
  return inner && inner !== schema ? unwrapped(inner) : schema;
}

/** From there on dates are written with more digits, and sort wrongly; in milliseconds. */
export const lastMoment = Date.parse('9999-12-31T23:59:59.999Z');

/** ISO 8601 with an offset: without one it would mean another moment on another machine. A date alone is its midnight in UTC. */
export const isoTime = v.pipe(
  v.string(),
  v.check(
    (text) => v.ISO_TIMESTAMP_REGEX.test(text) || v.ISO_DATE_REGEX.test(text),
    ({ received }) => `Invalid timestamp: Received ${received}`,
  ),
  v.check((text) => Date.parse(text) >= 0 && Date.parse(text) <= lastMoment, 'Invalid timestamp'),
);

/** Any object, and no list. */
export const object = v.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'Invalid type: Expected Object',
);

/** In a scope it stands behind a colon. */
export const brandId = v.pipe(v.string(), v.regex(/^[^:\s]+$/));

export function isIsoTime(text: string): boolean {
  return v.is(isoTime, text);
}
