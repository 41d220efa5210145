import type { SpfMacroPiece, SpfMacroText } from "./words.ts";

/** `%{` letter, digits, `r`, delimiters `}`; `%%`, `%_`, `%-`; or visible characters (RFC 7208 §7.1). */
const piece = /%\{([a-z])(\d*)(r?)([.+,/_=-]*)\}|%([%_-])|([!-$&-~]+)/giy;

/** The same in an explanation, where spaces may stand (RFC 7208 §6.2). */
const explanationPiece = /%\{([a-z])(\d*)(r?)([.+,/_=-]*)\}|%([%_-])|([ -$&-~]+)/giy;

const signs: Readonly<Record<string, string>> = { "%": "%", _: " ", "-": "%20" };

/** Takes text with macros apart. `undefined` when it breaks the grammar. */
export function parseSpfMacroText(text: string): SpfMacroText | undefined {
  return piecesOf(text, piece, "slodiphv");
}

/** Takes an explanation apart (RFC 7208 §6.2). `undefined` when it breaks the grammar. */
export function parseSpfExplanation(text: string): SpfMacroText | undefined {
  return piecesOf(text, explanationPiece, "slodiphvcrt");
}

/** Takes the domain of a mechanism apart: it ends in a macro, or in a label that is no number (RFC 7208 §7.1). */
export function parseSpfDomain(text: string): SpfMacroText | undefined {
  const endsWell = /%\{[^}]*\}$/.test(text) || endsInLabel.test(text);
  return endsWell ? parseSpfMacroText(text) : undefined;
}

const endsInLabel = /\.(?=[a-z0-9-]*[a-z-])[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.?$/i;

function piecesOf(text: string, pattern: RegExp, letters: string): SpfMacroText | undefined {
  const pieces: SpfMacroPiece[] = [];
  pattern.lastIndex = 0;
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    const match = pattern.exec(text);
    const one = match === null ? undefined : pieceOf(match, letters);
    if (one === undefined) return undefined;
    pieces.push(one);
  }
  return pieces;
}

function pieceOf(match: RegExpExecArray, letters: string): SpfMacroPiece | undefined {
  const [, letter, digits = "", reverse = "", delimiters = "", sign, literal] = match;
  if (literal !== undefined) return { type: "text", text: literal };
  if (sign !== undefined) return { type: "text", text: signs[sign]! };
  const lower = letter!.toLowerCase();
  if (!letters.includes(lower) || /^0+$/.test(digits)) return undefined;
  return {
    type: "macro",
    letter: lower,
    partsMax: digits === "" ? undefined : Number(digits),
    isReversed: reverse !== "",
    delimiters: delimiters || ".",
    isEscaped: letter !== lower,
  };
}
