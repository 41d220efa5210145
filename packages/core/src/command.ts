import { HawserError } from "./errors.ts";
import type { StopOptions } from "./listener.ts";
import type { Reactor } from "./reactor.ts";

/** Something that runs until it is stopped: a listener, a site, a whole application. */
export interface Service {
  /** Finishes what has begun, then lets go of everything. */
  stop(options?: StopOptions): Promise<void>;
}

/** What a command is given, so that it reaches nothing by itself. */
export interface CommandContext {
  readonly reactor: Reactor;
  /** Writes one line for the person who started the command. */
  print(line: string): void;
  /** Opens a file, or `-` for standard output, to append lines to. */
  openLog(path: string): Promise<CommandLog>;
}

/** A log that {@link CommandContext.openLog} has opened. */
export interface CommandLog {
  write(text: string): void;
  close(): Promise<void>;
}

/** One option of a command. Its table drives parsing, `--help`, completion and configuration alike. */
export interface CommandOption<Value = unknown> {
  /** What stands for the value in `--help`: `DIR`, `/URL=DIR`; `undefined` for a flag, which takes none. */
  readonly placeholder: string | undefined;
  readonly summary: string;
  /** May be given several times; the value is the list of them. */
  readonly repeatable: boolean;
  readonly choices?: readonly string[] | undefined;
  /** Shown in `--help` where leaving the option out means this. */
  readonly defaultText?: string | undefined;
  /** One given text to its value. Throws a {@link UsageError} that says what is wrong. */
  parse(text: string): unknown;
  /** Never there: carries the type of the value. */
  readonly value?: Value;
}

/** Options by name in camel case; on the command line `tlsCert` is `--tls-cert`, and `noListing` is `--no-listing`. */
export type CommandOptions = Readonly<Record<string, CommandOption>>;

/** The values of a table of options: what a command's `start` gets. */
export type CommandValues<Options extends CommandOptions> = {
  readonly [Name in keyof Options]: Options[Name] extends CommandOption<infer Value> ? Value : never;
};

/** A command of `hawser`. A package brings its own (DESIGN §5.4) and imports nothing for it but this shape. */
export interface Command<Options extends CommandOptions = CommandOptions> {
  readonly name: string;
  readonly summary: string;
  readonly options: Options;
  /** A few command lines that show what it is good for, each with a word of explanation. */
  readonly examples?: readonly (readonly [line: string, meaning: string])[] | undefined;
  /** Starts the service. Throws a {@link UsageError} for options that make no sense. */
  start(values: CommandValues<Options>, context: CommandContext): Promise<Service>;
}

/** The person's fault: a command line, or a configuration, that cannot be followed. The command exits with status 2. */
export class UsageError extends HawserError<"usage"> {
  constructor(message: string, options?: ErrorOptions) {
    super("usage", message, options);
  }
}

/** Keeps the types of a command's table: `export const webCommand = command({ … })`. */
export function command<const Options extends CommandOptions>(definition: Command<Options>): Command<Options> {
  return definition;
}

/** An option without a value. */
export function optionFlag(summary: string): CommandOption<boolean> {
  return { placeholder: undefined, summary, repeatable: false, parse: () => true };
}

/** An option with one value; absent, it is `undefined`. */
export function optionValue<Value = string>(
  placeholder: string,
  summary: string,
  options: { readonly parse?: (text: string) => Value; readonly defaultText?: string } = {},
): CommandOption<Value | undefined> {
  return {
    placeholder,
    summary,
    repeatable: false,
    defaultText: options.defaultText,
    parse: options.parse ?? ((text) => text),
  };
}

/** An option that may be given several times; absent, it is an empty list. */
export function optionValues<Value = string>(
  placeholder: string,
  summary: string,
  options: { readonly parse?: (text: string) => Value; readonly defaultText?: string } = {},
): CommandOption<readonly Value[]> {
  return {
    placeholder,
    summary,
    repeatable: true,
    defaultText: options.defaultText,
    parse: options.parse ?? ((text) => text),
  };
}

/** An option whose value is one of a few words. */
export function optionChoice<const Choice extends string>(
  choices: readonly Choice[],
  summary: string,
  options: { readonly defaultText?: string } = {},
): CommandOption<Choice | undefined> {
  return {
    placeholder: choices.join("|"),
    summary,
    repeatable: false,
    defaultText: options.defaultText,
    choices,
    parse(text) {
      if ((choices as readonly string[]).includes(text)) return text;
      throw new UsageError(`"${text}" is not one of ${choices.join(", ")}`);
    },
  };
}

/** Reads a whole number from `low` to `high`. */
export function parseWholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= low && number <= high) return number;
    throw new UsageError(`"${text}" is not a whole number from ${low} to ${high}`);
  };
}

/** Reads `KEY=VALUE`; `check` may refuse the key. */
export function parsePair(
  keyMeaning: string,
  check: (key: string) => boolean = () => true,
): (text: string) => readonly [string, string] {
  return (text) => {
    const at = text.indexOf("=");
    const [key, content] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
    if (at > 0 && content !== "" && check(key)) return [key, content];
    throw new UsageError(`"${text}" is not ${keyMeaning}=…`);
  };
}
