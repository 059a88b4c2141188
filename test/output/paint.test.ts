import { expect, it } from 'vitest';
import { isColoured, paintFor } from '../../src/output/paint.js';

it.each([
  { name: 'a terminal', flag: undefined, variables: {}, terminal: true, expected: true },
  { name: 'no terminal', flag: undefined, variables: {}, terminal: false, expected: false },
  { name: 'a dumb terminal', flag: undefined, variables: { TERM: 'dumb' }, terminal: true, expected: false },
  { name: 'NO_COLOR', flag: undefined, variables: { NO_COLOR: '1' }, terminal: true, expected: false },
  {
    name: 'an empty NO_COLOR counts as unset',
    flag: undefined,
    variables: { NO_COLOR: '' },
    terminal: true,
    expected: true,
  },
  { name: 'FORCE_COLOR', flag: undefined, variables: { FORCE_COLOR: '1' }, terminal: false, expected: true },
  {
    name: 'FORCE_COLOR of any word',
    flag: undefined,
    variables: { FORCE_COLOR: 'true' },
    terminal: false,
    expected: true,
  },
  { name: 'FORCE_COLOR=0', flag: undefined, variables: { FORCE_COLOR: '0' }, terminal: true, expected: false },
  { name: 'FORCE_COLOR=false', flag: undefined, variables: { FORCE_COLOR: 'false' }, terminal: true, expected: false },
  {
    name: 'an empty FORCE_COLOR counts as unset',
    flag: undefined,
    variables: { FORCE_COLOR: '' },
    terminal: false,
    expected: false,
  },
  {
    name: 'FORCE_COLOR before NO_COLOR',
    flag: undefined,
    variables: { FORCE_COLOR: '1', NO_COLOR: '1' },
    terminal: false,
    expected: true,
  },
  {
    name: 'FORCE_COLOR before a dumb terminal',
    flag: undefined,
    variables: { FORCE_COLOR: '1', TERM: 'dumb' },
    terminal: true,
    expected: true,
  },
  {
    name: '--color before all',
    flag: true,
    variables: { NO_COLOR: '1', FORCE_COLOR: '0', TERM: 'dumb' },
    terminal: false,
    expected: true,
  },
  { name: '--no-color before all', flag: false, variables: { FORCE_COLOR: '1' }, terminal: true, expected: false },
])('$name', ({ flag, variables, terminal, expected }) => {
  expect(isColoured(flag, variables, terminal)).toBe(expected);
});

it.each([
  { coloured: false, expected: { red: 'a', green: 'a', yellow: 'a', dim: 'a', bold: 'a' } },
  {
    coloured: true,
    expected: {
      red: '\u001b[31ma\u001b[39m',
      green: '\u001b[32ma\u001b[39m',
      yellow: '\u001b[33ma\u001b[39m',
      dim: '\u001b[2ma\u001b[22m',
      bold: '\u001b[1ma\u001b[22m',
    },
  },
])('paints, coloured: $coloured', async ({ coloured, expected }) => {
  const { red, green, yellow, dim, bold } = await paintFor(coloured);
  expect({ red: red('a'), green: green('a'), yellow: yellow('a'), dim: dim('a'), bold: bold('a') }).toEqual(expected);
});
