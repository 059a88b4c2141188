/**
 * Controls, line and paragraph separators, invisible and bidirectional marks, unpaired surrogates: what could move a
 * cursor, break a line or show a text as another.
 */
const unseen =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]/gu;

/** Nearly all text: compiling the pattern above costs 2 ms, which it can be spared. */
const harmless = /^[ -~\n]*$/;

const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Hostile text as it may be shown on one line: what is unseen becomes its escape, and GitHub's `::command::` and
 * `##[command]` are broken up.
 */
export function visible(text: string): string {
  const seen =
    harmless.test(text) && !text.includes('\n')
      ? text
      : text.replace(unseen, (char) => named[char] ?? `\\u{${codeOf(char)}}`);
  return seen.replaceAll('::', ':\\u{3a}').replaceAll('##[', '#\\u{23}[');
}

/** Whether all of it is seen: what is not cannot be shown and pasted both. */
export function isSeen(text: string): boolean {
  return text.search(unseen) === -1;
}

/** A template whose values are hostile text. */
export function say(strings: TemplateStringsArray, ...values: (string | number)[]): string {
  return String.raw({ raw: strings }, ...values.map((value) => visible(String(value))));
}

/** One JSON document that parses to `value` and is inert on a terminal and in a log. */
export function toJson(value: unknown): string {
  return inertJson(JSON.stringify(value, null, 2));
}

/** A JSON text that parses to the same, with what is unseen or a command to GitHub as JSON's own escapes. */
export function inertJson(json: string): string {
  const seen = harmless.test(json)
    ? json
    : json.replace(unseen, (char) => (char === '\n' ? char : `\\u${codeOf(char).padStart(4, '0')}`));
  return seen.replaceAll('::', ':\\u003a').replaceAll('##[', '#\\u0023[');
}

/** Cuts hostile text to a length that leaves a message readable. */
export function short(text: string, length = 80): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function codeOf(char: string): string {
  return char.codePointAt(0)!.toString(16);
}
