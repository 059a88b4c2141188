import type { Facts, Finding } from '../report.js';

/** `JSON.stringify` of findings, in a third of its time where nothing is to be mended. */
export function findingsJson(findings: Finding[]): string {
  let json = '';
  for (let at = 0; at < findings.length;) {
    const { length, json: next } = knownRun(findings, at) ?? newRun(findings, at);
    json += json === '' ? next : `,${next}`;
    at += length;
  }
  return `[${json}]`;
}

interface Run {
  findings: Finding[];
  length: number;
  json: string;
}

/** Findings that many tokens share stand beside each other, and their text is made once: by the first of them. */
const runs = new WeakMap<Finding, Run>();

function knownRun(findings: Finding[], at: number): Run | undefined {
  const run = runs.get(findings[at]!);
  if (run === undefined) return undefined;
  for (let i = 1; i < run.length; i += 1) if (findings[at + i] !== run.findings[i]) return undefined;
  return run;
}

function newRun(findings: Finding[], at: number): Pick<Run, 'length' | 'json'> {
  const first = findings[at]!;
  if (!Object.isFrozen(first)) return { length: 1, json: first.fix ? JSON.stringify(first) : passJson(first) };
  const end = findings.findIndex((one, i) => i > at && !Object.isFrozen(one));
  const shared = findings.slice(at, end === -1 ? undefined : end);
  const run = { findings: shared, length: shared.length, json: JSON.stringify(shared).slice(1, -1) };
  runs.set(first, run);
  return run;
}

function passJson({ code, status, subject, facts }: Finding): string {
  const about = subject === undefined ? '' : `,"subject":${valueJson(subject)}`;
  return `{"code":"${code}","status":"${status}"${about},"facts":{${factsJson(facts)}}}`;
}

function factsJson(facts: Facts): string {
  let json = '';
  for (const name in facts) {
    const value = facts[name];
    if (value !== undefined) json += `${json === '' ? '' : ','}"${name}":${valueJson(value)}`;
  }
  return json;
}

const unescaped = /^[ !#-[\]-~]*$/;

export function valueJson(value: Facts[string]): string {
  if (typeof value === 'string' && unescaped.test(value)) return `"${value}"`;
  return Array.isArray(value) && value.length === 1 ? `[${valueJson(value[0])}]` : JSON.stringify(value);
}
