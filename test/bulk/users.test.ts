import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../src/bulk/lines.js';
import { type ReadRecord, type UsersFormat, longestLine, usersOf } from '../../src/bulk/users.js';
import { rejectionOf } from '../token/failure-of.js';

async function* inPieces(pieces: Buffer[]) {
  yield* pieces;
}

async function recordsIn(pieces: Buffer[], format: UsersFormat): Promise<ReadRecord[]> {
  const records: ReadRecord[] = [];
  for await (const record of usersOf(linesOf(inPieces(pieces), longestLine), format)) records.push(record);
  return records;
}

/** A user alone as text; others with their line, and what is wrong with them. */
const plain = (one: ReadRecord) => {
  if ('problem' in one) return one;
  const { user, ...rest } = one.record;
  return Object.values(rest).some(Boolean) ? [one.line, one.record] : [one.line, user];
};
const readPlain = async (text: string | Buffer, format: UsersFormat) =>
  (await recordsIn([Buffer.from(text)], format)).map(plain);

const wrong = (line: number, key: string, problem: object) => ({ line, key, problem });
/** Of somebody who asks for what cannot be. */
const named = (line: number, key: string, problem: object) => ({ line, key, problem, isNamed: true });
const lines: UsersFormat = { kind: 'lines' };

describe('a line', () => {
  it.each<{ name: string; text: string | Buffer; expected: unknown[] }>([
    {
      name: 'an id',
      text: 'alice\nbob',
      expected: [
        [1, 'alice'],
        [2, 'bob'],
      ],
    },
    {
      name: 'nothing, and white space',
      text: '\n \na\n\n \n',
      expected: [
        [1, ''],
        [2, ' '],
        [3, 'a'],
      ],
    },
    {
      name: 'an id of any kind',
      text: 'a,b\n[x]\n日本',
      expected: [
        [1, 'a,b'],
        [2, '[x]'],
        [3, '日本'],
      ],
    },
    {
      name: 'a text of JSON, as jq writes it',
      text: '"a"\n"b\\u00e4"\n"c\n["d"]\n',
      expected: [[1, 'a'], [2, 'bä'], wrong(3, '"c', { problem: 'json' }), wrong(4, '["d"]', { problem: 'json' })],
    },
    { name: 'JSON', text: '{"user":"a"}', expected: [[1, 'a']] },
    {
      name: 'JSON in full',
      text: '{"user":"a","scopes":["x","y"],"tenant":"t","expiresIn":"1h"}\n{"user":"b","scopes":"x y"}',
      expected: [
        [1, { user: 'a', scopes: ['x', 'y'], tenant: 't', expiresIn: '1h' }],
        [2, { user: 'b', scopes: ['x y'], tenant: undefined, expiresIn: undefined }],
      ],
    },
    {
      name: 'what issue wrote, and what else there may be',
      text: '{"user":"a","token":"x","expiresAt":null}\n{"user":"b","error":{}}\n{"user":"c","name":"C"}',
      expected: [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
      ],
    },
    {
      name: 'no JSON',
      text: '{"user":"a"\n{}x\nb',
      expected: [wrong(1, '{"user":"a"', { problem: 'json' }), wrong(2, '{}x', { problem: 'json' }), [3, 'b']],
    },
    {
      name: 'no user',
      text: '{}\n{"user":7}\n{"user":null}',
      expected: [
        wrong(1, '{}', { problem: 'no-user' }),
        wrong(2, '{"user":7}', { problem: 'no-user', subject: 'user' }),
        wrong(3, '{"user":null}', { problem: 'no-user', subject: 'user' }),
      ],
    },
    {
      name: 'another type',
      text: '{"user":"a","scopes":7}\n{"user":"b","scopes":["x",1]}\n{"user":"c","tenant":{}}\n{"user":"d","expiresIn":60}',
      expected: [
        named(1, 'a', { problem: 'type', subject: 'scopes' }),
        named(2, 'b', { problem: 'type', subject: 'scopes' }),
        named(3, 'c', { problem: 'type', subject: 'tenant' }),
        named(4, 'd', { problem: 'type', subject: 'expiresIn' }),
      ],
    },
    {
      name: 'nothing, as databases write it',
      text: '{"user":"a","scopes":null,"tenant":null,"expiresIn":null}',
      expected: [[1, 'a']],
    },
    {
      name: 'a misspelt field',
      text: '{"user":"a","expires":"1h","scope":["x"]}\n{"user":"b","tennant":"t"}',
      expected: [
        named(1, 'a', { problem: 'unknown', subject: 'expires', suggestion: 'expiresIn' }),
        named(2, 'b', { problem: 'unknown', subject: 'tennant', suggestion: 'tenant' }),
      ],
    },
    {
      name: 'no UTF-8',
      text: Buffer.from([0x61, 0xff, 0x0a, 0x62]),
      expected: [wrong(1, 'a\ufffd', { problem: 'not-utf8' }), [2, 'b']],
    },
    {
      name: 'what looks like CSV, later',
      text: 'a\nuser,name',
      expected: [
        [1, 'a'],
        [2, 'user,name'],
      ],
    },
  ])('$name', async ({ text, expected }) => {
    expect(await readPlain(text, lines)).toEqual(expected);
  });

  it.each([longestLine, longestLine + 1])('%d characters long', async (length) => {
    const [one, two] = await readPlain(`${'x'.repeat(length)}\nb`, lines);
    const user = 'x'.repeat(longestLine);
    const tooLong = wrong(1, user.slice(0, 200), { problem: 'too-long' });
    expect([one, two]).toEqual([length === longestLine ? [1, user] : tooLong, [2, 'b']]);
  });

  it.each(['user,name', 'name,mail', 'id;mail', '"User Id"\tname', 'email,userId'])(
    '%s first is CSV',
    async (header) => {
      expect(await rejectionOf(readPlain(`${header}\na,b`, lines))).toEqual({
        code: 'usage.users-csv',
        facts: { header },
      });
    },
  );

  it.each(['["a","b"]', '[', ' [{"user":"a"},'])('%s first is an array', async (first) => {
    expect(await rejectionOf(readPlain(`${first}\nb`, lines))).toEqual({ code: 'usage.users-array', facts: {} });
  });

  it.each(['a,b', 'user', 'user,42', 'a b,user!'])('%s first is an id', async (id) => {
    expect(await readPlain(id, lines)).toEqual([[1, id]]);
  });
});

