/** The known word that a misspelt one most likely means: at most two letters wrong, and fewer than half of them. */
export function nearestWord(word: string, known: Iterable<string>): string | undefined {
  if (word.length > 64) return undefined;
  let nearest: string | undefined;
  let fewest = Math.min(3, Math.ceil(word.length / 2));
  for (const candidate of known) {
    const count = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (count >= fewest) continue;
    fewest = count;
    nearest = candidate;
  }
  return nearest;
}

/** Says what was meant by a misspelt word, as the end of a sentence: the near miss, or the whole list. */
export function suggestion(word: string, known: readonly string[]): string {
  const meant = nearestWord(word, known);
  if (meant !== undefined) return `did you mean ${JSON.stringify(meant)}?`;
  return known.length === 0 ? "it has none" : `known are ${known.join(", ")}`;
}

/** How many letters must be changed, added, dropped or swapped with their neighbour (Damerau and Levenshtein). */
function editDistance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= from.length; i++) {
    const [row, above, beforeThat] = [[i], rows[i - 1]!, rows[i - 2]];
    for (let j = 1; j <= to.length; j++) {
      const changed = above[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwap = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = isSwap && beforeThat !== undefined ? beforeThat[j - 2]! + 1 : changed;
      row.push(Math.min(changed, swapped, above[j]! + 1, row[j - 1]! + 1));
    }
    rows.push(row);
  }
  return rows[from.length]![to.length]!;
}
