import { GraphQLError, buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Refusal, errorAnswer } from '../../../src/emulator/answer.js';
import type { Call } from '../../../src/emulator/call.js';
import { runGraphql } from '../../../src/emulator/graphql/run.js';

const schema = buildSchema(
  'type Query { one(n: Int): Int, other: Int, must: Int! } type Mutation { set(n: Int!): Int }',
);
const refusal = new Refusal(errorAnswer(403, 'Forbidden'));
const root = {
  one: ({ n = 1 }: { n?: number }) => n,
  other: () => {
    throw new GraphQLError('not today');
  },
  must: () => {
    throw refusal;
  },
  set: ({ n }: { n: number }) => n,
};

/** The answer, or what is thrown, and what is noted for the log. */
async function run(body: unknown) {
  const noted: string[] = [];
  const call = { note: (operation: string) => void noted.push(operation), because: () => {} } as unknown as Call;
  const answer = await runGraphql(schema, root, body, call).catch((error: unknown) => error);
  return { answer: answer instanceof Refusal ? answer : (JSON.parse(JSON.stringify(answer)) as unknown), noted };
}

const at = (column: number) => [{ line: 1, column }];
const bad = (message: string, locations?: object[]) => ({
  status: 400,
  body: { errors: [{ message, ...(locations && { locations }) }] },
});

describe('a query', () => {
  it.each([
    {
      name: 'of a field',
      body: { query: '{ one }' },
      answer: { status: 200, body: { data: { one: 1 } } },
      noted: ['one'],
    },
    {
      name: 'with variables',
      body: { query: 'query ($n: Int) { one(n: $n) }', variables: { n: 7 }, extensions: {} },
      answer: { status: 200, body: { data: { one: 7 } } },
      noted: ['one'],
    },
    {
      name: 'by its name',
      body: {
        query: 'query A { one } query B { a: one(n: 2) one b: __typename }',
        operationName: 'B',
        variables: null,
      },
      answer: { status: 200, body: { data: { a: 2, one: 1, b: 'Query' } } },
      noted: ['one, __typename'],
    },
    {
      name: 'with a fragment',
      body: { query: '{ ...F } fragment F on Query { one }' },
      answer: { status: 200, body: { data: { one: 1 } } },
      noted: ['…'],
    },
    {
      name: 'that changes something',
      body: { query: 'mutation { set(n: 2) }' },
      answer: { status: 200, body: { data: { set: 2 } } },
      noted: ['set'],
    },
    {
      name: 'with a field that fails',
      body: { query: '{ one other }' },
      answer: {
        status: 200,
        body: { errors: [{ message: 'not today', locations: at(7), path: ['other'] }], data: { one: 1, other: null } },
      },
      noted: ['one, other'],
    },
    {
      name: 'that is no text',
      body: { query: '{' },
      answer: bad('Syntax Error: Expected Name, found <EOF>.', at(2)),
      noted: [],
    },
    { name: 'of nothing', body: { query: '' }, answer: bad('Syntax Error: Unexpected <EOF>.', at(1)), noted: [] },
    {
      name: 'of an unknown field',
      body: { query: '{ none }' },
      answer: bad('Cannot query field "none" on type "Query". Did you mean "one"?', at(3)),
      noted: [],
    },
    {
      name: 'of many operations without a name',
      body: { query: 'query A { one } query B { one }' },
      answer: bad('Must provide operation name if query contains multiple operations.'),
      noted: ['one'],
    },
    {
      name: 'without a variable',
      body: { query: 'mutation ($n: Int!) { set(n: $n) }' },
      answer: bad('Variable "$n" of required type "Int!" was not provided.', at(11)),
      noted: ['set'],
    },
    {
      name: 'too deep to parse',
      body: { query: `{ one(n: ${'['.repeat(9990)}` },
      answer: bad('the query cannot be parsed'),
      noted: [],
    },
    {
      name: 'too long to parse',
      body: { query: `{ ${'one '.repeat(10_000)}}` },
      answer: bad('Syntax Error: Document contains more that 10000 tokens. Parsing aborted.', at(40_003 - 4)),
      noted: [],
    },
  ])('$name', async ({ body, answer, noted }) => {
    expect(await run(body)).toEqual({ answer, noted });
  });

  it('tells five mistakes at most', async () => {
    const { answer } = await run({ query: '{ a b c d e f g }' });
    expect((answer as { body: { errors: { message: string }[] } }).body.errors.map(({ message }) => message)).toEqual([
      ...['a', 'b', 'c', 'd', 'e'].map((name) => `Cannot query field "${name}" on type "Query".`),
      'Too many validation errors, error limit reached. Validation aborted.',
    ]);
  });
});

describe('what is refused', () => {
  const noRequest = new Refusal(errorAnswer(400, 'the body must be {"query": "…", "variables": {…}}'));
  it.each([
    { name: 'by a field', body: { query: '{ one must }' }, answer: refusal, noted: ['one, must'] },
    ...[
      undefined,
      null,
      'text',
      {},
      { query: 5 },
      { query: '{ one }', variables: 'n' },
      { query: '{ one }', operationName: 1 },
    ].map((body) => ({ name: JSON.stringify(body), body, answer: noRequest, noted: [] })),
  ])('$name', async ({ body, answer, noted }) => {
    const given = await run(body);
    expect(given).toEqual({ answer, noted });
    expect((given.answer as Refusal).answer).toEqual(answer.answer);
  });
});
