import { type Token, tokenize, unquote, withoutComments } from "./tokens.ts";

/** One mention of another module. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** `type`: erased by the compiler. `value`: loaded with the module. `dynamic`: loaded when asked for. */
  readonly kind: "dynamic" | "type" | "value";
  /** The names taken, as the other module calls them; `*` for all of it. Names marked `type` are left out. */
  readonly names: readonly string[];
}

/** Every `import`, `export … from` and `import()` of a literal in a source. */
export function importsOf(source: string): readonly Import[] {
  const tokens = withoutComments(tokenize(source));
  const found: Import[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "word" || (token.text !== "import" && token.text !== "export")) continue;
    if ([".", "?."].includes(tokens[index - 1]?.text ?? "")) continue;
    const one = token.text === "import" ? readImport(tokens, index) : readClause(tokens, index + 1);
    if (one !== undefined) found.push(one);
  }
  return found;
}

function readImport(tokens: readonly Token[], index: number): Import | undefined {
  const next = tokens[index + 1];
  if (next?.kind === "string") return { specifier: unquote(next), line: next.line, kind: "value", names: [] };
  if (next?.text === "(") return readDynamic(tokens[index + 2]);
  return readClause(tokens, index + 1);
}

function readDynamic(specifier: Token | undefined): Import | undefined {
  if (specifier?.kind !== "string") return undefined;
  return { specifier: unquote(specifier), line: specifier.line, kind: "dynamic", names: ["*"] };
}

/** Reads `type? clause from "…"`; `undefined` for an export of the module's own. */
function readClause(tokens: readonly Token[], start: number): Import | undefined {
  const isType = tokens[start]?.text === "type" && !["from", ",", "="].includes(tokens[start + 1]?.text ?? "");
  const begin = isType ? start + 1 : start;
  const from = findFrom(tokens, begin);
  if (from === undefined) return undefined;
  const specifier = tokens[from + 1]!;
  const kind = isType ? "type" : "value";
  return { specifier: unquote(specifier), line: specifier.line, kind, names: clauseNames(tokens.slice(begin, from)) };
}

/** Where `from` stands after a default name, `* as x` and `{ … }`, in whatever mixture. */
function findFrom(tokens: readonly Token[], begin: number): number | undefined {
  let inBraces = false;
  for (let index = begin; index < tokens.length; index++) {
    const { kind, text } = tokens[index]!;
    if (text === "from" && !inBraces && tokens[index + 1]?.kind === "string") return index;
    if (text === "{") {
      if (index > begin && tokens[index - 1]!.text !== ",") return undefined;
      inBraces = true;
    } else if (text === "}") inBraces = false;
    else if (!["*", ","].includes(text) && kind !== "word" && kind !== "string") return undefined;
  }
  return undefined;
}

/** In `a, { b as c, type d }` the names are `default` and `b`. */
function clauseNames(clause: readonly Token[]): readonly string[] {
  const names: string[] = [];
  let inBraces = false;
  for (const [index, { text, kind }] of clause.entries()) {
    const before = clause[index - 1]?.text;
    if (text === "{" || text === "}") inBraces = text === "{";
    else if (text === "*") names.push("*");
    else if (kind === "punctuator" || before === "as" || text === "as") continue;
    else if (!inBraces) names.push("default");
    else if ((before === "{" || before === ",") && !isTypeMark(clause, index)) names.push(text);
  }
  return names;
}

function isTypeMark(clause: readonly Token[], index: number): boolean {
  return clause[index]!.text === "type" && ![",", "}", "as"].includes(clause[index + 1]?.text ?? "}");
}
