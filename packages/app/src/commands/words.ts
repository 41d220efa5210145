import {
  builtIn,
  type CommandOption,
  type CommandOptions,
  nearestWord,
  type ToolOperands,
  UsageError,
} from "@hawser/core";
import { dashed, formatOption } from "./spelling.ts";

/** By what words are told apart. */
export interface WordSyntax {
  readonly options: CommandOptions;
  readonly operands: ToolOperands;
}

/** What words say, as texts: nothing is parsed yet. */
export interface GivenWords {
  /** By the options' names: `true` for a flag, the last text, or all texts of what is repeatable. */
  readonly options: Readonly<Record<string, true | string | readonly string[]>>;
  /** By the operands' names: a text, or a list of them for the rest of the words. */
  readonly operands: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * Tells options from operands, as POSIX and GNU have them: `--name value`, `--name=value`, `-n value`, `-nvalue`, flags
 * together in `-abc`, and nothing but operands after `--`.
 * @returns `undefined` when help is asked for
 * @throws {UsageError} for options that there are not, values that are missing or too many, and likewise for operands
 */
export function readWords(syntax: WordSyntax, words: readonly string[]): GivenWords | undefined {
  const spelt = new Map(Object.keys(syntax.options).map((name) => [dashed(name), name]));
  const [before, after] = splitAtRaw(syntax, words);
  const options: Record<string, true | string | readonly string[]> = {};
  const operands: string[] = [];
  const tokens = tokensOf(syntax.options, before);
  if (tokens.some((token) => token.kind === "option" && !spelt.has(token.name) && isHelp(token.rawName)))
    return undefined;
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const name = spelt.get(token.name);
    if (name === undefined) throw unknownOption(token.rawName, spelt.keys());
    options[name] = givenValue(name, syntax.options[name]!, token.value, options[name]);
  }
  return { options, operands: givenOperands(syntax.operands, [...operands, ...after]) };
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

/**
 * Where a tool hands words on as they are, they begin with its first operand; where it has no options of its own, all of them
 * are, but for a question for help.
 */
function splitAtRaw(
  { options, operands }: WordSyntax,
  words: readonly string[],
): readonly [before: readonly string[], after: readonly string[]] {
  if (!Object.values(operands).some(({ rest }) => rest === "raw")) return [words, []];
  if (Object.keys(options).length === 0) return isHelp(words[0] ?? "") ? [words, []] : [[], words];
  const first = tokensOf(options, words).find(({ kind }) => kind !== "option");
  if (first === undefined) return [words, []];
  return [words.slice(0, first.index), words.slice(first.kind === "positional" ? first.index : first.index + 1)];
}

function tokensOf(options: CommandOptions, words: readonly string[]) {
  const known = Object.entries(options).map(([name, { placeholder, short }]) => {
    const type = placeholder === undefined ? ("boolean" as const) : ("string" as const);
    return [dashed(name), short === undefined ? { type } : { type, short }] as const;
  });
  const { parseArgs } = builtIn("node:util");
  return parseArgs({ args: [...words], options: Object.fromEntries(known), strict: false, tokens: true }).tokens;
}

function givenValue(
  name: string,
  option: CommandOption,
  text: string | undefined,
  earlier: true | string | readonly string[] | undefined,
): true | string | readonly string[] {
  if (option.placeholder === undefined) {
    if (text === undefined) return true;
    throw new UsageError(`option '--${dashed(name)}' takes no value`);
  }
  if (text === undefined) throw new UsageError(`option '${formatOption(name, option)}' argument missing`);
  return option.repeatable ? [...((earlier ?? []) as readonly string[]), text] : text;
}

function givenOperands(table: ToolOperands, words: readonly string[]): GivenWords["operands"] {
  const rows = Object.entries(table);
  const given = rows.map(([name, { rest }], at) => [name, rest === undefined ? words[at] : words.slice(at)] as const);
  const missing = rows.find(([, { optional, rest }], at) => !optional && rest === undefined && at >= words.length);
  if (missing !== undefined) throw new UsageError(`missing required argument '${missing[1].placeholder}'`);
  const takesRest = rows.some(([, { rest }]) => rest !== undefined);
  if (!takesRest && words.length > rows.length)
    throw new UsageError(`too many arguments: ${rows.length} expected, ${words.length} given`);
  return Object.fromEntries(given);
}

function unknownOption(word: string, known: Iterable<string>): UsageError {
  const meant = word.startsWith("--") ? nearestWord(word.slice(2), known) : undefined;
  return new UsageError(`unknown option '${word}'${meant === undefined ? "" : `, did you mean --${meant}?`}`);
}
