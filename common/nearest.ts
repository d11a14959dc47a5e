/**
 * The known name closest to a mistyped one by edit distance, or null where nothing is close enough to be meant.
 *
 * Case does not count. Close enough: at most a third of the longer name's letters (and at least two) differ,
 * or one name begins with the other.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { nearest } from "./nearest.ts";
 * assertEquals(nearest("wieghtDecay", ["lr", "weightDecay"]), "weightDecay");
 * assertEquals(nearest("zebra", ["lr", "weightDecay"]), null);
 * ```
 */
export function nearest(given: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Infinity;
  const word = given.toLowerCase();
  for (const name of known) {
    const other = name.toLowerCase();
    const prefix = word.length > 0 && (other.startsWith(word) || word.startsWith(other));
    const limit = prefix ? Infinity : Math.max(2, Math.floor(Math.max(word.length, other.length) / 3));
    const distance = editDistance(word, other);
    if (distance <= limit && distance < Math.max(word.length, other.length) && distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** A sentence part for errors: `known are a, b` and, where one is close, `did you mean a`. */
export function suggest(given: string, known: readonly string[]): string {
  const guess = nearest(given, known);
  return guess === null
    ? `known are ${known.join(", ")}`
    : `did you mean ${guess}, known are ${known.join(", ")}`;
}

/** Levenshtein distance, with a swap of two neighbouring letters counted as one edit (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, change);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}
