import { expect, it } from 'vitest';
import { progressOn } from '../../src/output/progress.js';

function written(shown: boolean, outcomes: boolean[], ends = 1): string[] {
  const texts: string[] = [];
  const progress = progressOn({ write: (text) => void texts.push(text) }, 3, shown);
  for (const failed of outcomes) progress.add(failed);
  for (let end = 0; end < ends; end += 1) progress.end();
  return texts;
}

const clear = '\r\u001b[K';
it.each([
  { name: 'one line, written anew, and taken away', shown: true, outcomes: [false, true, false], ends: 1 },
  { name: 'taken away once', shown: true, outcomes: [false, true, false], ends: 2 },
])('$name', ({ shown, outcomes, ends }) => {
  expect(written(shown, outcomes, ends)).toEqual([
    `${clear}1 of 3 checks`,
    `${clear}2 of 3 checks, 1 failed`,
    `${clear}3 of 3 checks, 1 failed`,
    clear,
  ]);
});

it.each([
  { name: 'nobody watches', shown: false, outcomes: [true] },
  { name: 'nothing was done', shown: true, outcomes: [] },
])('nothing, where $name', ({ shown, outcomes }) => {
  expect(written(shown, outcomes)).toEqual([]);
});
