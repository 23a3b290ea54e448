/** "Did you mean …": the known name that differs least from what was written. */

/** The nearest of `known` by edits (insert, delete, replace, exchange of neighbours; case counts little), if it is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 64) return undefined;
  const allowed = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let least = Infinity;
  for (const candidate of known) {
    // Names alike but for case come first.
    const distance =
      edits(word.toLowerCase(), candidate.toLowerCase()) +
      (candidate === word ? 0 : edits(word, candidate) / 100);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return Math.floor(least) <= allowed ? best : undefined;
}

/** Damerau-Levenshtein distance (optimal string alignment). */
function edits(a: string, b: string): number {
  let [before, previous] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replace, previous[j] + 1, row[j - 1] + 1);
      const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (exchanged) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, previous] = [previous, row];
  }
  return previous[b.length];
}
