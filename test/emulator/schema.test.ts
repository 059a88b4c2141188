import * as v from 'valibot';
import { expect, it } from 'vitest';
import { read } from '../../src/emulator/schema.js';

const schema = v.strictObject({ a: v.strictObject({ b: v.array(v.number()) }), c: v.optional(v.string(), 'x') });

it.each([
  { value: { a: { b: [1] } }, expected: { value: { a: { b: [1] }, c: 'x' } } },
  { value: undefined, expected: { problem: 'Invalid type: Expected Object but received undefined' } },
  { value: {}, expected: { problem: 'a is missing' } },
  { value: { a: {} }, expected: { problem: 'a.b is missing' } },
  { value: { a: { b: [], d: 1 } }, expected: { problem: 'a.d is not known here' } },
  { value: { a: { b: [1, 'x'] } }, expected: { problem: 'a.b.1: Invalid type: Expected number but received "x"' } },
])('$value', ({ value, expected }) => {
  expect(read(schema, value)).toEqual(expected);
});
