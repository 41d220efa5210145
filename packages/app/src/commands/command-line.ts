import type { Command, CommandExample, CommandOptions, Tool, ToolOperands } from "@hawser/core";
import type { ServiceDescription } from "../application/description.ts";
import { type HasOptions, normalizeOptions, type OptionData } from "../application/values.ts";
import { bareName } from "../config/service-names.ts";
import { formatHelp } from "./help.ts";
import { writeOut } from "./standard-output.ts";
import { fullName } from "./subcommands.ts";
import { readWords } from "./words.ts";

/** What a command line is read by, and what its help shows. */
export interface CommandLineSyntax {
  /** What stands before the options: `hawser web`. */
  readonly name: string;
  readonly summary: string;
  readonly options: CommandOptions;
  /** Options that are not the command's own, such as `--reactor`; where both have a name, the command's means. */
  readonly shared?: CommandOptions | undefined;
  readonly operands?: ToolOperands | undefined;
  /** More for the help. */
  readonly details?: readonly string[] | undefined;
  readonly examples?: readonly CommandExample[] | undefined;
  /** Commands below this one, for the help. */
  readonly commands?: Command["commands"];
}

/** A command line as plain data. */
export interface GivenCommandLine {
  readonly options: OptionData;
  readonly shared: OptionData;
  /** By the names of the operands: a text, or a list of them for the rest of the words. */
  readonly operands: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Writes help for the person in front of the command. Default: to standard output. */
export type PrintHelp = (text: string) => void;

/**
 * Reads the words of a command line by tables of options and operands.
 * @returns `undefined` when help was asked for, and printed
 * @throws {UsageError} for words that mean nothing, and for values that are not allowed
 */
export function readCommandLine(
  syntax: CommandLineSyntax,
  words: readonly string[],
  print: PrintHelp = writeOut,
): GivenCommandLine | undefined {
  const { name, options, operands = {} } = syntax;
  const shared = Object.fromEntries(Object.entries(syntax.shared ?? {}).filter(([one]) => !(one in options)));
  const given = readWords({ options: { ...options, ...shared }, operands }, words);
  if (given === undefined) {
    print(formatHelp(syntax));
    return undefined;
  }
  return {
    options: normalizeOptions(syntax, pick(given.options, options)),
    shared: normalizeOptions({ name, options: shared }, pick(given.options, shared)),
    operands: given.operands,
  };
}

/**
 * Reads the words after a command's name as the description of a service, under the name of its command; `parent` is what
 * stands before that name, `hawser mail`.
 * @returns `undefined` when help was asked for, and printed
 * @throws {UsageError}
 */
export function describeService(
  command: Command,
  words: readonly string[],
  print?: PrintHelp,
  parent: string = "hawser",
): ServiceDescription | undefined {
  const given = readCommandLine(commandSyntax(command, parent), words, print);
  const called = fullName({ command, parent });
  return given && { command: called, name: bareName(called), options: given.options };
}

/** How the command line of a command or a tool is read; `parent` is what stands before its name. */
export function commandSyntax(command: Command | Tool, parent: string = "hawser"): CommandLineSyntax & HasOptions {
  const operands = "operands" in command ? command.operands : undefined;
  const commands = "commands" in command ? command.commands : undefined;
  const { summary, options, details, examples } = command;
  return { name: `${parent} ${command.name}`, summary, options, operands, details, examples, commands };
}

function pick(given: OptionData, options: CommandOptions): OptionData {
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in options));
}
