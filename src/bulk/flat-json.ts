import type { JsonObject } from '../token/decode.js';

/** As Courier writes claims: texts without escapes, and whole numbers. */
const flat = /^\{(?:"[a-z_]+":(?:"[ !#-[\]-~]*"|[1-9]\d{0,14}),?)*\}$/;

/** `JSON.stringify` of an object that was parsed from `json`, which nearly always is that already. */
export function flatJson(object: JsonObject, json: string): string {
  // What is written twice is longer than what was read of it.
  return flat.test(json) && lengthOf(object) === json.length ? json : JSON.stringify(object);
}

function lengthOf(object: JsonObject): number {
  let length = 1;
  for (const name in object) {
    const value = object[name];
    length += name.length + 4 + (typeof value === 'string' ? value.length + 2 : String(value).length);
  }
  return length;
}
