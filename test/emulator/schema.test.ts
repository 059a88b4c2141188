import * as v from 'valibot';
import { expect, it } from 'vitest';
import { object, read } from '../../src/emulator/schema.js';

const schema = v.strictObject({
  a: v.strictObject({ b: v.array(v.number()) }),
  c: v.optional(v.string(), 'x'),
  o: v.optional(object),
});
const a = { b: [] };
const noObject = { problem: 'o: Invalid type: Expected Object' };

it.each([
  { value: { a: { b: [1] } }, expected: { value: { a: { b: [1] }, c: 'x' } } },
  { value: undefined, expected: { problem: 'Invalid type: Expected Object but received undefined' } },
  { value: [], expected: { problem: 'it must be an object' } },
  { value: [{ a }], expected: { problem: 'it must be an object' } },
  { value: {}, expected: { problem: 'a is missing' } },
  { value: { a: {} }, expected: { problem: 'a.b is missing' } },
  { value: { a: { b: [], d: 1 } }, expected: { problem: 'a.d is not known here' } },
  { value: { a: { b: [1, 'x'] } }, expected: { problem: 'a.b[1]: Invalid type: Expected number but received "x"' } },
  { value: { a, o: { any: [] } }, expected: { value: { a, c: 'x', o: { any: [] } } } },
  { value: { a, o: [] }, expected: noObject },
  { value: { a, o: null }, expected: noObject },
  { value: { a, o: 'x' }, expected: noObject },
])('$value', ({ value, expected }) => {
  expect(read(schema, value)).toEqual(expected);
});
