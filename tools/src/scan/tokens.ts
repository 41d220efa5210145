/** What a piece of TypeScript is. Templates come in pieces: the text up to `${`, then the tokens inside, and so on. */
export type TokenKind = "comment" | "number" | "punctuator" | "regex" | "string" | "template" | "word";

/** A piece of TypeScript, and the line (from 1) it begins on. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly line: number;
}

/**
 * Cuts TypeScript into tokens, so that checks can tell code from comments and strings. It knows no grammar: whether a
 * `/` divides or begins a regular expression is told by the token before it, which is right for code Biome formatted.
 */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  /** Open braces, innermost last; true for those of a `${`. */
  const braces: boolean[] = [];
  let line = 1;
  let at = 0;
  let significant: Token | undefined;
  while (at < source.length) {
    const resume = source[at] === "}" && braces.at(-1) === true;
    const [kind, text] = resume ? match("template", templateRest, source, at) : nextToken(source, at, significant);
    if (kind !== undefined) {
      const token = { kind, text, line };
      tokens.push(token);
      track(token, resume, braces);
      if (kind !== "comment") significant = isPostfixBang(token, significant, source[at - 1]) ? significant : token;
    }
    line += text.split("\n").length - 1;
    at += text.length;
  }
  return tokens;
}

/** The code alone. */
export function withoutComments(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter(({ kind }) => kind !== "comment");
}

/** The text of a string literal. Escapes are left as they are: no path or name here needs one. */
export function unquote(token: Token): string {
  return token.text.slice(1, -1);
}

type Cut = readonly [kind: TokenKind | undefined, text: string];

const templateRest = /\}(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{|$)/y;

/** Tried in this order at every place. */
const shapes: readonly (readonly [TokenKind | undefined, RegExp])[] = [
  [undefined, /\s+/y],
  ["comment", /\/\/.*|\/\*[\s\S]*?(?:\*\/|$)|#!.*/y],
  ["string", /"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?/y],
  ["template", /`(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{|$)/y],
  ["number", /\.?\d(?:[\w.]|[eE][+-])*/y],
  ["word", /[#@]?[\p{ID_Start}$_][\p{ID_Continue}$]*/uy],
  ["punctuator", /=>|\?\.(?!\d)|\.\.\.|\+\+|--|[\s\S]/y],
];

const regexShape = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;

function nextToken(source: string, at: number, before: Token | undefined): Cut {
  if (source[at] === "/" && source[at + 1] !== "/" && source[at + 1] !== "*" && regexMayFollow(before)) {
    const cut = match("regex", regexShape, source, at);
    if (cut[1] !== "") return cut;
  }
  for (const [kind, shape] of shapes) {
    const cut = match(kind, shape, source, at);
    if (cut[1] !== "") return cut;
  }
  return [undefined, source[at]!];
}

function match(kind: TokenKind | undefined, shape: RegExp, source: string, at: number): Cut {
  shape.lastIndex = at;
  return [kind, shape.exec(source)?.[0] ?? ""];
}

function track({ kind, text }: Token, resumed: boolean, braces: boolean[]): void {
  if (resumed) braces.pop();
  if (kind === "template" && text.endsWith("${")) braces.push(true);
  else if (kind === "punctuator" && text === "{") braces.push(false);
  else if (kind === "punctuator" && text === "}") braces.pop();
}

const operators = new Set([
  "await",
  "case",
  "delete",
  "do",
  "else",
  "in",
  "instanceof",
  "new",
  "of",
  "return",
  "throw",
]);
const operands = new Set([")", "]", "}", "++", "--"]);

function regexMayFollow(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === "word") return operators.has(before.text) || before.text === "typeof" || before.text === "yield";
  if (before.kind === "template") return before.text.endsWith("${");
  return before.kind === "punctuator" && !operands.has(before.text);
}

/** The `!` of `x! / 2` leaves an operand behind, as if it were not there. */
function isPostfixBang(token: Token, before: Token | undefined, left: string | undefined): boolean {
  return token.text === "!" && before !== undefined && left?.trim() !== "" && !regexMayFollow(before);
}
