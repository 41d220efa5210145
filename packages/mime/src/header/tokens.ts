/** A piece of a structured field (RFC 5322 §3.2). */
export interface MailToken {
  /** `special` is one of `()<>[]:;@\,."` and, where parameters are read, `/` `?` `=`. */
  readonly type: "atom" | "comment" | "literal" | "quoted" | "special";
  /** What it means: quotes, brackets of comments and backslashes are taken away; a literal keeps its brackets. */
  readonly text: string;
  /** Whether white space or a comment stood before it. */
  readonly isSpaced: boolean;
}

/** What ends an atom: in addresses (RFC 5322 §3.2.3), and in parameters (RFC 2045 §5.1), where dots are letters like others. */
export type TokenGrammar = "address" | "parameter";

const specials: Readonly<Record<TokenGrammar, string>> = {
  address: '()<>[]:;@\\,."',
  parameter: '()<>[]:;@\\,"/?=',
};

/**
 * Takes a structured field apart. Nothing is refused: what is never closed goes to the end, what stands alone is a special.
 * Comments may lie in each other as deep as they like, and cost no more for it.
 */
export function* mailTokens(text: string, grammar: TokenGrammar = "address"): Generator<MailToken, void> {
  const special = specials[grammar];
  let isSpaced = false;
  for (let at = 0; at < text.length; ) {
    const character = text[at]!;
    if (isSpace(character)) {
      isSpaced = true;
      at++;
      continue;
    }
    const piece = character === "(" ? comment(text, at) : solid(text, at, special);
    yield { ...piece.token, isSpaced };
    isSpaced = piece.token.type === "comment";
    at = piece.end;
  }
}

type Piece = { readonly token: Omit<MailToken, "isSpaced">; readonly end: number };

function solid(text: string, at: number, special: string): Piece {
  const character = text[at]!;
  if (character === '"') return delimited(text, at, "quoted", '"');
  if (character === "[") return delimited(text, at, "literal", "]");
  if (special.includes(character)) return { token: { type: "special", text: character }, end: at + 1 };
  let end = at + 1;
  while (end < text.length && !isSpace(text[end]!) && !special.includes(text[end]!)) end++;
  return { token: { type: "atom", text: text.slice(at, end) }, end };
}

/** A quoted string or a domain literal (RFC 5322 §3.2.4, §3.4.1). */
function delimited(text: string, from: number, type: "literal" | "quoted", close: string): Piece {
  let inner = "";
  let at = from + 1;
  for (; at < text.length && text[at] !== close; at++) {
    if (text[at] === "\\" && at + 1 < text.length) at++;
    inner += text[at];
  }
  return { token: { type, text: type === "literal" ? `[${inner}]` : inner }, end: at + 1 };
}

/** A comment with those in it (RFC 5322 §3.2.2). */
function comment(text: string, from: number): Piece {
  let inner = "";
  let depth = 1;
  let at = from + 1;
  for (; at < text.length; at++) {
    const character = text[at]!;
    if (character === "\\" && at + 1 < text.length) inner += text[++at];
    else if (character === ")" && --depth === 0) break;
    else {
      if (character === "(") depth++;
      inner += character;
    }
  }
  return { token: { type: "comment", text: inner }, end: at + 1 };
}

function isSpace(character: string): boolean {
  return character === " " || character === "\t" || character === "\r" || character === "\n";
}

/** Text between quotes, with backslashes where they are needed (RFC 5322 §3.2.4). */
export function quotedString(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
