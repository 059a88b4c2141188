import type { RequestEntry } from '../request-entry.js';
import { short, visible } from './escape.js';
import { verdictSentence } from './messages/verdicts.js';
import type { Paint } from './paint.js';

/** What the emulator is called by, in the lines to paste. */
export function readyText(url: string, apiUrls: object, key: string | null, paint: Paint): string {
  return [
    `the emulated Courier is ready at ${paint.bold(url)}: Ctrl-C stops it.`,
    '',
    'for a backend, and for courier-jwt:',
    `  export COURIER_BASE_URL=${url}`,
    ...(key === null ? [] : [`  export COURIER_API_KEY=${key}`]),
    'for a front end, in signIn of @trycourier/courier-js and of what builds on it:',
    `  apiUrls: ${objectText(apiUrls)}`,
    '',
  ].join('\n');
}

/** As JavaScript is written by hand. */
function objectText(value: object): string {
  return JSON.stringify(value)
    .replace(/"(\w+)":/g, '$1: ')
    .replaceAll('"', "'")
    .replaceAll(',', ', ')
    .replaceAll('{', '{ ')
    .replaceAll('}', ' }');
}

/** A request in a line: when, what, how it ended, for whom, what was thought of its token, and why. */
export function requestLine(entry: RequestEntry, paint: Paint): string {
  const { at, method, path, operation, status, user, verdict, reason, fault, milliseconds } = entry;
  const what = `${visible(method)} ${visible(short(path))}${operation === null ? '' : ` ${paint.bold(visible(short(operation)))}`}`;
  const colour = status === null || status >= 500 ? paint.red : status >= 400 ? paint.yellow : paint.green;
  const because = reason === null ? [] : [visible(short(reason, 120))];
  const why = fault ? (reason === null ? ['as it was told to fail'] : because) : [verdictSentence(verdict), ...because];
  const whose = user === null ? [] : [visible(short(user, 60))];
  const parts = [paint.dim(at.slice(11, 19)), what, colour(String(status ?? 'no answer')), ...whose, ...why];
  return `${parts.join('  ')}  ${paint.dim(`${milliseconds} ms`)}`;
}
