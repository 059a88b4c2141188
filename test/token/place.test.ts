import { expect, it } from 'vitest';
import { textAt } from '../../src/token/place.js';

it.each([
  { json: { token: 'a' }, path: 'token', text: 'a' },
  { json: { data: { token: 'a' } }, path: 'data.token', text: 'a' },
  { json: [{ token: 'a' }], path: '0.token', text: 'a' },
  { json: { data: { token: 'a' } }, path: 'data', text: undefined },
  { json: { token: 1 }, path: 'token', text: undefined },
  { json: { token: 'a' }, path: 'token.0', text: undefined },
  { json: {}, path: 'constructor.name', text: undefined },
  { json: null, path: 'token', text: undefined },
  { json: undefined, path: 'token', text: undefined },
])('$path of $json: $text', ({ json, path, text }) => {
  expect(textAt(json, path)).toBe(text);
});
