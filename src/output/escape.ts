import { unseen } from '../token/unseen.js';

/** Nearly all text: compiling the pattern above costs 2 ms, which it can be spared. */
const harmless = /^[ -~\n]*$/;

/** What is shown as it is, told in one pass: a busy log has many such. */
const inert = /^(?:[ !"$-9;-~]|#(?!#)|:(?!:))*$/;

const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Hostile text as it may be shown on one line: what is unseen becomes its escape, and GitHub's `::command::` and
 * `##[command]` are broken up.
 */
export function visible(text: string): string {
  if (inert.test(text)) return text;
  const seen =
    harmless.test(text) && !text.includes('\n')
      ? text
      : text.replace(unseen, (char) => named[char] ?? `\\u{${codeOf(char)}}`);
  return seen.replaceAll('::', ':\\u{3a}').replaceAll('##[', '#\\u{23}[');
}

/** A template whose values are hostile text. */
export function say(strings: TemplateStringsArray, ...values: (string | number)[]): string {
  return String.raw({ raw: strings }, ...values.map((value) => visible(String(value))));
}

/** One JSON document that parses to `value` and is inert on a terminal and in a log. */
export function toJson(value: unknown): string {
  return inertJson(JSON.stringify(value, null, 2));
}

/** The same on one line, for streams. */
export function documentLine(value: object): string {
  return inertJson(JSON.stringify(value));
}

/** A JSON text that parses to the same, with what is unseen or a command to GitHub as JSON's own escapes. */
export function inertJson(json: string): string {
  const seen = harmless.test(json)
    ? json
    : json.replace(unseen, (char) => (char === '\n' ? char : units(char).map(jsonEscape).join('')));
  return seen.replaceAll('::', ':\\u003a').replaceAll('##[', '#\\u0023[');
}

/** Cuts hostile text to a length that leaves a message readable. */
export function short(text: string, length = 80): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** JSON knows 16 bits at a time. */
function units(char: string): number[] {
  return Array.from({ length: char.length }, (_, i) => char.charCodeAt(i));
}

function jsonEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

function codeOf(char: string): string {
  return char.codePointAt(0)!.toString(16);
}
