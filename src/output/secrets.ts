import { apiKeyPattern } from '../token/api-key.js';
import { mapSignatures } from '../token/signatures.js';
import { inertJson, visible } from './escape.js';

/** What stands in the place of a secret. */
const redacted = '[redacted]';

/** Nothing shorter is a key or a signature, and to redact it would garble every message. */
const shortest = 6;

/** Longer than any key or signature: what is so long is junk, and is only looked for as a whole. */
const longest = 1024;

/** A run of a secret this long gives it away, even where the rest was cut off. */
const tellingLength = 12;

/** A telling run holds one whole of the blocks that begin so often in the text or in the secret: few are to be looked for. */
const blockLength = 4;
const blockEvery = tellingLength - blockLength + 1;

const apiKeys = new RegExp(apiKeyPattern, 'g');

function isNumber(text: string): boolean {
  return /^\d*$/.test(text);
}

/** Keys and signatures to keep out of every text that leaves the process. */
export class Secrets {
  readonly #values = new Set<string>();
  /** Those of the values that their runs do not find, the longest first. */
  #wholes: string[] = [];
  readonly #runs = new Set<string>();
  /** Those of the runs, from wherever they are counted: most texts have none of them. */
  readonly #blocks = new Set<string>();

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  /** From now on, `value` is redacted. */
  add(value: string): void {
    // No key and no signature is a number: in JSON a redacted number would be no JSON.
    if (value.length < shortest || isNumber(value)) return;
    // As it is shown, where the way of showing changes it.
    for (const form of [value, visible(value)]) {
      this.#add(form);
      this.#add(inertJson(JSON.stringify(form)).slice(1, -1));
      this.#add(JSON.stringify(form).slice(1, -1));
    }
    this.#add(encodeURIComponent(value));
  }

  #add(form: string): void {
    if (this.#values.has(form)) return;
    this.#values.add(form);
    // Each call looks for each of them: of thousands of signatures that would be long.
    if (form.length < tellingLength || form.length > longest || /\d{12}/.test(form))
      this.#wholes = [...this.#wholes, form].toSorted((a, b) => b.length - a.length);
    if (form.length > longest) return;
    for (let at = 0; at + tellingLength <= form.length; at += 1) this.#addRun(form.slice(at, at + tellingLength));
  }

  #addRun(run: string): void {
    if (isNumber(run)) return;
    this.#runs.add(run);
    for (let at = 0; at < blockEvery; at += 1) this.#blocks.add(run.slice(at, at + blockLength));
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
    const byValue = this.#wholes.reduce((clean, secret) => clean.replaceAll(secret, redacted), text);
    return redactShapes(this.#withoutRuns(byValue));
  }

  #mayHoldRun(text: string): boolean {
    for (let at = 0; at + blockLength <= text.length; at += blockEvery)
      if (this.#blocks.has(text.slice(at, at + blockLength))) return true;
    return false;
  }

  /** Every telling run of a secret becomes one mark: in one pass, for a token may repeat its signature many times. */
  #withoutRuns(text: string): string {
    if (this.#blocks.size === 0 || !this.#mayHoldRun(text)) return text;
    const isRun = (at: number) => this.#runs.has(text.slice(at, at + tellingLength));
    const parts: string[] = [];
    let from = 0;
    for (let at = 0; at + tellingLength <= text.length; at += 1) {
      if (!isRun(at)) continue;
      let last = at;
      while (isRun(last + 1)) last += 1;
      parts.push(text.slice(from, at));
      from = last + tellingLength;
      at = from - 1;
    }
    return [...parts, text.slice(from)].join(redacted);
  }
}

/**
 * What looks like a key or a whole token is a secret too, whoever put it there: a server that repeats another request,
 * a key where a file's name belongs. The tests for a part of each spare most texts the patterns.
 */
function redactShapes(text: string): string {
  const keyless = /_(?:prod|test)_|token_/.test(text) ? text.replace(apiKeys, redacted) : text;
  return mapSignatures(keyless, () => redacted);
}

/** What is long enough to give a signature away. */
export const tellingRun = new RegExp(`[\\w-]{${tellingLength}}`);

/** Whether a telling run of a secret may stand in a text: told so quickly that a stream can ask it of each token. */
export function mayRepeat(text: string, secret: string): boolean {
  if (text.length < tellingLength) return false;
  for (let at = 0; at + blockLength <= secret.length; at += blockEvery)
    // `includes` takes three times as long.
    if (text.indexOf(secret.slice(at, at + blockLength)) !== -1) return true;
  return false;
}
