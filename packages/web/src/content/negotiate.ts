import type { HttpMediaRange } from "../fields/accept.ts";
import { type HttpMediaType, parseHttpMediaType } from "../fields/content-type.ts";
import type { HttpPreference } from "../fields/preferences.ts";

/**
 * Chooses the media type a client likes best (RFC 9110 §12.5.1). For each offer the most specific range that fits it
 * counts; of equals the server's first one wins. Without `accept`, or with an empty one, anything is welcome.
 * @throws {TypeError} when an offer is not a media type
 */
export function negotiateMediaType(
  accept: readonly HttpMediaRange[] | undefined,
  offered: readonly string[],
): string | undefined {
  if (!accept?.length) return offered[0];
  return best(offered, (offer) => {
    const media = parseHttpMediaType(offer);
    if (media === undefined) throw new TypeError(`Cannot offer ${JSON.stringify(offer)}: not a media type`);
    return mostSpecific(accept, (range) => mediaSpecificity(range, media));
  });
}

/** Chooses a charset (RFC 9110 §12.5.2). Without `accept`, or with an empty one, anything is welcome. */
export function negotiateCharset(
  accept: readonly HttpPreference[] | undefined,
  offered: readonly string[],
): string | undefined {
  if (!accept?.length) return offered[0];
  return best(offered, (offer) => mostSpecific(accept, ({ value }) => nameSpecificity(value, offer.toLowerCase())));
}

/**
 * Chooses a content coding (RFC 9110 §12.5.3). `identity` is taken last when the client does not name it, and never
 * when it says `identity;q=0`, or `*;q=0` and no more. Without `accept` the answer is `identity`: a client that does not
 * speak of codings may not know any.
 */
export function negotiateEncoding(
  accept: readonly HttpPreference[] | undefined,
  offered: readonly string[],
): string | undefined {
  return best(offered, (offer) => {
    const coding = codingName(offer.toLowerCase());
    if (accept === undefined) return coding === "identity" ? 1 : 0;
    const weight = mostSpecific(accept, ({ value }) => nameSpecificity(codingName(value), coding));
    const named = accept.some(({ value }) => value === "identity");
    if (coding !== "identity" || named) return weight ?? 0;
    return weight === 0 ? 0 : IMPLIED;
  });
}

/** The offer of the highest weight above 0; of equals the first. */
export function best(offered: readonly string[], weightOf: (offer: string) => number | undefined): string | undefined {
  let chosen: string | undefined;
  let highest = 0;
  for (const offer of offered) {
    const weight = weightOf(offer) ?? 0;
    if (weight > highest) [chosen, highest] = [offer, weight];
  }
  return chosen;
}

/** The weight of the member that fits most closely; `undefined` when none fits. A specificity of 0 does not fit. */
export function mostSpecific<T extends { readonly weight: number }>(
  members: readonly T[],
  specificityOf: (member: T) => number,
): number | undefined {
  let weight: number | undefined;
  let closest = 0;
  for (const member of members) {
    const specificity = specificityOf(member);
    if (specificity > closest) [weight, closest] = [member.weight, specificity];
  }
  return weight;
}

/** 1 for everything, 2 for `type/*`, 3 for the type itself, and one more for each parameter. */
function mediaSpecificity(range: HttpMediaRange, media: HttpMediaType): number {
  if (range.type === "*") return 1;
  if (range.type !== media.type) return 0;
  if (range.subtype === "*") return 2;
  if (range.subtype !== media.subtype) return 0;
  for (const [name, value] of range.parameters) {
    if (media.parameters.get(name)?.toLowerCase() !== value.toLowerCase()) return 0;
  }
  return 3 + range.parameters.size;
}

function nameSpecificity(value: string, offer: string): number {
  if (value === offer) return 2;
  return value === "*" ? 1 : 0;
}

/** The present name of a coding, in lower case already (RFC 9110 §8.4.1.3). */
export function codingName(name: string): string {
  return name === "x-gzip" ? "gzip" : name;
}

// Below every weight that can be written.
const IMPLIED = 0.0001;
