import { expect, it } from 'vitest';
import { paintFor } from '../../src/output/paint.js';
import { type ServedEntry, readyText, servedLine } from '../../src/output/serve-text.js';

const plain = await paintFor(false);
const coloured = await paintFor(true);
const at = '2026-11-30T16:53:16.271Z';
const now = Date.parse(at) / 1000;
const token = { at, event: 'token' as const, user: 'alice', scopes: ['user_id:alice', 'read:brands'], missing: [] };

it.each<[entry: ServedEntry, line: string]>([
  [{ ...token, expiresAt: '2026-11-30T17:53:16Z' }, '16:53:16  200  alice  2 scopes, expires in 1 hour'],
  [
    { ...token, expiresAt: '2026-11-30T16:55:16Z', missing: ['inbox:read:messages', 'x\n::y'] },
    '16:53:16  200  alice  2 scopes, expires in 2 minutes; Courier did not grant inbox:read:messages, x\\n:\\u{3a}y',
  ],
  [
    { at, event: 'refused', status: 403, code: 'user.refused', user: `\u001b[2J${'b'.repeat(99)}` },
    `16:53:16  403  \\u{1b}[2J${'b'.repeat(56)}…  not among --allow-user`,
  ],
  [
    { at, event: 'refused', status: 403, code: 'origin.refused', user: null },
    '16:53:16  403  a page of that origin is not let in: --origin lets it',
  ],
  [
    { at, event: 'refused', status: 400, code: 'body.cut-short', user: null },
    '16:53:16  400  the body is cut short: whoever asked went away',
  ],
  [
    { at, event: 'failed', status: 502, user: 'alice', reason: 'Courier refused the key.' },
    '16:53:16  502  alice  Courier refused the key.',
  ],
])('a line for %j', (entry, line) => expect(servedLine(entry, now, plain)).toBe(line));

it('its status is green, yellow or red', () => {
  const statuses: ServedEntry[] = [
    { ...token, expiresAt: at },
    { at, event: 'refused', status: 401, code: 'session.missing', user: null },
    { at, event: 'failed', status: 503, user: null, reason: '' },
  ];
  expect(statuses.map((entry) => servedLine(entry, now, coloured).includes(colourOf(entry)))).toEqual([
    true,
    true,
    true,
  ]);
  function colourOf(entry: ServedEntry): string {
    if (entry.event === 'token') return coloured.green('200');
    return entry.status === 401 ? coloured.yellow('401') : coloured.red('503');
  }
});

it('what comes from elsewhere is harmless in what is to be pasted', () => {
  const text = readyText({ url: 'http://127.0.0.1:1/a', users: ['"\u001b\\'], tenantScope: '\u0007', key: 'k' }, plain);
  expect(text.split('\n').slice(1, 8)).toEqual([
    'gives tokens of \\u{7} for "\\u{1b}\\; key: k',
    '',
    'in the front end:',
    "  const response = await fetch('http://127.0.0.1:1/a', {",
    "    method: 'POST',",
    "    headers: { 'Content-Type': 'application/json' },",
    '    body: JSON.stringify({ userId: "\\"\\u001b\\\\" }),',
  ]);
});
