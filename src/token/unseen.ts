/**
 * Controls, line and paragraph separators, invisible and bidirectional marks, tags, unpaired surrogates: what could move a
 * cursor, break a line or show a text as another.
 */
export const unseen =
  /[\u{e0100}-\u{e01ef}\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u115f\u1160\u3164\uffa0\ud800-\udfff\u{e0000}-\u{e007f}]/gu;

/** Whether all of it is seen: what is not cannot be both shown and pasted. */
export function isSeen(text: string): boolean {
  return text.search(unseen) === -1;
}
