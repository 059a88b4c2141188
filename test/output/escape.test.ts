import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { say, short, toJson, visible } from '../../src/output/escape.js';

/** What could move a cursor, break a line, hide or reorder text, or be no text at all. */
const hostile = /[\p{Cc}\p{Cs}\u2028\u2029\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;
const commands = /::|##\[/;

describe('visible', () => {
  it.each([
    { name: 'plain text', text: 'alice@example.com: 1/2', expected: 'alice@example.com: 1/2' },
    { name: 'letters of any script', text: 'Zoë 日本 😀', expected: 'Zoë 日本 😀' },
    { name: 'a line break', text: 'a\nb', expected: 'a\\nb' },
    { name: 'a Windows line break and a tab', text: 'a\r\n\tb', expected: 'a\\r\\n\\tb' },
    { name: 'ANSI', text: '\u001b[31mred\u001b[0m', expected: '\\u{1b}[31mred\\u{1b}[0m' },
    { name: 'an OSC link', text: '\u001b]8;;https://x\u0007', expected: '\\u{1b}]8;;https://x\\u{7}' },
    { name: 'a C1 control', text: 'a\u009b31mb', expected: 'a\\u{9b}31mb' },
    { name: 'NUL, backspace, DEL', text: '\0\b\u007f', expected: '\\u{0}\\u{8}\\u{7f}' },
    { name: 'NEL', text: 'a\u0085b', expected: 'a\\u{85}b' },
    { name: 'bidirectional marks', text: 'a\u202eb\u2066c\u200f', expected: 'a\\u{202e}b\\u{2066}c\\u{200f}' },
    { name: 'separators of lines and paragraphs', text: 'a\u2028b\u2029', expected: 'a\\u{2028}b\\u{2029}' },
    {
      name: 'what is not seen',
      text: 'a\u200bb\u00adc\ufeff\u2060',
      expected: 'a\\u{200b}b\\u{ad}c\\u{feff}\\u{2060}',
    },
    { name: 'tags, and what varies a letter', text: 'a\u{e0041}b\u{e0101}', expected: 'a\\u{e0041}b\\u{e0101}' },
    { name: 'a lone surrogate', text: 'a\ud83db', expected: 'a\\u{d83d}b' },
    { name: 'surrogates the wrong way round', text: '\ude00\ud83d', expected: '\\u{de00}\\u{d83d}' },
    { name: 'a pair of surrogates', text: '\ud83d\ude00', expected: '😀' },
    { name: "GitHub's command", text: '::error::x', expected: ':\\u{3a}error:\\u{3a}x' },
    { name: 'three colons', text: ':::x', expected: ':\\u{3a}:x' },
    { name: 'four colons', text: '::::', expected: ':\\u{3a}:\\u{3a}' },
    { name: 'the older command', text: '##[error]x', expected: '#\\u{23}[error]x' },
    { name: 'with a mark more', text: '###[error]', expected: '##\\u{23}[error]' },
    {
      name: 'a command behind a line break',
      text: 'a\n::set-output name=x::y',
      expected: 'a\\n:\\u{3a}set-output name=x:\\u{3a}y',
    },
    { name: 'one colon', text: 'a:b', expected: 'a:b' },
    { name: 'nothing', text: '', expected: '' },
  ])('$name', ({ text, expected }) => {
    expect(visible(text)).toBe(expected);
  });

  it('leaves nothing hostile, and changes nothing when it is asked again', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(':', '#', '[', '\n', '\u001b', '\u202e', '\ud800', '\udc00', 'a') }),
    );
    fc.assert(
      fc.property(text, (given) => {
        const seen = visible(given);
        expect([hostile.test(seen), commands.test(seen), visible(seen)]).toEqual([false, false, seen]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('toJson', () => {
  it.each([
    { name: 'a document', value: { a: 1, b: ['x'] }, expected: '{\n  "a": 1,\n  "b": [\n    "x"\n  ]\n}' },
    { name: 'ANSI', value: '\u001b[31m', expected: '"\\u001b[31m"' },
    { name: 'C1', value: '\u009b\u007f', expected: '"\\u009b\\u007f"' },
    { name: 'bidirectional marks', value: 'a\u202eb', expected: '"a\\u202eb"' },
    { name: 'separators', value: '\u2028\u2029', expected: '"\\u2028\\u2029"' },
    { name: 'a lone surrogate', value: '\ud800', expected: '"\\ud800"' },
    { name: 'tags', value: 'a\u{e0041}', expected: '"a\\udb40\\udc41"' },
    { name: 'a line break', value: 'a\nb', expected: '"a\\nb"' },
    { name: "GitHub's commands", value: '::error::##[x]', expected: '":\\u003aerror:\\u003a#\\u0023[x]"' },
    { name: 'in a name too', value: { '::add-mask::': 1 }, expected: '{\n  ":\\u003aadd-mask:\\u003a": 1\n}' },
    { name: 'letters of any script', value: 'Zoë 😀', expected: '"Zoë 😀"' },
  ])('$name', ({ value, expected }) => {
    expect(toJson(value)).toBe(expected);
  });

  it('parses back to the same value, and is inert', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(':', '#', '[', '\\', '"', 'u', '\n', '\u001b', '\u2028', '\ud800') }),
    );
    const value = fc.oneof(
      fc.jsonValue(),
      text,
      fc.array(text),
      fc.dictionary(
        text.filter((key) => key !== '__proto__'),
        text,
      ),
    );
    fc.assert(
      fc.property(value, (given) => {
        const json = toJson(given);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(given)));
        expect([hostile.test(json.replaceAll('\n', '')), commands.test(json)]).toEqual([false, false]);
        expect(json.split('\n').length).toBe(JSON.stringify(given, null, 2).split('\n').length);
      }),
      { numRuns: 1000 },
    );
  });
});

it('say escapes the values of a template, not the template', () => {
  expect(say`a:: ${'b::\n'} ${3} \n${''}.`).toBe('a:: b:\\u{3a}\\n 3 \n.');
});

it.each([
  { text: 'abc', length: 3, expected: 'abc' },
  { text: 'abcd', length: 3, expected: 'abc…' },
  { text: '', length: 3, expected: '' },
  { text: 'x'.repeat(80), length: undefined, expected: 'x'.repeat(80) },
  { text: 'x'.repeat(81), length: undefined, expected: `${'x'.repeat(80)}…` },
])('short $text, $length', ({ text, length, expected }) => {
  expect(short(text, length)).toBe(expected);
});
