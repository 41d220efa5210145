import { type Command, type CommandOption, UsageError } from "@hawser/core";
import { Command as Commander, InvalidArgumentError, Option } from "commander";
import { type ReactorChoice, reactorOptions, reactorValues } from "./reactor-options.ts";

/** What a command line asks for. */
export interface GivenCommandLine {
  readonly values: Readonly<Record<string, unknown>>;
  readonly reactor: ReactorChoice;
}

/** Reads the words after the command's name by its table of options. `undefined`: help was asked for, and printed. */
export function commandLine(command: Command, words: readonly string[]): GivenCommandLine | undefined {
  const commander = new Commander(`hawser ${command.name}`)
    .description(command.summary)
    .usage("[OPTIONS]")
    .helpOption("-h, --help", "show this help")
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .addHelpText("after", () => examples(command));
  for (const [name, option] of Object.entries({ ...command.options, ...reactorOptions })) {
    commander.addOption(toCommander(name, option));
  }
  try {
    commander.parse([...words], { from: "user" });
  } catch (error) {
    if ((error as { code?: string }).code === "commander.helpDisplayed") return undefined;
    throw error;
  }
  const given = commander.opts<Record<string, unknown>>();
  const values = Object.fromEntries(
    Object.entries(command.options).map(([name, option]) => [name, givenValue(given, name, option)]),
  );
  return { values, reactor: reactorValues(given) };
}

function toCommander(name: string, option: CommandOption): Option {
  const flags = `--${dashed(name)}${option.placeholder === undefined ? "" : ` <${option.placeholder}>`}`;
  const made = new Option(flags, describe(option));
  if (option.placeholder === undefined) return made;
  return made.argParser<unknown>((text: string, earlier: unknown): unknown => {
    const value = parsed(option, text);
    return option.repeatable ? [...((earlier as readonly unknown[] | undefined) ?? []), value] : value;
  });
}

function parsed(option: CommandOption, text: string): unknown {
  try {
    return option.parse(text);
  } catch (error) {
    if (error instanceof UsageError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

function describe(option: CommandOption): string {
  return option.defaultText === undefined ? option.summary : `${option.summary} (default: ${option.defaultText})`;
}

/** Commander takes `--no-listing` for the negation of a `listing` that is on by default. */
function givenValue(given: Readonly<Record<string, unknown>>, name: string, option: CommandOption): unknown {
  if (option.repeatable) return given[name] ?? [];
  if (option.placeholder !== undefined) return given[name];
  if (!/^no[A-Z]/.test(name)) return given[name] === true;
  return given[name.charAt(2).toLowerCase() + name.slice(3)] === false;
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function examples(command: Command): string {
  if (command.examples === undefined) return "";
  return `\nExamples:\n${command.examples.map(([line, meaning]) => `  ${line}\n      ${meaning}`).join("\n")}\n`;
}
