import { apiKeyPattern } from '../token/api-key.js';
import { inertJson, visible } from './escape.js';

/** What stands in the place of a secret. */
const redacted = '[redacted]';

/** Nothing shorter is a key or a signature, and to redact it would garble every message. */
const shortest = 6;

/** Longer than any key or signature: what is so long is junk, and is only looked for as a whole. */
const longest = 1024;

/** A run of a secret this long gives it away, even where the rest was cut off. */
const tellingLength = 12;

const apiKeys = new RegExp(apiKeyPattern, 'g');

/** Keys and signatures to keep out of every text that leaves the process. */
export class Secrets {
  readonly #values = new Set<string>();

  /** From now on, `value` is redacted. */
  add(value: string): void {
    if (value.length < shortest) return;
    // As it is shown, where the way of showing changes it.
    for (const form of [value, visible(value)]) {
      this.#values.add(form);
      this.#values.add(inertJson(JSON.stringify(form)).slice(1, -1));
      this.#values.add(JSON.stringify(form).slice(1, -1));
    }
    this.#values.add(encodeURIComponent(value));
  }

  /** A token's signature; one much too short for a signature is a test fixture's stand-in, and no secret. */
  addSignature(signature: string): void {
    if (signature.length > 20) this.add(signature);
  }

  /** `text` without the secrets, whole or in telling part; what is `revealed` stays as it is. */
  redact(text: string, revealed?: string): string {
    if (revealed) {
      const around = text.split(revealed);
      return around.map((part) => this.redact(part)).join(revealed);
    }
    const byValue = [...this.#values]
      .toSorted((a, b) => b.length - a.length)
      .reduce((clean, secret) => redactOne(clean, secret), text);
    return redactShapes(byValue);
  }
}

/**
 * What looks like a key or a whole token is a secret too, whoever put it there: a server that repeats another request,
 * a key where a file's name belongs. The tests for a part of each spare most texts the patterns.
 */
function redactShapes(text: string): string {
  const keyless = /_(?:prod|test)_|token_/.test(text) ? text.replace(apiKeys, redacted) : text;
  return keyless.includes('eyJ') ? keyless.replace(/(eyJ[\w-]+\.[\w-]+\.)[\w-]{12,}/g, `$1${redacted}`) : keyless;
}

function redactOne(text: string, secret: string): string {
  let clean = text.replaceAll(secret, redacted);
  if (secret.length > longest) return clean;
  for (let start = 0; start + tellingLength <= secret.length; start += 1) {
    const run = secret.slice(start, start + tellingLength);
    for (let at = clean.indexOf(run); at >= 0; at = clean.indexOf(run)) {
      const length = commonLength(clean.slice(at), secret.slice(start));
      clean = clean.slice(0, at) + redacted + clean.slice(at + length);
    }
  }
  return clean;
}

/** How long two texts are the same from their beginnings. */
function commonLength(left: string, right: string): number {
  let length = 0;
  while (length < right.length && left[length] === right[length]) length += 1;
  return length;
}
