import { keepsDirection } from "./bidi.ts";

/**
 * Prepares a name or a password for comparison (SASLprep, RFC 4013): other spaces become a space, what cannot be seen goes,
 * compatibility forms are joined (`Ⅸ` becomes `IX`). Doing it twice changes nothing.
 *
 * Code points that Unicode 3.2 did not know are let through, as RFC 3454 §7 allows for what is asked rather than stored.
 * They are normalized by the tables of today.
 * @returns `undefined` when the text holds what neither a name nor a password may: controls, private or no characters,
 * marks of direction, letters of both directions
 */
export function saslprep(text: string): string | undefined {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const prepared = text.replace(otherSpaces, " ").replace(mappedToNothing, "").normalize("NFKC");
  return prohibited.test(prepared) || !keepsDirection(prepared) ? undefined : prepared;
}

/** RFC 3454 §C.1.2. */
const otherSpaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;

/** RFC 3454 §B.1. */
const mappedToNothing = /\u034f|[\u00ad\u1806\u200b-\u200d\u2060\ufeff]|[\u180b-\u180d]|[\ufe00-\ufe0f]/g;

/** RFC 4013 §2.3: what may not be in a prepared text, by the tables of RFC 3454 §C. */
const prohibited = new RegExp(
  `[${[
    "\\u00a0\\u1680\\u2000-\\u200b\\u202f\\u205f\\u3000", // C.1.2: spaces that are none
    "\\x00-\\x1f\\x7f", // C.2.1: ASCII controls
    "\\x80-\\x9f\\u06dd\\u070f\\u180e\\u200c\\u200d\\u2028\\u2029", // C.2.2: other controls
    "\\u2060-\\u2063\\u206a-\\u206f\\ufeff\\ufff9-\\ufffc\\u{1d173}-\\u{1d17a}",
    "\\p{Co}", // C.3: private use
    "\\p{Noncharacter_Code_Point}", // C.4
    "\\p{Cs}", // C.5: half of a pair
    "\\ufffd", // C.6, with those of C.2.2
    "\\u2ff0-\\u2ffb", // C.7: description of ideographs
    "\\u0340\\u0341\\u200e\\u200f\\u202a-\\u202e", // C.8: changes of direction
    "\\u{e0001}\\u{e0020}-\\u{e007f}", // C.9: tags
  ].join("")}]`,
  "u",
);
