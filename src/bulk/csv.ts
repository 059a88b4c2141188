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

/** In lines. Until it is whole, what is between its names is not known, and all of it is read with each of them. */
const longestHeader = 100;

/**
 * CSV with a header, as spreadsheets and databases write it: a record may go over lines within quotes; commas, semicolons or
 * tabs. Of our own, for the libraries lose all that follows a quote that never ends. Source: RFC 4180.
 */
export class CsvRecords {
  readonly #limit: number;
  readonly #column: string | undefined;
  #place: { delimiter: string; at: number } | undefined;
  /** Lines of a record that is not whole yet. */
  #open = new Queue<Line>();
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
    this.#open.push(line);
    this.#length += line.text.length;
    if (this.#open.length === 1) return this.#begin();
    const state = this.#stateAfter(line);
    if (state === 'whole') return this.#close();
    const records: CsvRecord[] = [];
    const goesOn = () => state === 'open' && !line.isTooLong && !this.#isTooLong();
    while (this.#open.length > 1 && !goesOn()) records.push(...this.#giveUp());
    return records;
  }

  #isTooLong(): boolean {
    return this.#length > this.#limit || (!this.#place && this.#open.length > longestHeader);
  }

  /** Of a record that is open before this line. From the line alone: read whole with each one, it would be read as often. */
  #stateAfter({ text }: Line): 'open' | 'broken' | 'whole' {
    // Only a quote ends what is open.
    if (!text.includes('"')) return 'open';
    const fields = this.#place ? fieldsOf(text, this.#place.delimiter, true) : this.#fields();
    return typeof fields === 'string' ? fields : 'whole';
  }

  #fields(): string[] | 'open' | 'broken' {
    const text = this.#open
      .all()
      .map((line) => line.text)
      .join('\n');
    return fieldsOf(text, this.#place?.delimiter ?? delimiterOf(text));
  }

  #close(): CsvRecord[] {
    const fields = this.#fields() as string[];
    const { number, text } = this.#open.first!;
    this.#open = new Queue();
    this.#length = 0;
    return this.#read(number, text, fields);
  }

  /** The first line alone is at fault: those that follow are read anew. */
  #giveUp(): CsvRecord[] {
    return [broken(this.#shift(), 'csv-quote'), ...this.#begin()];
  }

  #shift(): Line {
    const line = this.#open.shift();
    this.#length -= line.text.length;
    return line;
  }

  /** As far as a line that leaves its record open: what follows it goes on within a quote, as it did before. */
  #begin(): CsvRecord[] {
    const records: CsvRecord[] = [];
    while (this.#open.length > 0) {
      const { number, text, isTooLong } = this.#open.first!;
      const fields = isTooLong ? 'broken' : fieldsOf(text, this.#place?.delimiter ?? delimiterOf(text));
      if (fields === 'open') break;
      const line = this.#shift();
      if (fields === 'broken') records.push(broken(line, isTooLong ? 'too-long' : 'csv-quote'));
      else records.push(...this.#read(number, text, fields));
    }
    return records;
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

/** An array copies all that is left with each one that it gives away. */
class Queue<T> {
  #all: T[] = [];
  #gone = 0;

  get length(): number {
    return this.#all.length - this.#gone;
  }

  get first(): T | undefined {
    return this.#all[this.#gone];
  }

  all(): T[] {
    return this.#all.slice(this.#gone);
  }

  push(one: T): void {
    this.#all.push(one);
  }

  /** The first, of one or more. */
  shift(): T {
    const first = this.first!;
    this.#gone += 1;
    if (this.#gone * 2 > this.#all.length) {
      this.#all = this.all();
      this.#gone = 0;
    }
    return first;
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

/** `User_ID` and `userId` are one name. */
export function plain(name: string): string {
  return name.toLowerCase().replace(/[_ -]/g, '');
}

/** @throws {Failure} `usage.users-column` or `usage.users-twice` */
function placeOf(fields: string[], column: string | undefined): number {
  const columns = fields.map((name) => name.trim());
  const names = columns.map(plain);
  const wanted = column === undefined ? likely : [plain(column)];
  const places = [column === undefined ? -1 : columns.indexOf(column), ...wanted.map((name) => names.indexOf(name))];
  const at = places.find((place) => place !== -1);
  if (at === undefined) throw new Failure('usage.users-column', { ...(column !== undefined && { column }), columns });
  const name = columns[at]!;
  if (columns.lastIndexOf(name) !== at) throw new Failure('usage.users-twice', { column: name });
  return at;
}

/**
 * `open`: the last field has a quote that has not ended yet; `broken`: something stands behind one that has. `isWithin`: it
 * begins within a quote.
 */
function fieldsOf(record: string, delimiter: string, isWithin = false): string[] | 'open' | 'broken' {
  const fields: string[] = [];
  for (let from = 0; from <= record.length;) {
    const isRest = isWithin && from === 0;
    const isQuoted = isRest || record[from] === '"';
    const end = isQuoted ? endOfQuoted(record, isRest ? -1 : from) : from;
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
