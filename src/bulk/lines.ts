import { StringDecoder } from 'node:string_decoder';

/** One line of a stream, without its end. */
export interface Line {
  /** From 1. */
  number: number;
  /** Of one that is too long, its beginning. */
  text: string;
  isTooLong: boolean;
}

/**
 * The lines of a stream, those of a chunk together: one at a time would cost more than reading them. UTF-8, or the UTF-16 that
 * Windows PowerShell redirects; a byte order mark and CR before LF are no part of a line. What follows the last LF is a line
 * unless it is empty. A line longer than `limit` characters is not kept: the rest of it is passed over.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Line[]> {
  const splitter = new Splitter(limit);
  for await (const chunk of chunks) {
    const lines = splitter.add(chunk);
    if (lines.length > 0) yield lines;
  }
  const lines = splitter.end();
  if (lines.length > 0) yield lines;
}

class Splitter {
  readonly #limit: number;
  #decoder: StringDecoder | undefined;
  #first = Buffer.alloc(0);
  #rest = '';
  #isTooLong = false;
  #number = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Buffer): Line[] {
    if (this.#decoder) return this.#split(this.#decoder.write(chunk));
    // A byte order mark may come in pieces.
    this.#first = Buffer.concat([this.#first, chunk]);
    return this.#first.length < 3 ? [] : this.#begin();
  }

  end(): Line[] {
    const lines = [...(this.#decoder ? [] : this.#begin()), ...this.#split(this.#decoder?.end() ?? '')];
    return this.#rest === '' ? lines : [...lines, this.#line('')];
  }

  #begin(): Line[] {
    const isUtf16 = this.#first[0] === 0xff && this.#first[1] === 0xfe;
    this.#decoder = new StringDecoder(isUtf16 ? 'utf16le' : 'utf8');
    return this.#split(this.#decoder.write(this.#first).replace(/^\ufeff/, ''));
  }

  #split(text: string): Line[] {
    const lines: Line[] = [];
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      lines.push(this.#line(text.slice(from, at)));
      from = at + 1;
    }
    this.#keep(text.slice(from));
    return lines;
  }

  /** The line that ends so. */
  #line(end: string): Line {
    this.#keep(end);
    const [text, isTooLong] = [this.#rest, this.#isTooLong];
    this.#rest = '';
    this.#isTooLong = false;
    this.#number += 1;
    return { number: this.#number, text: text.endsWith('\r') ? text.slice(0, -1) : text, isTooLong };
  }

  #keep(text: string): void {
    // Cut anew with each chunk, a line without an end would be copied as often.
    if (this.#isTooLong) return;
    const whole = this.#rest === '' ? text : this.#rest + text;
    this.#isTooLong = whole.length > this.#limit;
    this.#rest = this.#isTooLong ? whole.slice(0, this.#limit) : whole;
  }
}
