import { expect, it } from 'vitest';
import { CsvRecords } from '../../src/bulk/csv.js';

const limit = 20;

/** Each line is `text`, or the beginning of one that is too long. */
function recordsIn(texts: string[], column?: string) {
  const records = new CsvRecords(limit, column);
  const lines = texts.map((text, i) => ({
    number: i + 1,
    text: text.slice(0, limit),
    isTooLong: text.length > limit,
  }));
  return [...records.add(lines), ...records.end()].map(({ line, user, problem }) => `${line}: ${problem ?? user}`);
}

it.each([
  { header: 'name,user', users: ['x,a'] },
  { header: 'name,user_id', users: ['x,a'] },
  { header: 'name,User-ID', users: ['x,a'] },
  { header: 'name;"user id"', users: ['"x;y";a'] },
  { header: 'name\tuserId', users: ['x\ta'] },
  { header: 'name, ID ', users: ['x,a'] },
  { header: '"a;b",id', users: ['x,a'] },
  { header: 'id,user_id', users: ['x,a'] },
  { header: 'anything', column: 'Anything', users: ['a'] },
  { header: 'who,mail', column: 'mail', users: ['x,a'] },
])('$header', ({ header, users, column }) => {
  expect(recordsIn([header, ...users], column)).toEqual(['2: a']);
});

it.each([
  { of: 'a quote that never ends', lines: ['"a', 'b'], expected: ['2: csv-quote', '3: b'] },
  {
    of: 'and a record that is too long by it',
    lines: ['"a', 'b'.repeat(12), 'c'.repeat(12)],
    expected: ['2: csv-quote', `3: ${'b'.repeat(12)}`, `4: ${'c'.repeat(12)}`],
  },
  {
    of: 'and a line that is too long behind it',
    lines: ['"a', 'b'.repeat(21), 'c'],
    expected: ['2: csv-quote', '3: too-long', '4: c'],
  },
  { of: 'a line that is too long', lines: ['b'.repeat(21), 'c'], expected: ['2: too-long', '3: c'] },
  { of: 'more behind a quote', lines: ['"a"b', 'c'], expected: ['2: csv-quote', '3: c'] },
  { of: 'a record over two lines', lines: ['"a', 'b"', 'c'], expected: ['2: a\nb', '4: c'] },
])('$of: the first line is at fault, and no other', ({ lines, expected }) => {
  expect(recordsIn(['id', ...lines])).toEqual(expected);
});

it('a record that is too short', () => {
  expect(recordsIn(['name,id', 'x', 'y,a'])).toEqual(['2: csv-short', '3: a']);
});

/** What comes of a header and lines, and how often each was looked at. */
function read(header: string, texts: string[]) {
  let looks = 0;
  const records = new CsvRecords(65_536, undefined);
  const lines = [header, ...texts].map((text, i) => ({
    number: i + 1,
    isTooLong: false,
    get text() {
      looks += 1;
      return text;
    },
  }));
  const found = [...records.add(lines), ...records.end()];
  return { found, looksEach: looks / lines.length };
}

const repeated = (line: string, times: number) => Array.from({ length: times }, () => line);

it.each([
  { of: 'a quote that never ends, and pairs of them', begin: '"a', line: '""' },
  { of: 'quotes that end and begin in each line', begin: 'x,"', line: 'x","' },
])('no line is read anew with each that follows: $of', ({ begin, line }) => {
  expect(read('id,n', [begin, ...repeated(line, 8000)]).looksEach).toBeLessThan(10);
});

it('lines that all go wrong with the last: each is told, by its number', () => {
  const { found } = read('id,n', [...repeated('x","', 9000), '"z', 'bob,1']);
  expect(found.map(({ line, problem }) => `${line} ${problem}`)).toEqual([
    ...Array.from({ length: 9000 }, (_, i) => `${i + 2} csv-quote`),
    '9002 csv-quote',
    '9003 undefined',
  ]);
});
