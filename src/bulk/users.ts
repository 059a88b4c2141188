import { Failure } from '../errors.js';
import { similar } from '../scopes/similar.js';
import { type CsvRecord, CsvRecords } from './csv.js';
import type { Line } from './lines.js';

/** How users are written down. */
export type UsersFormat = { kind: 'lines' } | { kind: 'csv'; column?: string | undefined };

/** One user as written down; what is left out is as for all. */
export interface UserRecord {
  user: string;
  scopes?: string[];
  tenant?: string;
  expiresIn?: string;
}

/** A record, or why there is none; `key` tells it from others: the user, or else what stands there. */
export type ReadRecord = { line: number; key: string } & ({ record: UserRecord } | { failure: Failure });

/** Nothing that names one user is longer, in characters. */
export const longestLine = 65_536;

/**
 * The users of a stream of lines: an id alone, or a JSON object with `user`; or CSV with a header.
 * @throws {Failure} `usage.users-column`
 */
export async function* usersOf(batches: AsyncIterable<Line[]>, format: UsersFormat): AsyncGenerator<ReadRecord> {
  if (format.kind === 'csv') {
    const records = new CsvRecords(longestLine, format.column);
    for await (const lines of batches) yield* records.add(lines).map(userIn);
    yield* records.end().map(userIn);
    return;
  }
  for await (const lines of batches) for (const line of lines) yield readLine(line);
}

function readLine({ number, text, isTooLong }: Line): ReadRecord {
  const problem = isTooLong ? 'too-long' : text.includes('\ufffd') ? 'not-utf8' : undefined;
  if (problem) return unread(number, text, { problem });
  if (number === 1 && looksLikeCsv(text)) throw new Failure('usage.users-csv', { header: text });
  return text.startsWith('{') ? readJson(number, text) : { line: number, key: text, record: { user: text } };
}

/** A header, and no id: those who have commas in their ids write JSON. */
function looksLikeCsv(text: string): boolean {
  return /^"?[A-Za-z][\w ]*"?(?:[,;\t]"?[A-Za-z][\w ]*"?)+$/.test(text) && /user|\bid\b/i.test(text);
}

const names = ['user', 'scopes', 'tenant', 'expiresIn'];
/** What else stands in a line that `issue --users` wrote: it names a user, too. */
const written = ['token', 'expiresAt', 'error'];

function readJson(line: number, text: string): ReadRecord {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return unread(line, text, { problem: 'json' });
  const object = value as Record<string, unknown>;
  const { user, scopes, tenant, expiresIn } = object;
  if (typeof user !== 'string')
    return unread(line, text, { problem: 'no-user', ...('user' in object && { subject: 'user' }) });
  const subject = [
    scopes === undefined || typeof scopes === 'string' || isTexts(scopes) ? '' : 'scopes',
    tenant === undefined || typeof tenant === 'string' ? '' : 'tenant',
    expiresIn === undefined || typeof expiresIn === 'string' ? '' : 'expiresIn',
  ].find(Boolean);
  if (subject) return unread(line, user, { problem: 'type', subject });
  for (const name of Object.keys(object)) {
    const suggestion = names.includes(name) || written.includes(name) ? undefined : similar(name, names);
    // What was meant by it would be left out, and nobody would see.
    if (suggestion) return unread(line, user, { problem: 'unknown', subject: name, suggestion });
  }
  const record = { user, scopes: typeof scopes === 'string' ? [scopes] : scopes, tenant, expiresIn };
  return { line, key: user, record: record as UserRecord };
}

/** An empty list would be as none at all, and mint the default set: whoever wrote it meant anything but that. */
function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function userIn({ line, text, user, problem }: CsvRecord): ReadRecord {
  if (problem) return unread(line, text, { problem });
  return user.includes('\ufffd') ? unread(line, text, { problem: 'not-utf8' }) : { line, key: user, record: { user } };
}

type LineFacts = Omit<ConstructorParameters<typeof Failure<'usage.user-line'>>[1], 'line' | 'of'>;

function unread(line: number, key: string, facts: LineFacts): ReadRecord {
  return { line, key, failure: new Failure('usage.user-line', { ...facts, of: `line ${line}` }) };
}
