import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { readConfig } from '../../../src/commands/smoke/config.js';
import { surfaces } from '../../../src/scopes/catalogue.js';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../src/commands/smoke/config.schema.json'), 'utf8'),
) as { properties: { surfaces: { items: { enum: string[] } } } };
const bySchema = new Ajv({ strict: false }).compile(schema);

const least = { environments: ['test'], users: ['alice'] };
const config = (more: object = {}) => ({
  environments: ['test'],
  users: ['alice'],
  surfaces: [],
  expiresIn: '1d',
  minTtl: undefined,
  online: false,
  maxLatency: undefined,
  lines: new Map([['test', 1]]),
  ...more,
});

it.each([
  { text: JSON.stringify(least), expected: config() },
  { text: `\uFEFF${JSON.stringify(least)}`, expected: config() },
  {
    text: JSON.stringify({
      ...least,
      $schema: './x.json',
      users: ['auth0|1', 'ユーザー'],
      surfaces: ['inbox', 'create'],
      expiresIn: '2 hours',
      minTtl: '90s',
      online: true,
      maxLatency: '1.5s',
    }),
    expected: config({
      users: ['auth0|1', 'ユーザー'],
      surfaces: ['inbox', 'create'],
      expiresIn: '2 hours',
      minTtl: 90,
      online: true,
      maxLatency: 1.5,
    }),
  },
  { text: JSON.stringify({ ...least, minTtl: '23h' }), expected: config({ minTtl: 82_800 }) },
  { text: JSON.stringify({ ...least, minTtl: '24h' }), expected: config({ minTtl: 86_400, expiresIn: '2d' }) },
  {
    text: JSON.stringify({ ...least, minTtl: '7d', expiresIn: '8d' }),
    expected: config({ minTtl: 604_800, expiresIn: '8d' }),
  },
  {
    text: '{\n  "users": ["alice"],\r\n  "environments": ["local",\r "test",\n"eu"]}',
    expected: config({
      environments: ['local', 'test', 'eu'],
      lines: new Map([
        ['local', 3],
        ['test', 4],
        ['eu', 5],
      ]),
    }),
  },
])('reads $text', ({ text, expected }) => {
  expect(readConfig(text)).toEqual({ config: expected });
  expect(bySchema(JSON.parse(text.replace('\uFEFF', '')))).toBe(true);
});

