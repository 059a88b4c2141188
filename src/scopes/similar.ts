/**
 * The candidate that `word` was probably meant to be, or undefined: a few letters off, the same segments in another
 * order (`read:inbox:messages`), or one the beginning of the other (`inbox:read`).
 */
export function similar(word: string, candidates: string[]): string | undefined {
  const sorted = (text: string) => text.split(':').toSorted().join(':');
  const reordered = candidates.find((candidate) => sorted(candidate) === sorted(word));
  if (reordered) return reordered;
  if (word.length > 64) return undefined;
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, Math.floor(candidate.length / 5)))
    .filter(({ candidate, distance }) => distance < candidate.length)
    .toSorted((a, b) => a.distance - b.distance);
  const beginsAlike = (candidate: string) => candidate.startsWith(word) || word.startsWith(candidate);
  return (
    ranked[0]?.candidate ?? (word.length > 2 ? candidates.find((one) => one.length > 2 && beginsAlike(one)) : undefined)
  );
}

/** Levenshtein distance with swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : Infinity;
      const replace = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, replace, swap));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
