import { Failure } from '../../errors.js';
import { sessionless } from '../../probe/plan.js';
import { limitBytes, readTextFile } from '../text-file.js';
import type { Tools } from '../tools.js';
import { cookiesIn } from './cookie-jar.js';

/** Those that Node sets itself, or that say how an answer is packed. */
const ofTheConnection = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** A header, or what is to be one, and where it stands. */
interface Line {
  text: string;
  /** `session.txt:3`; empty on the command line. */
  place: string;
}

/**
 * The headers of a session, by lower-case names; their values are redacted from here on. A file has one a line, or is a
 * cookie jar; what a browser shows of a request may be pasted there whole.
 * @throws {Failure} `usage.value`, without the value, or `usage.file`
 */
export async function sessionHeaders(
  given: string[],
  url: URL,
  users: string[],
  tools: Tools,
): Promise<Record<string, string>> {
  const lines = (await Promise.all(given.map(async (one) => linesOf(one, url, tools)))).flat();
  const headers = lines.map(headerIn);
  for (const [name, value] of headers)
    if (!sessionless.has(name)) valuesIn(value, users).forEach((one) => tools.secrets.add(one));
  const repeatedName = headers.map(([name]) => name).find((name, i, names) => names.indexOf(name) !== i);
  if (repeatedName !== undefined) throw new Failure('usage.repeated', { option: `--header ${repeatedName}` });
  return Object.fromEntries(headers);
}

async function linesOf(given: string, url: URL, tools: Tools): Promise<Line[]> {
  if (!given.startsWith('@')) return [{ text: given, place: '' }];
  const path = given.slice(1);
  const read = path === '-' ? await tools.context.stdin.read(limitBytes) : await readTextFile('--header', path, tools);
  const text = (read ?? '').replace(/^\uFEFF/, '');
  const cookies = cookiesIn(text, url, tools.context.now());
  if (cookies === '') throw wrong(given, `that cookie jar has no cookie for ${url.host}`);
  if (cookies !== undefined) return [{ text: `Cookie: ${cookies}`, place: path }];
  const lines = text
    .split(/\r?\n/)
    .map((line, i) => ({ text: line, place: `${path}:${i + 1}` }))
    .filter((line) => !isOfRequest(line.text));
  if (lines.length === 0) throw wrong(given, 'there is no header in it');
  return lines;
}

/** What else stands where a browser shows a request: its first line, what is about the connection, what begins with a colon. */
function isOfRequest(line: string): boolean {
  const [, name] = /^\s*([\w-]+)\s*:/.exec(line) ?? [];
  return /^\s*(?:[#:].*|[A-Z]+ \S+ HTTP\/[\d.]+)?\s*$/.test(line) || ofTheConnection.has(name?.toLowerCase() ?? '');
}

function headerIn({ text, place }: Line): [string, string] {
  const [, name = '', value = ''] = /^\s*([!#$%&'*+.^\w`|~-]+)\s*:\s*(.*?)\s*$/s.exec(text) ?? [];
  const at = (said: string) => [place, said].filter(Boolean).join(': ');
  // Neither is repeated: a header is a secret, wherever its colon is.
  if (name === '') throw wrong(at('…'), "it takes 'Name: value', or @ and a file with such lines, or a cookie jar");
  if (value === '') throw wrong(at(name), 'it has no value, as of a variable that is empty');
  if (!/^[\t\x20-\x7e\x80-\xff]+$/.test(value)) throw wrong(at(`${name}: …`), 'a header has no such characters in it');
  if (name.toLowerCase() === 'set-cookie')
    throw wrong(at(`${name}: …`), 'a server sends that; what a browser sends is Cookie: name=value');
  if (ofTheConnection.has(name.toLowerCase())) throw wrong(at(`${name}: …`), 'it is not to be chosen');
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
