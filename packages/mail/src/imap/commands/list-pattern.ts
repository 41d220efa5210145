/**
 * Whether a name matches a pattern: `*` is anything, `%` anything on one level (RFC 9051 §6.3.9). INBOX is the same in any case
 * of letters. Takes time that grows as name and pattern, never as a power of them.
 */
export function matchesMailboxPattern(name: string, pattern: string): boolean {
  const wanted = pattern
    .replace(/^inbox(?=$|\/)/i, "INBOX")
    .replace(/[*%]*\*[*%]*/g, "*")
    .replace(/%+/g, "%");
  // Which prefixes of the pattern match the name so far.
  let matches: boolean[] = prefixesOf(wanted);
  for (const character of name) matches = step(matches, wanted, character);
  return matches[wanted.length] === true;
}

/** Wildcards match nothing, too. */
function prefixesOf(pattern: string): boolean[] {
  const matches: boolean[] = [true];
  for (let i = 0; i < pattern.length; i++) matches[i + 1] = matches[i] === true && isWild(pattern[i]!);
  return matches;
}

function step(before: readonly boolean[], pattern: string, character: string): boolean[] {
  const matches: boolean[] = [false];
  for (let i = 0; i < pattern.length; i++) {
    const wanted = pattern[i]!;
    const goesOn = wanted === "*" || (wanted === "%" && character !== "/");
    const isPassed = isWild(wanted) && matches[i] === true;
    matches[i + 1] =
      isPassed ||
      (goesOn && before[i + 1] === true) ||
      (goesOn && before[i] === true) ||
      (!isWild(wanted) && wanted === character && before[i] === true);
  }
  return matches;
}

function isWild(character: string): boolean {
  return character === "*" || character === "%";
}
