import { isKeyword } from "../flags.ts";
import { letteredKeywordsMax } from "./file-name.ts";

/** The keywords of a folder's letters, from `a` on, as in Dovecot's `dovecot-keywords`: lines of a number and a name. */
export function parseKeywords(text: string): readonly (string | undefined)[] {
  const keywords: (string | undefined)[] = [];
  for (const [, number, name] of text.matchAll(/^(\d{1,2}) (.+)$/gm))
    if (Number(number) < letteredKeywordsMax && isKeyword(name!)) keywords[Number(number)] ??= name!;
  return Array.from(keywords);
}

export function formatKeywords(keywords: readonly (string | undefined)[]): string {
  return keywords.flatMap((keyword, i) => (keyword === undefined ? [] : `${i} ${keyword}\n`)).join("");
}

/** The keywords with others added, as far as there are letters. The same array: there was nothing to add. */
export function withKeywords(
  keywords: readonly (string | undefined)[],
  flags: Iterable<string>,
): readonly (string | undefined)[] {
  const known = new Set(keywords.map((keyword) => keyword?.toLowerCase()));
  const more = [...flags].filter((flag) => !flag.startsWith("\\") && !known.has(flag.toLowerCase()));
  if (more.length === 0 || keywords.length >= letteredKeywordsMax) return keywords;
  return [...keywords, ...more].slice(0, letteredKeywordsMax);
}
