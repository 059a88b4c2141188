import { expect, it } from 'vitest';
import { inText } from '../../src/emulator/answer.js';

const nested: { in?: unknown } = {};
nested.in = nested;

it.each([
  { answer: { status: 204 }, expected: { status: 204, text: undefined } },
  {
    answer: { status: 200, body: { a: 1 }, headers: { b: 'c' } },
    expected: { status: 200, text: '{"a":1}', headers: { b: 'c' } },
  },
  { answer: { status: 200, text: 'a' }, expected: { status: 200, text: 'a' } },
  {
    answer: { status: 200, body: nested },
    expected: { status: 500, text: '{"message":"Internal Server Error","type":"api_error"}' },
  },
])('$answer.status', ({ answer, expected }) => {
  expect(inText(answer)).toEqual(expected);
});
