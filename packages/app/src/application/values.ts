import {
  type CommandData,
  type CommandOption,
  type CommandOptions,
  type CommandValues,
  quote,
  suggestion,
  UsageError,
} from "@hawser/core";
import { dashed } from "../commands/spelling.ts";
import { isSecretReference } from "../config/secret-reference.ts";
import { type CommandDataPath, OptionDataFault, type OptionPiece, optionPieces, pieceValue } from "./option-data.ts";

/** The options of a service as plain data, by their names in camel case. */
export type OptionData = Readonly<Record<string, CommandData>>;

/** Whatever has a table of options: a command, a tool. */
export interface HasOptions<Options extends CommandOptions = CommandOptions> {
  readonly name: string;
  readonly options: Options;
}

/** What is wrong with one option. */
export interface OptionProblem {
  /** In camel case. */
  readonly option: string;
  readonly path: CommandDataPath;
  readonly fault: string;
}

/** An option that cannot be followed; the text names it as one would type it: `--port: "x" is not a whole number …`. */
export class OptionError extends UsageError {
  readonly option: string;
  readonly path: CommandDataPath;
  readonly fault: string;

  constructor({ option, path, fault }: OptionProblem) {
    super(`--${dashed(option)}: ${fault}`);
    this.option = option;
    this.path = path;
    this.fault = fault;
  }
}

/**
 * Turns the data of a configuration into what a command's `start` gets. Options that are left out are `undefined`, `false`
 * or an empty list. Secrets must have been read before, with `readSecrets`.
 * @throws {OptionError} for the first option that is wrong
 */
export function commandValues<Options extends CommandOptions>(
  command: HasOptions<Options>,
  options: OptionData,
): CommandValues<Options> {
  requireKnown(command, options);
  const values = Object.entries(command.options).map(([name, option]) => [
    name,
    attempt(name, () => optionValueOf(option, own(options, name))),
  ]);
  return Object.fromEntries(values) as CommandValues<Options>;
}

/**
 * The one canonical form of a service's options: numbers as numbers, pairs as the members of an object, lists as arrays,
 * in the order of the command's table; what is left out anyway is not there. Secrets stay unread.
 * @throws {OptionError} for the first option that is wrong
 */
export function normalizeOptions(command: HasOptions, options: OptionData): OptionData {
  requireKnown(command, options);
  return Object.fromEntries(
    Object.entries(command.options).flatMap(([name, option]) => {
      const data = attempt(name, () => normalData(option, own(options, name)));
      return data === undefined ? [] : [[name, data]];
    }),
  );
}

/** Everything that is wrong with the options of a service, at most one problem for each. */
export function optionProblems(command: HasOptions, options: OptionData): readonly OptionProblem[] {
  const problems = (name: string): readonly OptionProblem[] => {
    try {
      normalizeOptions(command, { [name]: options[name]! });
      return [];
    } catch (error) {
      if (error instanceof OptionError) return [error];
      throw error;
    }
  };
  return Object.keys(options).flatMap(problems);
}

function requireKnown({ name, options: table }: HasOptions, options: OptionData): void {
  const unknown = Object.keys(options).find((option) => !Object.hasOwn(table, option));
  if (unknown === undefined) return;
  const fault = `${name} has no option ${quote(unknown)}, ${suggestion(unknown, Object.keys(table))}`;
  throw new OptionError({ option: unknown, path: [], fault });
}

function attempt<Result>(option: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof OptionDataFault) throw new OptionError({ option, path: error.path, fault: error.message });
    throw error;
  }
}

function optionValueOf(option: CommandOption, data: CommandData | undefined): unknown {
  if (option.kind === "flag") return flag(data);
  const values = data === undefined ? [] : optionPieces(option, data).map((piece) => pieceValue(option, piece));
  return option.repeatable ? values : values[0];
}

function normalData(option: CommandOption, data: CommandData | undefined): CommandData | undefined {
  if (data === undefined) return undefined;
  if (option.kind === "flag") return flag(data) || undefined;
  const pieces = optionPieces(option, data);
  if (pieces.length === 0) return undefined;
  const values = pieces.map((piece) => (typeof piece.content === "string" ? pieceValue(option, piece) : undefined));
  if (option.kind === "pair") return pairData(option, pieces);
  const normal = pieces.map(({ content }, index) => {
    if (isSecretReference(content)) return content;
    return option.kind === "number" && typeof values[index] === "number" ? values[index] : (content as string);
  });
  return option.repeatable ? normal : normal[0];
}

/** Members of one object, where that keeps them all, and in their order. */
function pairData({ repeatable }: CommandOption, pieces: readonly OptionPiece[]): CommandData {
  const keys = pieces.map(({ key }) => key);
  const members = keys.every((key) => key !== undefined && !isUnkeepable(key)) && new Set(keys).size === keys.length;
  const list = pieces.map(singlePair);
  if (members) return Object.assign({}, ...list) as CommandData;
  return repeatable ? list : list[0]!;
}

function singlePair({ key, content }: OptionPiece): CommandData {
  if (key === undefined) return content as CommandData;
  return isUnkeepable(key) && typeof content === "string" ? `${key}=${content}` : { [key]: content as CommandData };
}

/** Keys that an object sorts before all others, or that mean something else to it. */
function isUnkeepable(key: string): boolean {
  return /^\d+$/.test(key) || ["__proto__", "constructor", "prototype", "secret"].includes(key);
}

function flag(data: CommandData | undefined): boolean {
  if (data === undefined || typeof data === "boolean") return data === true;
  throw new OptionDataFault("it is either true or false");
}

function own(options: OptionData, name: string): CommandData | undefined {
  return Object.hasOwn(options, name) ? options[name] : undefined;
}