describe('CSV', () => {
  const csv = (column?: string): UsersFormat => ({ kind: 'csv', column });
  it.each<{ name: string; text: string | Buffer; column?: string; expected: unknown[] }>([
    {
      name: 'one column',
      text: 'who\na\nb\n',
      column: 'WHO',
      expected: [
        [2, 'a'],
        [3, 'b'],
      ],
    },
    { name: 'the likely column', text: 'name,User_ID\nA,a\n', expected: [[2, 'a']] },
    { name: 'a named one', text: 'id,mail\n1,a@b\n', column: 'mail', expected: [[2, 'a@b']] },
    { name: 'CRLF and a byte order mark', text: '\ufeffid,x\r\na,1\r\n', expected: [[2, 'a']] },
    { name: 'semicolons', text: 'id;x\na,b;1\n', expected: [[2, 'a,b']] },
    { name: 'tabs', text: 'x\tid\n1\ta\n', expected: [[2, 'a']] },
    { name: 'a header with quotes', text: '"x,y" , "id"\n'.replaceAll(' ', '') + '1,a\n', expected: [[2, 'a']] },
    { name: 'quotes', text: 'id,x\n"a ""b"", c","1"\n', expected: [[2, 'a "b", c']] },
    {
      name: 'a line break within quotes',
      text: 'id,x\na,"1\n2"\nb,3\n',
      expected: [
        [2, 'a'],
        [4, 'b'],
      ],
    },
    { name: 'no line break at the end', text: 'id\na', expected: [[2, 'a']] },
    {
      name: 'an empty line',
      text: 'id\n\na\n',
      expected: [
        [2, ''],
        [3, 'a'],
      ],
    },
    { name: 'empty lines at the end', text: 'id\na\n\n\r\n\n', expected: [[2, 'a']] },
    {
      name: 'tabs alone at the end',
      text: 'id\tx\na\t1\n\t\n',
      expected: [
        [2, 'a'],
        [3, ''],
      ],
    },
    { name: 'more columns than the header', text: 'id\na,b\n', expected: [[2, 'a']] },
    { name: 'only a header', text: 'id\n', expected: [] },
    { name: 'a quote that is none', text: 'id\na"b\n', expected: [[2, 'a"b']] },
    {
      name: 'fewer columns than the header',
      text: 'x,id\n1\n2,b\n',
      expected: [wrong(2, '1', { problem: 'csv-short' }), [3, 'b']],
    },
    {
      name: 'a quote that never ends loses nobody',
      text: 'id,x\n"a,1\nb,2\nc,3',
      expected: [wrong(2, '"a,1', { problem: 'csv-quote' }), [3, 'b'], [4, 'c']],
    },
    {
      name: 'something behind a quote',
      text: 'id,x\n"a"b,1\nc,2\n',
      expected: [wrong(2, '"a"b,1', { problem: 'csv-quote' }), [3, 'c']],
    },
    {
      name: 'two quotes that never end',
      text: 'x,id\n1,"a\n2,"b\n3,c',
      expected: [wrong(2, '1,"a', { problem: 'csv-quote' }), wrong(3, '2,"b', { problem: 'csv-quote' }), [4, 'c']],
    },
    {
      name: 'no UTF-8',
      text: Buffer.from([0x69, 0x64, 0x0a, 0xff, 0x0a, 0x62]),
      expected: [wrong(2, '\ufffd', { problem: 'not-utf8' }), [3, 'b']],
    },
  ])('$name', async ({ text, column, expected }) => {
    expect(await readPlain(text, csv(column))).toEqual(expected);
  });

  it.each([
    { header: 'a,b', column: undefined, facts: { columns: ['a', 'b'] } },
    { header: 'id,b', column: 'user', facts: { column: 'user', columns: ['id', 'b'] } },
    { header: 'alice', column: undefined, facts: { columns: ['alice'] } },
    { header: '', column: 'id', facts: { column: 'id', columns: [''] } },
  ])('no such column in $header: $column', async ({ header, column, facts }) => {
    expect(await rejectionOf(readPlain(`${header}\n1,2`, csv(column)))).toEqual({ code: 'usage.users-column', facts });
  });

  it.each([
    { header: 'id,id', column: undefined, name: 'id' },
    { header: 'user_id,x,user_id', column: undefined, name: 'user_id' },
    { header: 'mail, mail', column: 'mail', name: 'mail' },
    { header: 'E-Mail,x,E-Mail', column: 'email', name: 'E-Mail' },
  ])('two columns of one name in $header: $column', async ({ header, column, name }) => {
    expect(await rejectionOf(readPlain(`${header}\n1,2,3`, csv(column)))).toEqual({
      code: 'usage.users-twice',
      facts: { column: name },
    });
  });

  it('a record that is too long loses nobody', async () => {
    const long = 'x'.repeat(longestLine);
    expect(await readPlain(`id,x\n${long}y\na,"${long}\nb,2`, csv())).toEqual([
      wrong(2, long.slice(0, 200), { problem: 'too-long' }),
      wrong(3, `a,"${long}`.slice(0, 200), { problem: 'too-long' }),
      [4, 'b'],
    ]);
  });

  it('lines that a quote makes one are no longer together', async () => {
    const seen = await readPlain(`id,x\na,"\n${'0123456789\n'.repeat(7000)}`, csv());
    expect(seen.slice(0, 2)).toEqual([wrong(2, 'a,"', { problem: 'csv-quote' }), [3, '0123456789']]);
    expect(seen.length).toBe(7001);
  });

  it('whatever is written is read, however it is cut', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'ü', '"', ',', ';', '\t', '\n', ' ', '𝒳'), maxLength: 8 });
    const quoted = (text: string, always: boolean) =>
      always || /["\n,;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const row = fc.tuple(field, field, fc.boolean());
    const all = fc.record({
      rows: fc.array(row, { maxLength: 12 }),
      delimiter: fc.constantFrom(',', ';', '\t'),
      end: fc.constantFrom('\n', '\r\n'),
      cuts: fc.array(fc.nat(300), { maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(all, async ({ rows, delimiter, end, cuts }) => {
        const records = [['x', 'id', false] as const, ...rows].map(([x, id, always]) =>
          [quoted(x, always), quoted(id, always)].join(delimiter),
        );
        const bytes = Buffer.from(records.map((record) => record + end).join(''));
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((to, i) => bytes.subarray(places[i], to));
        let line = 1;
        const expected = rows.map(([, id], i) => {
          line += records[i]!.split('\n').length;
          return [line, id];
        });
        expect((await recordsIn(pieces, csv())).map(plain)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});