/** Where the schema says the same; it does not know of all placeholders, nor of durations all that ms knows. */
const key = 'pk_test_Zq7Rk2Vx9Lm4Tn8Wb';
it.each([
  { text: '', expected: ['1:1 type  an object'], schema: null },
  { text: '[]', expected: ['1:1 type  an object'] },
  { text: '{"environments": [', expected: ['1:19 syntax  a ] is missing'], schema: null },
  {
    text: '{\n  "users": ["alice",],\n}',
    expected: ['2:21 syntax  a value is missing, or there is a comma too many'],
    schema: null,
  },
  { text: '{ // a comment\n}', expected: ['1:3 syntax  a comment'], schema: null },
  { text: '['.repeat(100_000), expected: ['1:1 type  an object'], schema: null },
  {
    text: '{"environments": ["a"], "users": ["u"], "minTtl": "2h",\n "expiresIn": "1h"}',
    expected: ['2:15 too-short 1h'],
    schema: true,
  },
  {
    text: '{"environments": ["a"], "users": ["eyJhbGciOiJIUzI1NiJ9.eyJ9.x"]}',
    expected: ['1:35 secret users'],
    schema: true,
  },
  { text: '{"environments": ["a"], "users": ["https://x"]}', expected: ['1:35 secret users'] },
  { text: '{}', expected: ['1:1 missing environments', '1:1 missing users'] },
  { text: '{"environments": [], "users": []}', expected: ['1:18 empty environments', '1:31 empty users'] },
  {
    text: '{"environments": "test", "users": {}}',
    expected: ['1:18 type environments a list of texts', '1:35 type users a list of texts'],
  },
  {
    text: '{"environments": [null], "users": [3]}',
    expected: ['1:19 type each of environments a text', '1:36 type each of users a text'],
  },
  { text: '{"environments": ["a", "b", "a"], "users": ["u", "u"]}', expected: ['1:29 twice a', '1:50 twice u'] },
  { text: `{"environments": ["${key}"], "users": ["u"]}`, expected: ['1:19 secret environments'] },
  { text: '{"environments": ["https://api.courier.com"], "users": ["u"]}', expected: ['1:19 secret environments'] },
  { text: `{"environments": ["a"], "users": ["${key}"]}`, expected: ['1:35 secret users'], schema: true },
  { text: '{"environments": ["Test"], "users": ["u"]}', expected: ['1:19 environment Test'] },
  { text: '{"environments": ["a"], "users": ["a b"]}', expected: ['1:35 user a b whitespace'] },
  {
    text: '{"environments": ["a"], "users": ["{{userId}}"]}',
    expected: ['1:35 user {{userId}} placeholder'],
    schema: true,
  },
  { text: '{"environments": ["a"], "users": [""]}', expected: ['1:35 user  empty'] },
  { text: '{"environments": ["a"], "users": ["u"], "surfaces": ["inbx"]}', expected: ['1:54 surface inbx (inbox)'] },
  { text: '{"environments": ["a"], "users": ["u"], "surfaces": ["wall"]}', expected: ['1:54 surface wall'] },
  {
    text: '{"environments": ["a"], "users": ["u"], "minTtl": 5}',
    expected: ['1:51 type minTtl a duration, such as "1h"'],
  },
  { text: '{"environments": ["a"], "users": ["u"], "minTtl": "5"}', expected: ['1:51 duration 5 no-unit'] },
  {
    text: '{"environments": ["a"], "users": ["u"], "expiresIn": "soon"}',
    expected: ['1:54 duration soon not-a-duration'],
  },
  {
    text: '{"environments": ["a"], "users": ["u"], "maxLatency": "0s"}',
    expected: ['1:55 duration 0s not-positive'],
    schema: true,
  },
  { text: '{"environments": ["a"], "users": ["u"], "online": "yes"}', expected: ['1:51 type online true or false'] },
  {
    text: '{"enviroments": ["a"]}',
    expected: ['1:1 missing environments', '1:1 missing users', '1:2 unknown enviroments (environments)'],
  },
  { text: '{"environments": ["a"], "users": ["u"], "zzz": 1}', expected: ['1:41 unknown zzz'] },
  ...['apiKey', 'key', 'baseUrl', 'url', 'token', 'region', 'secrets'].map((name) => ({
    text: `{"environments": ["a"], "users": ["u"],\n "${name}": "${key}"}`,
    expected: [`2:2 secret ${name}`],
  })),
  {
    text: '{"environments": ["a"], "users": ["u"], "allowProduction": true}',
    expected: ['1:41 production allowProduction'],
  },
  { text: '{"environments": ["a"], "users": ["u"], "users": ["v"]}', expected: ['1:41 twice users'], schema: true },
])('refuses $text', ({ text, expected, schema: agrees = false }) => {
  const read = readConfig(text);
  const problems = 'problems' in read ? read.problems : [];
  const told = problems.map(({ line, column, problem, subject, expected: type, reason, suggestion }) =>
    [`${line}:${column}`, problem, subject, type, reason, suggestion && `(${suggestion})`]
      .filter((one) => one !== undefined)
      .join(' ')
      .trimEnd(),
  );
  expect(told).toEqual(expected);
  expect(JSON.stringify(problems)).not.toContain(key);
  if (agrees !== null) expect(bySchema(JSON.parse(text))).toBe(agrees);
});

it('the schema knows every surface', () => {
  expect(schema.properties.surfaces.items.enum.toSorted()).toEqual(surfaces.map(({ id }) => id).toSorted());
});
