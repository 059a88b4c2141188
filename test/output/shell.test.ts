import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellLine, shellWord } from '../../src/output/shell.js';

/** The words that a POSIX shell makes of a line, `:` standing for the command. */
function wordsOf(line: string): string[] {
  const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], {
    encoding: 'utf8',
    cwd: '/',
    env: { PATH: process.env.PATH },
  });
  return printed.split('\0').slice(0, -1);
}

describe('shellWord', () => {
  it.each([
    { name: 'a plain word', word: 'issue', expected: 'issue' },
    { name: 'what needs no quotes', word: '--user=a@b.c/d:e,f+g%_', expected: '--user=a@b.c/d:e,f+g%_' },
    { name: 'nothing', word: '', expected: "''" },
    { name: 'a space', word: 'a b', expected: "'a b'" },
    { name: 'a dollar', word: '$(id)', expected: "'$(id)'" },
    { name: 'a quote', word: "o'hara", expected: "'o'\\''hara'" },
    { name: 'double quotes and backslashes', word: '"\\', expected: `'"\\'` },
    { name: 'a glob', word: '*', expected: "'*'" },
    { name: 'a home', word: '~', expected: "'~'" },
    { name: 'letters beyond ASCII', word: 'Zoë', expected: "'Zoë'" },
    { name: "GitHub's command", word: '::error::', expected: "':'':error:'':'" },
    { name: 'the older one', word: '##[error]', expected: "'#''#[error]'" },
    { name: 'a control, which no line can hold', word: 'a\n\u001b', expected: "'a\\n\\u{1b}'" },
  ])('$name', ({ word, expected }) => {
    expect(shellWord(word)).toBe(expected);
  });
});

it.each([
  { argv: ['courier-jwt', 'issue', '--user', 'alice'], expected: 'courier-jwt issue --user alice' },
  { argv: ['courier-jwt', 'issue', '--user', 'a b'], expected: "courier-jwt issue --user 'a b'" },
  { argv: [], expected: '' },
])('shellLine: $expected', ({ argv, expected }) => {
  expect(shellLine(argv)).toBe(expected);
});

describe('a real shell', () => {
  it.each([
    '$(echo hacked)',
    '`echo hacked`',
    '$HOME',
    '${HOME}',
    '; echo hacked',
    '&& echo hacked',
    '| cat',
    '> /tmp/hacked',
    '\\',
    "'",
    "''",
    "'\\''",
    '"',
    '*',
    '?',
    '[a-z]',
    '~',
    '~root',
    '{a,b}',
    '!x',
    '#x',
    '-n',
    'a=b',
    '::error::x',
    ':::',
    '::::',
    '##[error]',
    '###[',
    ":':",
    '',
    ' ',
  ])('reads back %s, and runs nothing', (word) => {
    expect(wordsOf(shellLine([word, 'end']))).toEqual([word, 'end']);
  });

  it('reads back any words', () => {
    // Whatever can be seen: what cannot is shown by its escape, and is another word.
    const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 12 });
    const seen = fc.stringMatching(/^[\p{L}\p{N}\p{P}\p{Sm}\p{Sc} ]{0,12}$/u);
    const tricky = fc.string({
      unit: fc.constantFrom("'", '"', '\\', '$', '`', ':', '#', '[', ' ', 'a'),
      maxLength: 12,
    });
    const unseen = /[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
    const word = fc.oneof(ascii, seen, tricky).filter((text) => !unseen.test(text));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (argv) => {
        expect(wordsOf(shellLine(argv))).toEqual(argv);
      }),
      { numRuns: 60 },
    );
  });
});
