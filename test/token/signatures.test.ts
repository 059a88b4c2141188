import { expect, it } from 'vitest';
import { mapSignatures } from '../../src/token/signatures.js';

const signature = 'dL2BTaLdbq-9ABe_DdgZp6UL2X_d6vFAl--4YLyX5AI';

it.each([
  { name: 'none', text: 'nothing here. at all', expected: 'nothing here. at all' },
  { name: 'a token', text: `<eyJhIjoxfQ.e30.${signature}>`, expected: '<eyJhIjoxfQ.e30.X>' },
  { name: 'two', text: `eyJ1.e30.${signature} eyJ2.e30.${signature}`, expected: 'eyJ1.e30.X eyJ2.e30.X' },
  { name: 'in JSON, behind a line break', text: `"\\neyJhIjoxfQ.e30.${signature}"`, expected: '"\\neyJhIjoxfQ.e30.X"' },
  { name: 'with white space in its header', text: `ewogICJh.ewp9.${signature}`, expected: 'ewogICJh.ewp9.X' },
  { name: 'in plain base64', text: 'eyJhIjoxfQ.e30.ab+/cdefghij==', expected: 'eyJhIjoxfQ.e30.X' },
  { name: 'behind a word with a dot', text: `x.eyJhIjoxfQ.e30.${signature}.`, expected: 'x.eyJhIjoxfQ.e30.X.' },
  { name: 'one too short to tell', text: 'eyJhIjoxfQ.e30.abcdefghijk', expected: 'eyJhIjoxfQ.e30.abcdefghijk' },
  { name: 'a token without one', text: 'eyJhIjoxfQ..abcdefghijklmno', expected: 'eyJhIjoxfQ..abcdefghijklmno' },
  { name: 'a host', text: 'exchange.example.internal-host-name', expected: 'exchange.example.internal-host-name' },
])('$name', ({ text, expected }) => {
  expect(mapSignatures(text, () => 'X')).toBe(expected);
});
