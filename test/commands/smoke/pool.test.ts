import { expect, it } from 'vitest';
import { inPool } from '../../../src/commands/smoke/pool.js';

/** How it went: the most at once, what was begun in turn, and what came of each. */
async function pooled(concurrency: number, items: number[]) {
  const begun: number[] = [];
  let atOnce = 0;
  let most = 0;
  const results = await inPool(concurrency, items, async (item) => {
    begun.push(item);
    atOnce += 1;
    most = Math.max(most, atOnce);
    // The later ones are the quicker ones.
    for (let turn = 0; turn < 10 - item; turn += 1) await Promise.resolve();
    atOnce -= 1;
    return item * 10;
  });
  return { results, begun, most };
}

it.each([
  { concurrency: 3, items: [1, 2, 3, 4, 5, 6], most: 3 },
  { concurrency: 1, items: [1, 2, 3], most: 1 },
  { concurrency: 9, items: [1, 2], most: 2 },
  { concurrency: 9, items: [], most: 0 },
])('$concurrency at once of $items', async ({ concurrency, items, most }) => {
  expect(await pooled(concurrency, items)).toEqual({ results: items.map((item) => item * 10), begun: items, most });
});

it('ends with the first that fails, and begins nothing more', async () => {
  const begun: number[] = [];
  const failing = inPool(2, [1, 2, 3, 4, 5, 6], async (item) => {
    begun.push(item);
    // Others are under way, and go on.
    if (item !== 2) await new Promise((resolve) => setTimeout(resolve, 1));
    if (item === 2) throw new Error('two');
    return item;
  });
  await expect(failing).rejects.toThrow('two');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(begun).toEqual([1, 2]);
});
