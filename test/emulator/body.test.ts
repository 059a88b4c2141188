import { expect, it } from 'vitest';
import { bodyOf } from '../../src/emulator/body.js';
import { refusalOf, refused } from './support.js';

const notJson = { answer: refused(400, 'the body is not JSON'), verdict: undefined };
const tooDeep = { answer: refused(400, 'the body is nested too deeply'), verdict: undefined };
const tooLarge = {
  answer: { status: 413, body: { message: 'Request Entity Too Large', type: 'invalid_request_error' } },
  verdict: undefined,
};
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

it.each([
  { name: 'nothing', text: '', expected: { returned: undefined } },
  { name: 'an object', text: '{"a":[1,null]}', expected: { returned: { a: [1, null] } } },
  { name: 'a value', text: 'false', expected: { returned: false } },
  { name: 'no JSON', text: '{', expected: notJson },
  { name: 'a space', text: ' ', expected: notJson },
  { name: 'as much as it may be', text: `"${'x'.repeat(1_048_574)}"`, expected: { returned: 'x'.repeat(1_048_574) } },
  { name: 'as deep as it may be', text: nested(100), expected: { returned: JSON.parse(nested(100)) as unknown } },
  { name: 'too deep', text: nested(101), expected: tooDeep },
  { name: 'far too deep', text: `{"a":${nested(50_000)}}`, expected: tooDeep },
  {
    name: 'as many bytes as it may have',
    text: `"${'é'.repeat(524_287)}"`,
    expected: { returned: 'é'.repeat(524_287) },
  },
  { name: 'too many bytes', text: `"${'é'.repeat(524_288)}"`, expected: tooLarge },
  { name: 'too much', text: `"${'x'.repeat(1_048_575)}"`, expected: tooLarge },
])('$name', ({ text, expected }) => {
  expect(refusalOf(() => bodyOf(text))).toEqual(expected);
});
