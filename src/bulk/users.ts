import { parseJson } from '../courier/answers.js';
import { Failure, type FailureFacts } from '../errors.js';
import { similar } from '../scopes/similar.js';
import { type CsvRecord, CsvRecords, plain } from './csv.js';
import type { Line } from './lines.js';

/** How users are written down. */
export type UsersFormat = { kind: 'lines' } | { kind: 'csv'; column?: string | undefined };

/** One user as written down; what is left out is as for all. */
export interface UserRecord {
  user: string;
  scopes?: string[] | undefined;
  tenant?: string | undefined;
  expiresIn?: string | undefined;
}

/** A record, or why there is none; `key` tells it from others: the user, or else what stands there. `line`: of a file. */
export type ReadRecord = { line?: number | undefined; key: string } & (
  | { record: UserRecord }
  /** `isNamed`: the key is a user, who only asks for something that cannot be. */
  | { problem: FailureFacts['usage.user-line']; isNamed?: boolean }
);

/** Of those at the end of a chunk so many are kept, to be told of. */
const mostEmpty = 100;

/** Nothing that names one user is longer, in characters. */
export const longestLine = 65_536;

/**
 * The users of a stream of lines: an id alone, or a JSON object with `user`; or CSV with a header.
 * @throws {Failure} `usage.users-column`
 */
export async function* usersOf(batches: AsyncIterable<Line[]>, format: UsersFormat): AsyncGenerator<ReadRecord> {
  const csv = format.kind === 'csv' ? new CsvRecords(longestLine, format.column) : undefined;
  // Of a CSV a line of tabs alone is a record.
  const isEmpty = ({ text }: Line) => (csv ? text : text.trim()) === '';
  for await (const lines of withoutEmptyEnd(batches, isEmpty))
    if (csv) yield* csv.add(lines).map(userIn);
    // One at a time: all of a chunk at once would take some megabytes more.
    else for (const line of lines) yield readLine(line);
  if (csv) yield* csv.end().map(userIn);
}

/** Empty lines at the end of a file are nobody's mistake; one in between may have been a user. */
async function* withoutEmptyEnd(
  batches: AsyncIterable<Line[]>,
  isEmpty: (line: Line) => boolean,
): AsyncGenerator<Line[]> {
  let empty: Line[] = [];
  for await (const lines of batches) {
    const end = lines.findLastIndex((line) => !isEmpty(line)) + 1;
    if (end > 0) {
      yield empty.length === 0 && end === lines.length ? lines : [...empty, ...lines.slice(0, end)];
      empty = [];
    }
    empty.push(...lines.slice(end, end + mostEmpty - empty.length));
  }
}

function readLine({ number, text, isTooLong }: Line): ReadRecord {
  const problem = isTooLong ? 'too-long' : text.includes('\ufffd') ? 'not-utf8' : undefined;
  if (problem) return { line: number, ...unread(text, { problem }) };
  if (number === 1 && looksLikeCsv(text)) throw new Failure('usage.users-csv', { header: text });
  if (number === 1 && /^\s*\[/.test(text)) throw new Failure('usage.users-array', {});
  const isJson = /^\s*[{"]/.test(text) || (/^\s*\[/.test(text) && parseJson(text) !== undefined);
  return isJson ? readJson(number, text) : { line: number, key: text, record: { user: text } };
}

/** A header, and no id: those who have commas in their ids write JSON. */
function looksLikeCsv(text: string): boolean {
  return /^"?[A-Za-z][\w ]*"?(?:[,;\t]"?[A-Za-z][\w ]*"?)+$/.test(text) && /user|\bid\b|mail|\bname\b/i.test(text);
}

const names = ['user', 'scopes', 'tenant', 'expiresIn'];
/** What else stands in a line that `issue --users` wrote: it names a user, too. */
const written = ['token', 'expiresAt', 'error'];

function readJson(line: number, text: string): ReadRecord {
  return { line, ...recordIn(parseJson(text), () => text) };
}

/**
 * What names a user, as JSON has it and callers without types: a text, or an object with `user`. `textOf`: what stands there,
 * for what names none.
 */
export function recordIn(value: unknown, textOf: () => string): ReadRecord {
  if (isText(value)) return { key: value, record: { user: value } };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return unread(textOf(), { problem: 'json' });
  const object = value as Record<string, unknown>;
  const { user, scopes, tenant, expiresIn } = object;
  const hasUser = 'user' in object;
  // What was meant by it would be left out, and nobody would see. Beside a user there may be other ids.
  const misnamed = Object.keys(object).find((name) => {
    const meant = meantBy(name);
    return meant !== undefined && !(meant === 'user' && hasUser);
  });
  if (misnamed !== undefined) {
    const suggestion = meantBy(misnamed) ?? '';
    const problem = { problem: 'unknown', subject: misnamed, suggestion } as const;
    return isText(user) ? { key: user, problem, isNamed: true } : unread(textOf(), problem);
  }
  if (!isText(user)) return unread(textOf(), { problem: 'no-user', ...(hasUser && { subject: 'user' }) });
  const subject = Object.entries({
    scopes: isText(scopes) || isTexts(scopes),
    tenant: isText(tenant),
    expiresIn: isText(expiresIn),
  }).find(([name, isRight]) => !isRight && !isNothing(object[name]))?.[0];
  if (subject) return { key: user, problem: { problem: 'type', subject }, isNamed: true };
  const own = { scopes: isText(scopes) ? [scopes] : scopes, tenant, expiresIn };
  const given = Object.entries(own).filter(([, one]) => !isNothing(one));
  return { key: user, record: { user, ...(Object.fromEntries(given) as Partial<UserRecord>) } };
}

/** Other names of theirs, besides misspelt ones. */
const others: Record<string, string> = {
  userid: 'user',
  id: 'user',
  for: 'scopes',
  surfaces: 'scopes',
  ttl: 'expiresIn',
  expiry: 'expiresIn',
  expires: 'expiresIn',
};

/** The field that was probably meant by one that there is not; undefined for what is nothing like one. */
function meantBy(name: string): string | undefined {
  if (names.includes(name) || written.includes(name)) return undefined;
  return others[plain(name)] ?? similar(name, names);
}

/** Databases write null for what is not there. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** An empty list would be as none at all, and mint the default set: whoever wrote it meant anything but that. */
function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}

function userIn({ line, text, user, problem }: CsvRecord): ReadRecord {
  if (problem) return { line, ...unread(text, { problem }) };
  if (user.includes('\ufffd')) return { line, ...unread(text, { problem: 'not-utf8' }) };
  return { line, key: user, record: { user } };
}

/** Of what is no user its beginning tells it from others. */
const longestKey = 200;

function unread(key: string, problem: FailureFacts['usage.user-line']): ReadRecord {
  return { key: key.slice(0, longestKey), problem };
}
