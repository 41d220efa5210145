import type { HttpPreference } from "../fields/preferences.ts";
import { best, mostSpecific } from "./negotiate.ts";

/**
 * Chooses the language a client likes best by basic filtering (RFC 9110 §12.5.4, RFC 4647 §3.3.1): `de` fits `de-CH`,
 * `de-CH` does not fit `de`. Without `accept`, or with an empty one, anything is welcome. When nothing fits, most servers
 * had better send their first language than 406: see {@link lookupLanguage}.
 */
export function negotiateLanguage(
  accept: readonly HttpPreference[] | undefined,
  offered: readonly string[],
): string | undefined {
  if (!accept?.length) return offered[0];
  return best(offered, (offer) => mostSpecific(accept, ({ value }) => languageSpecificity(value, offer.toLowerCase())));
}

/** All languages that fit, the most wanted first; of equals in the order of the server (RFC 4647 §3.3.1). */
export function filterLanguages(accept: readonly HttpPreference[], offered: readonly string[]): string[] {
  const weightOf = (offer: string) =>
    mostSpecific(accept, ({ value }) => languageSpecificity(value, offer.toLowerCase())) ?? 0;
  return offered
    .map((offer) => ({ offer, weight: weightOf(offer) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ offer }) => offer);
}

/**
 * Finds exactly one language (RFC 4647 §3.4): each range, the most wanted first, is shortened from its end until a
 * language is equal to it, so `de-CH-1996` finds `de`. `fallback` when nothing does. Ranges with weight 0 are refused
 * languages, and `*` says nothing here.
 */
export function lookupLanguage<T = undefined>(
  accept: readonly HttpPreference[],
  offered: readonly string[],
  fallback?: T,
): string | T {
  const refused = new Set(accept.filter(({ weight }) => weight === 0).map(({ value }) => value));
  const wanted = accept.filter(({ weight, value }) => weight > 0 && value !== "*").sort((a, b) => b.weight - a.weight);
  const byName = new Map(offered.map((offer) => [offer.toLowerCase(), offer]).reverse() as [string, string][]);
  for (const { value } of wanted) {
    for (let range = value; range !== ""; range = shorten(range)) {
      const found = refused.has(range) ? undefined : byName.get(range);
      if (found !== undefined) return found;
    }
  }
  return fallback as T;
}

function languageSpecificity(range: string, language: string): number {
  if (range === "*") return 1;
  return language === range || language.startsWith(`${range}-`) ? 1 + range.length : 0;
}

/** Removes the last subtag, and a single letter before it, which would introduce nothing now. */
function shorten(range: string): string {
  const shorter = range.slice(0, Math.max(0, range.lastIndexOf("-")));
  return shorter.at(-2) === "-" ? shorter.slice(0, -2) : shorter;
}
