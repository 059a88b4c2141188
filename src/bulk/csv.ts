import { Failure } from '../errors.js';
import type { Line } from './lines.js';

/** The user of one record. */
export interface CsvRecord {
  line: number;
  /** The whole record. */
  text: string;
  user: string;
  problem?: 'too-long' | 'csv-quote' | 'csv-short';
}

/** What the column of the users is called, where nobody says so. */
const likely = ['user', 'userid', 'id'];

/**
 * CSV with a header, as spreadsheets and databases write it: a record may go over lines within quotes; commas, semicolons or
 * tabs. Of our own, for the libraries lose all that follows a quote that never ends. Source: RFC 4180.
 */
export class CsvRecords {
  readonly #limit: number;
  readonly #column: string | undefined;
  #place: { delimiter: string; at: number } | undefined;
  /** Lines of a record that is not whole yet. */
  #open: Line[] = [];
  #length = 0;

  constructor(limit: number, column: string | undefined) {
    this.#limit = limit;
    this.#column = column;
  }

  /** @throws {Failure} `usage.users-column` */
  add(lines: Line[]): CsvRecord[] {
    return lines.flatMap((line) => this.#add(line));
  }

  /** What is open at the end has a quote that never ends. */
  end(): CsvRecord[] {
    const records: CsvRecord[] = [];
    while (this.#open.length > 0) records.push(...this.#giveUp());
    return records;
  }

  #add(line: Line): CsvRecord[] {
    if (line.isTooLong && this.#open.length === 0) return [broken(line, 'too-long')];
    this.#open.push(line);
    this.#length += line.text.length;
    // Only a quote ends what is open.
    const fields = this.#open.length === 1 || line.text.includes('"') ? this.#fields() : 'open';
    if (fields === 'open') return this.#length > this.#limit ? this.#giveUp() : [];
    if (fields === 'broken') return this.#giveUp();
    const { number, text } = this.#open[0]!;
    this.#close();
    return this.#read(number, text, fields);
  }

  #fields(): string[] | 'open' | 'broken' {
    const text = this.#open.map((line) => line.text).join('\n');
    return fieldsOf(text, this.#place?.delimiter ?? delimiterOf(text));
  }

  #close(): void {
    this.#open = [];
    this.#length = 0;
  }

  /** The first line alone is at fault: those that follow are read anew. */
  #giveUp(): CsvRecord[] {
    const [first, ...rest] = this.#open as [Line, ...Line[]];
    this.#close();
    return [broken(first, 'csv-quote'), ...this.add(rest)];
  }

  #read(line: number, text: string, fields: string[]): CsvRecord[] {
    if (!this.#place) {
      this.#place = { delimiter: delimiterOf(text), at: placeOf(fields, this.#column) };
      return [];
    }
    const user = fields[this.#place.at];
    return [user === undefined ? { line, text, user: '', problem: 'csv-short' } : { line, text, user }];
  }
}

function broken({ number, text }: Line, problem: 'too-long' | 'csv-quote'): CsvRecord {
  return { line: number, text, user: '', problem };
}

/** What the header has between its names. */
function delimiterOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '');
  return [',', ';', '\t'].find((one) => bare.includes(one)) ?? ',';
}

/** @throws {Failure} `usage.users-column` */
function placeOf(fields: string[], column: string | undefined): number {
  const columns = fields.map((name) => name.trim());
  const isLikely = (name: string) => likely.includes(name.toLowerCase().replace(/[_ -]/g, ''));
  const at = column === undefined ? (columns.length === 1 ? 0 : columns.findIndex(isLikely)) : columns.indexOf(column);
  if (at !== -1) return at;
  throw new Failure('usage.users-column', { ...(column !== undefined && { column }), columns });
}

/** `open`: the last field has a quote that has not ended yet; `broken`: something stands behind one that has. */
function fieldsOf(record: string, delimiter: string): string[] | 'open' | 'broken' {
  const fields: string[] = [];
  for (let from = 0; from <= record.length;) {
    const isQuoted = record[from] === '"';
    const end = isQuoted ? endOfQuoted(record, from) : from;
    if (end === -1) return 'open';
    const next = record.indexOf(delimiter, end);
    const to = next === -1 ? record.length : next;
    if (isQuoted && record.slice(end, to).trim() !== '') return 'broken';
    fields.push(isQuoted ? record.slice(from + 1, end - 1).replaceAll('""', '"') : record.slice(from, to));
    from = to + 1;
  }
  return fields;
}

/** Behind the quote that ends the field, or -1 where none does. */
function endOfQuoted(record: string, from: number): number {
  for (let at = record.indexOf('"', from + 1); at !== -1; at = record.indexOf('"', at + 2))
    if (record[at + 1] !== '"') return at + 1;
  return -1;
}
