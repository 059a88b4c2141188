import { expect, it } from 'vitest';
import { similar } from '../../src/scopes/similar.js';

const commands = ['issue', 'decode', 'check-scopes', 'scopes', 'env'];

it.each([
  { name: 'the word itself', word: 'issue', candidates: commands, expected: 'issue' },
  { name: 'a letter missing', word: 'isue', candidates: commands, expected: 'issue' },
  { name: 'a letter too many', word: 'issuee', candidates: commands, expected: 'issue' },
  { name: 'another letter', word: 'decade', candidates: commands, expected: 'decode' },
  { name: 'two neighbours swapped count as one', word: 'iusse', candidates: ['issue'], expected: 'issue' },
  { name: 'upper case', word: 'DECODE', candidates: commands, expected: 'decode' },
  { name: 'the nearer of two', word: 'scope', candidates: ['scares', 'scopes'], expected: 'scopes' },
  { name: 'the first of two as near', word: 'scape', candidates: ['scale', 'scope'], expected: 'scale' },
  { name: 'two letters off', word: 'dekobe', candidates: commands, expected: 'decode' },
  { name: 'three letters off a short one', word: 'xyzode', candidates: commands, expected: undefined },
  {
    name: 'three letters off one of fifteen',
    word: 'inbox:read:mesxyz',
    candidates: ['inbox:read:messag'],
    expected: 'inbox:read:messag',
  },
  {
    name: 'four letters off one of fifteen',
    word: 'inbox:read:mewxyz',
    candidates: ['inbox:read:messag'],
    expected: undefined,
  },
  {
    name: 'segments in another order',
    word: 'read:inbox:messages',
    candidates: ['inbox:read:messages'],
    expected: 'inbox:read:messages',
  },
  {
    name: 'segments in another order before letters off',
    word: 'read:a',
    candidates: ['read:b', 'a:read'],
    expected: 'a:read',
  },
  { name: 'as many letters off as it has: nothing of it is left', word: 'xy', candidates: ['ab'], expected: undefined },
  { name: 'an empty word', word: '', candidates: ['ab', 'env'], expected: undefined },
  { name: 'no candidates', word: 'issue', candidates: [], expected: undefined },
  { name: 'a word far too long', word: 'x'.repeat(65), candidates: ['x'.repeat(64)], expected: undefined },
  {
    name: 'a word of the greatest length',
    word: 'x'.repeat(64),
    candidates: ['x'.repeat(63)],
    expected: 'x'.repeat(63),
  },
])('$name', ({ word, candidates, expected }) => {
  expect(similar(word, candidates)).toBe(expected);
});

it('swaps count as one letter off, not two', () => {
  // Three swaps: six letters off without swaps, and three are allowed for fifteen letters.
  expect(similar('badcfeghijklmno', ['abcdefghijklmno'])).toBe('abcdefghijklmno');
});
