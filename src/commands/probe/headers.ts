import { Failure } from '../../errors.js';
import { limitBytes, readTextFile } from '../text-file.js';
import type { Tools } from '../tools.js';

/** Those that Node sets itself: said twice, a request is malformed. */
const ofTheConnection = new Set(['connection', 'content-length', 'host', 'transfer-encoding', 'upgrade']);

/** Those that hold no secret, and whose values stand in any text. */
const harmless = new Set([
  'accept',
  'accept-language',
  'content-type',
  'origin',
  'referer',
  'user-agent',
  'x-requested-with',
]);

/**
 * The headers of a session, by lower-case names; their values are redacted from here on.
 * @throws {Failure} `usage.value`, without the value, or `usage.file`
 */
export async function sessionHeaders(given: string[], users: string[], tools: Tools): Promise<Record<string, string>> {
  const lines = (await Promise.all(given.map(async (one) => linesOf(one, tools)))).flat();
  const headers = lines.map(headerIn);
  for (const [name, value] of headers)
    if (!harmless.has(name)) valuesIn(value, users).forEach((one) => tools.secrets.add(one));
  const repeatedName = headers.map(([name]) => name).find((name, i, names) => names.indexOf(name) !== i);
  if (repeatedName !== undefined) throw new Failure('usage.repeated', { option: `--header ${repeatedName}` });
  return Object.fromEntries(headers);
}

async function linesOf(given: string, tools: Tools): Promise<string[]> {
  if (!given.startsWith('@')) return [given];
  const path = given.slice(1);
  const text =
    path === '-' ? ((await tools.context.stdin.read(limitBytes)) ?? '') : await readTextFile('--header', path, tools);
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  if (lines.length === 0) throw wrong(given, 'there is no header in it');
  return lines;
}

function headerIn(line: string): [string, string] {
  const [, name = '', value = ''] = /^\s*([!#$%&'*+.^\w`|~-]+)\s*:\s*(.*?)\s*$/s.exec(line) ?? [];
  // Neither is repeated: a header is a secret, wherever its colon is.
  if (name === '') throw wrong('…', "it takes 'Name: value', or @ and the name of a file with such lines");
  if (value === '') throw wrong(`${name}: `, 'it has no value. Is a variable empty?');
  if (!/^[\t\x20-\x7e\x80-\xff]+$/.test(value)) throw wrong(`${name}: …`, 'a header has no such characters in it');
  if (ofTheConnection.has(name.toLowerCase())) throw wrong(`${name}: …`, 'it is not to be chosen');
  return [name.toLowerCase(), value];
}

/** All of a header, and each value in it that a server may repeat alone: of a cookie, behind Bearer. A user id is no secret. */
function valuesIn(value: string, users: string[]): string[] {
  return [value, ...value.split(/[;,\s]+/).map((part) => part.slice(part.indexOf('=') + 1))].filter(
    (one) => one.length >= 8 && !users.includes(one),
  );
}

function wrong(value: string, reason: string): Failure {
  return new Failure('usage.value', { option: '--header', value, reason });
}
