import { expect, it } from 'vitest';
import { CsvRecords } from '../../src/bulk/csv.js';

const limit = 65_536;

/** How long it takes to read a header and lines, in milliseconds, and what comes of it. */
function read(header: string, texts: string[]) {
  const records = new CsvRecords(limit, undefined);
  const began = performance.now();
  const lines = [header, ...texts].map((text, i) => ({ number: i + 1, text, isTooLong: false }));
  const found = [...records.add(lines), ...records.end()];
  return { found, ms: performance.now() - began };
}

const repeated = (line: string, times: number) => Array.from({ length: times }, () => line);

it.each([
  { of: 'a quote that never ends, and pairs of them', header: 'id,n', begin: '"a', line: '""' },
  { of: 'quotes that end and begin in each line', header: 'id,n', begin: 'x,"', line: 'x","' },
  { of: 'the same, in a header', header: '"id', begin: '""', line: '""' },
])('a record of as many lines as there may be is read once: $of', { timeout: 300_000 }, ({ header, begin, line }) => {
  const { ms } = read(header, [begin, ...repeated(line, 16_000)]);
  // Read whole with each line, it would take half a minute, in which nothing else is done: no answer heard, no Ctrl-C.
  expect(ms).toBeLessThan(2000);
});

it('lines that all go wrong with the last: each is told, by its number', () => {
  const { found } = read('id,n', [...repeated('x","', 9000), '"z', 'bob,1']);
  expect(found.map(({ line, problem }) => `${line} ${problem}`)).toEqual([
    ...Array.from({ length: 9000 }, (_, i) => `${i + 2} csv-quote`),
    '9002 csv-quote',
    '9003 undefined',
  ]);
});
