import { type Token, tokenize, unquote } from "../scan/tokens.ts";

/** One name that a module declares, and whether a doc comment stands over it. */
interface Declaration {
  readonly name: string;
  readonly documented: boolean;
}

/** What a declaration file gives to its importers. */
export interface ModuleExports {
  /** By the name it is exported under. */
  readonly own: ReadonlyMap<string, Declaration>;
  /** `export { name as alias } from "specifier"`. */
  readonly taken: readonly { readonly name: string; readonly alias: string; readonly specifier: string }[];
  /** `export * from "specifier"`. */
  readonly stars: readonly string[];
}

/** Reads a `.d.ts` as the compiler writes it. */
export function exportsOf(source: string): ModuleExports {
  const tokens = topLevel(tokenize(source));
  const declared = new Map<string, Declaration>();
  const own = new Map<string, Declaration>();
  const taken: { name: string; alias: string; specifier: string }[] = [];
  const stars: string[] = [];
  const lists: Token[][] = [];
  for (const [index, { text, kind }] of tokens.entries()) {
    if (kind !== "word" || (text !== "export" && text !== "declare")) continue;
    const declaration = readDeclaration(tokens, index);
    if (declaration !== undefined) {
      merge(declared, declaration);
      if (text === "export") merge(own, declaration);
    } else if (text === "export") lists.push(tokens.slice(index, statementEnd(tokens, index)));
  }
  for (const list of lists) readList(list, declared, { own, taken, stars });
  return { own, taken, stars };
}

const keywords = new Set(["class", "const", "enum", "function", "interface", "let", "namespace", "type", "var"]);
const modifiers = new Set(["abstract", "async", "declare", "default", "export"]);

/** Drops what stands inside braces, except the lists of names of an export. */
function topLevel(tokens: readonly Token[]): readonly Token[] {
  let depth = 0;
  return tokens.filter(({ kind, text }, index) => {
    if (kind !== "punctuator") return depth === 0 || isNameList(tokens, index);
    if (text === "}") depth--;
    const kept = depth === 0 || isNameList(tokens, index);
    if (text === "{") depth++;
    return kept;
  });
}

/** True inside the braces of `export {` and `export type {`. */
function isNameList(tokens: readonly Token[], index: number): boolean {
  let at = index;
  while (at >= 0 && tokens[at]!.text !== "{") {
    if (![",", "as", "type"].includes(tokens[at]!.text) && tokens[at]!.kind !== "word") return false;
    at--;
  }
  const before = tokens[at - 1]?.text === "type" ? at - 2 : at - 1;
  return tokens[before]?.text === "export";
}

function readDeclaration(tokens: readonly Token[], index: number): Declaration | undefined {
  let at = index;
  while (modifiers.has(tokens[at]?.text ?? "")) at++;
  const [keyword, name] = [tokens[at], tokens[at + 1]];
  if (!keywords.has(keyword?.text ?? "") || name?.kind !== "word") return undefined;
  return { name: name.text, documented: tokens[index - 1]?.text.startsWith("/**") === true };
}

/** Overloads, and a type and a value of one name, are documented together. */
function merge(into: Map<string, Declaration>, { name, documented }: Declaration): void {
  into.set(name, { name, documented: documented || into.get(name)?.documented === true });
}

function statementEnd(tokens: readonly Token[], index: number): number {
  const end = tokens.findIndex(({ text }, at) => at >= index && text === ";");
  return end < 0 ? tokens.length : end;
}

interface Lists {
  readonly own: Map<string, Declaration>;
  readonly taken: { name: string; alias: string; specifier: string }[];
  readonly stars: string[];
}

function readList(list: readonly Token[], declared: ReadonlyMap<string, Declaration>, into: Lists): void {
  const last = list.at(-1);
  const specifier = last?.kind === "string" ? unquote(last) : undefined;
  const isStar = list.some(({ text }) => text === "*");
  if (specifier !== undefined && isStar && list[2]?.text !== "as" && list[3]?.text !== "as") into.stars.push(specifier);
  for (const [name, alias] of isStar ? [] : listedNames(list)) {
    if (specifier !== undefined) into.taken.push({ name, alias, specifier });
    else into.own.set(alias, declared.get(name) ?? { name, documented: true });
  }
}

/** In `{ a, type b as c }` these are `a a` and `b c`. */
function listedNames(list: readonly Token[]): readonly (readonly [name: string, alias: string])[] {
  const text = list.map((token) => token.text).join(" ");
  const inside = /\{(.*)\}/.exec(text)?.[1] ?? "";
  return inside
    .split(",")
    .map((part) => part.trim().replace(/^type (?!as )/, ""))
    .filter((part) => part !== "")
    .map((part) => part.split(" as "))
    .map(([name, alias]) => [name!, alias ?? name!]);
}
