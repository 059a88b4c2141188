import { say, short, visible } from './escape.js';
import type { Paint } from './paint.js';
import { relative } from './times.js';

interface Ready {
  url: string;
  users: string[];
  tenantScope: string;
  key: string;
}

/** Where the endpoint is, whose tokens it gives, and the line with which a front end asks. */
export function readyText({ url, users, tenantScope, key }: Ready, paint: Paint): string {
  const [first = ''] = users;
  const body = JSON.stringify({ userId: first }).replace(/^\{"userId":(.*)\}$/s, '{ userId: $1 }');
  return [
    `ready at ${paint.bold(visible(url))}: Ctrl-C stops it.`,
    say`gives tokens of ${tenantScope} for ${users.join(', ')}; key: ${key}`,
    '',
    'in the front end:',
    `  const response = await fetch('${visible(url)}', {`,
    "    method: 'POST',",
    "    headers: { 'Content-Type': 'application/json' },",
    say`    body: JSON.stringify(${body}),`,
    '  });',
    '  const { token, expiresAt } = await response.json();',
    '',
  ].join('\n');
}

/** What came of a request, or a token that was minted. */
export type ServedEntry = { at: string } & (
  | { event: 'token'; user: string; scopes: string[]; missing: string[]; expiresAt: string }
  | { event: 'refused'; status: number; code: keyof typeof refusals; user: string | null }
  | { event: 'failed'; status: number; user: string | null; reason: string }
);

/** In a line: when, how it ended, for whom, and why. `now` in seconds. */
export function servedLine(entry: ServedEntry, now: number, paint: Paint): string {
  const whose = entry.user === null ? [] : [visible(short(entry.user, 60))];
  const parts = [paint.dim(entry.at.slice(11, 19)), statusText(entry, paint), ...whose, whatOf(entry, now)];
  return parts.join('  ');
}

function statusText(entry: ServedEntry, paint: Paint): string {
  if (entry.event === 'token') return paint.green('200');
  return (entry.status >= 500 ? paint.red : paint.yellow)(String(entry.status));
}

function whatOf(entry: ServedEntry, now: number): string {
  if (entry.event === 'failed') return entry.reason;
  if (entry.event === 'refused') return refusals[entry.code];
  const { scopes, missing, expiresAt } = entry;
  const less = missing.length > 0 ? say`; Courier did not grant ${missing.join(', ')}` : '';
  return `${scopes.length} scopes, expires ${relative(Date.parse(expiresAt) / 1000 - now)}${less}`;
}

/** Why a call gets no token, by the codes of `courier-jwt/backend`: one without a sentence here does not compile in `serve`. */
const refusals = {
  'host.refused': 'the Host is no name of this machine',
  'origin.refused': 'a page of that origin is not let in: --origin lets it',
  'path.unknown': 'another path than --path',
  'method.not-allowed': 'it takes POST',
  'session.missing': 'without a session',
  'user.mismatch': "another user than the session's",
  'user.refused': 'not among --allow-user',
  'user.missing': 'the body names no userId, and --allow-user several',
  'user.invalid': 'that userId can be no user id',
  'body.malformed': 'the body is no JSON object',
  'body.cut-short': 'the body is cut short: whoever asked went away',
  'body.too-large': 'the body is too large',
};
