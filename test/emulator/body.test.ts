import { expect, it } from 'vitest';
import { bodyOf } from '../../src/emulator/body.js';
import { refusalOf, refused } from './support.js';

const notJson = { answer: refused(400, 'the body is not JSON'), verdict: undefined };

it.each([
  { name: 'nothing', text: '', expected: { returned: undefined } },
  { name: 'an object', text: '{"a":[1,null]}', expected: { returned: { a: [1, null] } } },
  { name: 'a value', text: 'false', expected: { returned: false } },
  { name: 'no JSON', text: '{', expected: notJson },
  { name: 'a space', text: ' ', expected: notJson },
  { name: 'as much as it may be', text: `"${'x'.repeat(1_048_574)}"`, expected: { returned: 'x'.repeat(1_048_574) } },
  {
    name: 'too much',
    text: `"${'x'.repeat(1_048_575)}"`,
    expected: {
      answer: { status: 413, body: { message: 'Request Entity Too Large', type: 'invalid_request_error' } },
      verdict: undefined,
    },
  },
])('$name', ({ text, expected }) => {
  expect(refusalOf(() => bodyOf(text))).toEqual(expected);
});
