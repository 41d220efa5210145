const units: readonly (readonly [seconds: number, letter: string, word: string])[] = [
  [604_800, "w", "week"],
  [86_400, "d", "day"],
  [3_600, "h", "hour"],
  [60, "m", "minute"],
  [1, "s", "second"],
];

/** `1h30m`; of nothing `0s`. */
export function shortPeriodText(seconds: number): string {
  return partsOf(seconds)
    .map(([count, letter]) => `${count}${letter}`)
    .join("");
}

/** `1 hour 30 minutes`. */
export function longPeriodText(seconds: number): string {
  return partsOf(seconds)
    .map(([count, , word]) => `${count} ${word}${count === 1 ? "" : "s"}`)
    .join(" ");
}

function partsOf(seconds: number): readonly (readonly [count: number, letter: string, word: string])[] {
  const parts: (readonly [number, string, string])[] = [];
  let left = seconds;
  for (const [length, letter, word] of units) {
    if (left >= length) parts.push([Math.floor(left / length), letter, word]);
    left %= length;
  }
  return parts.length > 0 ? parts : [[0, "s", "second"]];
}
