const lineFeed = 10;
const carriageReturn = 13;

/** One past the empty line that ends a header; `undefined` where there is none. Lines may end with LF alone. */
export function headerEnd(octets: Uint8Array): number | undefined {
  for (let at = octets.indexOf(lineFeed); at !== -1; at = octets.indexOf(lineFeed, at + 1)) {
    const before = octets[at - 1] === carriageReturn ? at - 2 : at - 1;
    if (before < 0 || octets[before] === lineFeed) return at + 1;
  }
  return undefined;
}
