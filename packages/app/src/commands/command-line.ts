import {
  type Command,
  type CommandData,
  type CommandExample,
  type CommandOption,
  type CommandOptions,
  type Tool,
  type ToolOperands,
  UsageError,
} from "@hawser/core";
import { Command as Commander, CommanderError, Option } from "commander";
import type { ServiceDescription } from "../application/description.ts";
import { type HasOptions, normalizeOptions, type OptionData } from "../application/values.ts";
import { formatDetails, formatExamples } from "./help.ts";
import { dashed } from "./spelling.ts";

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
  print?: PrintHelp,
): GivenCommandLine | undefined {
  const commander = commanderFor(syntax, print);
  try {
    commander.parse([...words], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") return undefined;
    throw new UsageError(oneLine(error.message), { cause: error });
  }
  const given = commander.opts<Record<string, unknown>>();
  const shared = Object.fromEntries(Object.entries(syntax.shared ?? {}).filter(([name]) => !(name in syntax.options)));
  return {
    options: normalizeOptions(syntax, givenData(syntax.options, given)),
    shared: normalizeOptions({ name: syntax.name, options: shared }, givenData(shared, given)),
    operands: Object.fromEntries(
      Object.keys(syntax.operands ?? {}).map((name, index) => [name, commander.processedArgs[index] as string]),
    ),
  };
}

/**
 * Reads the words after a command's name as the description of a service, under the name of its command.
 * @returns `undefined` when help was asked for, and printed
 * @throws {UsageError}
 */
export function describeService(
  command: Command,
  words: readonly string[],
  print?: PrintHelp,
): ServiceDescription | undefined {
  const given = readCommandLine(commandSyntax(command), words, print);
  return given && { command: command.name, name: command.name, options: given.options };
}

/** How the command line of a command or a tool is read; `parent` is what stands before its name. */
export function commandSyntax(command: Command | Tool, parent: string = "hawser"): CommandLineSyntax & HasOptions {
  const operands = "operands" in command ? command.operands : undefined;
  const details = "details" in command ? command.details : undefined;
  const { summary, options, examples } = command;
  return { name: `${parent} ${command.name}`, summary, options, operands, details, examples };
}

function commanderFor(syntax: CommandLineSyntax, print?: PrintHelp): Commander {
  const commander = new Commander(syntax.name)
    .description(syntax.summary)
    .helpOption("-h, --help", "show this help")
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ ...(print === undefined ? {} : { writeOut: print }), writeErr: () => {} })
    .addHelpText("after", () => formatDetails(syntax.details) + formatExamples(syntax.examples));
  // Its own come first in the help, and win where both have one.
  for (const [name, option] of Object.entries({ ...syntax.options, ...syntax.shared, ...syntax.options })) {
    commander.addOption(toCommander(name, option));
  }
  const operands = Object.values(syntax.operands ?? {});
  for (const { placeholder, summary, optional, rest } of operands) {
    const word = rest === undefined ? placeholder : `${placeholder}...`;
    commander.argument(optional ? `[${word}]` : `<${word}>`, summary);
  }
  if (!operands.some(({ rest }) => rest === "raw")) return commander;
  // A tool without options of its own reads all words by itself.
  return commander.passThroughOptions().allowUnknownOption(Object.keys(syntax.options).length === 0);
}

function toCommander(name: string, option: CommandOption): Option {
  const letter = option.short === undefined ? "" : `-${option.short}, `;
  const value = option.placeholder === undefined ? "" : ` <${option.placeholder}>`;
  const made = new Option(`${letter}--${dashed(name)}${value}`, describe(option));
  if (option.placeholder === undefined || !option.repeatable) return made;
  return made.argParser<readonly string[]>((text, earlier) => [...(earlier ?? []), text]);
}

function describe(option: CommandOption): string {
  return option.defaultText === undefined ? option.summary : `${option.summary} (default: ${option.defaultText})`;
}

function givenData(options: CommandOptions, given: Readonly<Record<string, unknown>>): OptionData {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, option]) => {
      const data = givenValue(given, name, option);
      return data === undefined ? [] : [[name, data as CommandData]];
    }),
  );
}

/** Commander takes `--no-listing` for the negation of a `listing` that is on by default. */
function givenValue(given: Readonly<Record<string, unknown>>, name: string, option: CommandOption): unknown {
  if (option.placeholder !== undefined || !/^no[A-Z]/.test(name)) return given[name];
  return given[name.charAt(2).toLowerCase() + name.slice(3)] === false ? true : undefined;
}

/** Commander puts what it suggests on a line of its own. */
function oneLine(message: string): string {
  return message
    .replace(/^error: /, "")
    .replace(/\n\(Did you mean (.*)\?\)$/s, ", did you mean $1?")
    .split("\n", 1)[0]!;
}
