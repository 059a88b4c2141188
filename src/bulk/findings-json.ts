import { mayRepeat, tellingRun } from '../output/secrets.js';
import type { Facts, Finding } from '../report.js';

/** `JSON.stringify` of findings, in a fifth of its time; undefined where a text in them is to be cleaned of secrets or of what is unseen. */
export class FindingsJson {
  readonly #isInert: (text: string) => boolean;
  readonly #runs = new WeakMap<Finding, Run>();

  /** `isInert`: whether a text is clean for all that is known before a token is. */
  constructor(isInert: (text: string) => boolean) {
    this.#isInert = isInert;
  }

  /** Those of a token with `signature`, which they may repeat. */
  of(findings: Finding[], signature: string): string | undefined {
    let json = '';
    for (let at = 0; at < findings.length;) {
      const run = this.#knownRun(findings, at) ?? this.#newRun(findings, at);
      const next = run ? runJson(run, signature) : this.#findingJson(findings[at]!, signature);
      if (next === undefined) return undefined;
      json += json === '' ? next : `,${next}`;
      at += run?.findings.length ?? 1;
    }
    return `[${json}]`;
  }

  /** A list of texts of a token with `signature`. */
  list(texts: string[], signature: string): string | undefined {
    let json = '';
    for (const text of texts) {
      const next = this.#textJson(text, signature);
      if (next === undefined) return undefined;
      json += json === '' ? next : `,${next}`;
    }
    return `[${json}]`;
  }

  #knownRun(findings: Finding[], at: number): Run | undefined {
    const run = this.#runs.get(findings[at]!);
    if (run === undefined) return undefined;
    for (let i = 1; i < run.findings.length; i += 1) if (findings[at + i] !== run.findings[i]) return undefined;
    return run;
  }

  #newRun(findings: Finding[], at: number): Run | undefined {
    const first = findings[at]!;
    if (!Object.isFrozen(first)) return undefined;
    const end = findings.findIndex((one, i) => i > at && !Object.isFrozen(one));
    const shared = findings.slice(at, end === -1 ? undefined : end);
    const texts = shared.flatMap(textsIn);
    const json = texts.every((text) => this.#isInert(text)) ? JSON.stringify(shared).slice(1, -1) : undefined;
    const run = { findings: shared, json, telling: texts.filter((text) => tellingRun.test(text)).join(' ') };
    this.#runs.set(first, run);
    return run;
  }

  #findingJson({ code, status, subject, facts, fix }: Finding, signature: string): string | undefined {
    const about = subject === undefined ? '' : this.#textJson(subject, signature);
    const known = this.#factsJson(facts, signature);
    const mend = fix && this.list(fix, signature);
    if (about === undefined || known === undefined || (fix && mend === undefined)) return undefined;
    const ends = `${about && `,"subject":${about}`},"facts":{${known}}${mend ? `,"fix":${mend}` : ''}`;
    return `{"code":"${code}","status":"${status}"${ends}}`;
  }

  #factsJson(facts: Facts, signature: string): string | undefined {
    let json = '';
    for (const name in facts) {
      const value = facts[name];
      if (value === undefined) continue;
      const next = this.#valueJson(value, signature);
      if (next === undefined) return undefined;
      json += `${json === '' ? '' : ','}"${name}":${next}`;
    }
    return json;
  }

  #valueJson(value: NonNullable<Facts[string]> | null, signature: string): string | undefined {
    if (typeof value === 'string') return this.#textJson(value, signature);
    if (Array.isArray(value)) return this.list(value, signature);
    return Number.isFinite(value) ? String(value) : JSON.stringify(value);
  }

  #textJson(text: string, signature: string): string | undefined {
    if (escaped.test(text) || !this.#isInert(text) || mayRepeat(text, signature)) return undefined;
    return `"${text}"`;
  }
}

/** What JSON writes otherwise, beside what is not inert. */
const escaped = /["\\\u0000-\u001f]/;

/** Findings that many tokens share stand beside each other, and their text is made once: by the first of them. */
interface Run {
  findings: Finding[];
  json: string | undefined;
  /** The texts in it that are long enough to repeat a signature. */
  telling: string;
}

function runJson({ json, telling }: Run, signature: string): string | undefined {
  return telling !== '' && mayRepeat(telling, signature) ? undefined : json;
}

function textsIn({ subject = '', facts, fix = [] }: Finding): string[] {
  return [subject, ...Object.values(facts).flat(), ...fix].filter((value) => typeof value === 'string');
}
