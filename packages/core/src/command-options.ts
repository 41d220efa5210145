import {
  type Command,
  type CommandOption,
  type CommandOptions,
  type Tool,
  type ToolOperand,
  type ToolOperands,
  UsageError,
} from "./command.ts";

/** Keeps the types of a command's table: `export const webCommand = command({ … })`. */
export function command<const Options extends CommandOptions>(definition: Command<Options>): Command<Options> {
  return definition;
}

/** Keeps the types of a tool's tables: `export const convertTool = tool({ … })`. */
export function tool<const Options extends CommandOptions, const Operands extends ToolOperands>(
  definition: Tool<Options, Operands>,
): Tool {
  return definition as unknown as Tool;
}

/** An operand that must be given. */
export function operand<Value = string>(
  placeholder: string,
  summary: string,
  options: OperandOptions<Value> = {},
): ToolOperand<Value> {
  return { placeholder, summary, optional: false, completes: options.completes, parse: options.parse ?? asText };
}

/** An operand that may be left out; it then is `undefined`. */
export function optionalOperand<Value = string>(
  placeholder: string,
  summary: string,
  options: OperandOptions<Value> = {},
): ToolOperand<Value | undefined> {
  return { placeholder, summary, optional: true, completes: options.completes, parse: options.parse ?? asText };
}

/** All words that are left, maybe none; `raw` ones may look like options, and are read by somebody else. */
export function restOperand(
  placeholder: string,
  summary: string,
  { raw = false, completes }: { readonly raw?: boolean; readonly completes?: "file" | "directory" } = {},
): ToolOperand<readonly string[]> {
  return { placeholder, summary, optional: true, rest: raw ? "raw" : "words", completes, parse: asText };
}

/** How an operand is read and completed. */
export interface OperandOptions<Value> {
  readonly parse?: ((text: string) => Value) | undefined;
  readonly completes?: "file" | "directory" | undefined;
}

/** An option without a value. */
export function optionFlag(summary: string, { short }: { readonly short?: string } = {}): CommandOption<boolean> {
  return { kind: "flag", placeholder: undefined, summary, repeatable: false, short, parse: () => true };
}

/** How the values of an option are read, shown and completed. */
export interface ValueOptions<Value> {
  /** Default: the text as it is. */
  readonly parse?: ValueParser<Value> | undefined;
  readonly defaultText?: string | undefined;
  readonly completes?: "file" | "directory" | undefined;
  readonly secret?: boolean | undefined;
  readonly short?: string | undefined;
}

/** An option with one value; absent, it is `undefined`. */
export function optionValue<Value = string>(
  placeholder: string,
  summary: string,
  options: ValueOptions<Value> = {},
): CommandOption<Value | undefined> {
  return valueOption(placeholder, summary, false, options);
}

/** An option that may be given several times; absent, it is an empty list. */
export function optionValues<Value = string>(
  placeholder: string,
  summary: string,
  options: ValueOptions<Value> = {},
): CommandOption<readonly Value[]> {
  return valueOption(placeholder, summary, true, options);
}

/** An option whose value is one of a few words. */
export function optionChoice<const Choice extends string>(
  choices: readonly Choice[],
  summary: string,
  options: { readonly defaultText?: string; readonly short?: string } = {},
): CommandOption<Choice | undefined> {
  return {
    kind: "text",
    placeholder: choices.join("|"),
    summary,
    repeatable: false,
    ...options,
    choices,
    parse(text) {
      if ((choices as readonly string[]).includes(text)) return text;
      throw new UsageError(`"${text}" is not one of ${choices.join(", ")}`);
    },
  };
}

function valueOption<Value>(
  placeholder: string,
  summary: string,
  repeatable: boolean,
  { parse, ...shown }: ValueOptions<Value>,
): CommandOption<never> {
  return { kind: parse?.kind ?? "text", placeholder, summary, repeatable, ...shown, parse: parse ?? asText };
}

function asText(text: string): string {
  return text;
}

/** Reads one text as typed, and may say what kind of data that is. */
export interface ValueParser<Value> {
  (text: string): Value;
  /** Default `text`. */
  readonly kind?: CommandOption["kind"] | undefined;
}

/** Reads a whole number from `low` to `high`. */
export function parseWholeNumber(low: number, high: number): ValueParser<number> {
  const parse = (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= low && number <= high) return number;
    throw new UsageError(`"${text}" is not a whole number from ${low} to ${high}`);
  };
  return Object.assign(parse, { kind: "number" } as const);
}

/** Reads `KEY=VALUE`; `check` may refuse the key. */
export function parsePair(
  keyMeaning: string,
  check: (key: string) => boolean = () => true,
): ValueParser<readonly [string, string]> {
  const parse = (text: string): readonly [string, string] => {
    const at = text.indexOf("=");
    const [key, content] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
    if (at > 0 && content !== "" && check(key)) return [key, content];
    throw new UsageError(`"${text}" is not ${keyMeaning}=…`);
  };
  return Object.assign(parse, { kind: "pair" } as const);
}
