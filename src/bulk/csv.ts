import { Failure } from '../errors.js';
import type { Line } from './lines.js';

/** The user of one record. */
export interface CsvRecord {
  line: number;
  /** Its first line. */
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
  #delimiter: string | undefined;
  #at: number | undefined;
  /** Lines of a record that is not whole yet, and what is known of its fields. */
  #open: Line[] = [];
  #length = 0;
  #fields: string[] = [];
  /** Of a field whose quote has not ended yet. */
  #piece: string | undefined;

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
    this.#delimiter ??= delimiterOf(line.text);
    const came = this.#scan(line.text, this.#delimiter);
    if (came === 'broken' || (came === 'open' && this.#length > this.#limit)) return this.#giveUp();
    return came === 'open' ? [] : this.#whole();
  }

  /** Reads on where the line before has left off, so that each is looked at once. */
  #scan(text: string, delimiter: string): 'whole' | 'open' | 'broken' {
    const before = this.#piece;
    this.#piece = undefined;
    for (let from = 0, isFirst = true; from <= text.length; isFirst = false) {
      const isGoingOn = isFirst && before !== undefined;
      const isQuoted = isGoingOn || text[from] === '"';
      const begin = isGoingOn ? from : from + 1;
      const end = isQuoted ? endOfQuoted(text, begin) : from;
      const said = (to: number) => (isGoingOn ? `${before}\n` : '') + text.slice(begin, to);
      if (end === -1) {
        this.#piece = said(text.length);
        return 'open';
      }
      const next = text.indexOf(delimiter, end);
      const to = next === -1 ? text.length : next;
      if (isQuoted && text.slice(end, to).trim() !== '') return 'broken';
      this.#fields.push(isQuoted ? said(end - 1).replaceAll('""', '"') : text.slice(from, to));
      from = to + 1;
    }
    return 'whole';
  }

  #close(): { first: Line; rest: Line[]; fields: string[] } {
    const [first, ...rest] = this.#open as [Line, ...Line[]];
    const fields = this.#fields;
    this.#open = [];
    this.#length = 0;
    this.#fields = [];
    this.#piece = undefined;
    return { first, rest, fields };
  }

  /** The first line alone is at fault: those that follow are read anew. */
  #giveUp(): CsvRecord[] {
    const { first, rest } = this.#close();
    return [broken(first, 'csv-quote'), ...this.add(rest)];
  }

  #whole(): CsvRecord[] {
    const { first, fields } = this.#close();
    if (this.#at === undefined) {
      this.#at = placeOf(fields, this.#column);
      return [];
    }
    const user = fields[this.#at];
    const record = { line: first.number, text: first.text };
    return [user === undefined ? { ...record, user: '', problem: 'csv-short' } : { ...record, user }];
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
  const names = columns.map((name) => name.toLowerCase().replace(/[_ -]/g, ''));
  const exact = column === undefined ? -1 : columns.indexOf(column);
  if (exact !== -1) return exact;
  const wanted = column === undefined ? likely : [column.toLowerCase().replace(/[_ -]/g, '')];
  const found = wanted.map((name) => names.indexOf(name)).find((at) => at !== -1);
  if (found !== undefined) return found;
  throw new Failure('usage.users-column', { ...(column !== undefined && { column }), columns });
}

/** Behind the quote that ends the field whose text begins there, or -1 where none does. */
function endOfQuoted(record: string, begin: number): number {
  for (let at = record.indexOf('"', begin); at !== -1; at = record.indexOf('"', at + 2))
    if (record[at + 1] !== '"') return at + 1;
  return -1;
}
