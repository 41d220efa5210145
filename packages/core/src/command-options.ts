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
export function operand(placeholder: string, summary: string, options?: AsText<OperandOptions>): ToolOperand<string>;
export function operand<Value>(
  placeholder: string,
  summary: string,
  options: Parsed<OperandOptions<Value>>,
): ToolOperand<Value>;
export function operand(placeholder: string, summary: string, options: OperandOptions = {}): ToolOperand<never> {
  return { placeholder, summary, optional: false, completes: options.completes, parse: options.parse ?? asText };
}

/** An operand that may be left out; it then is `undefined`. */
export function optionalOperand(
  placeholder: string,
  summary: string,
  options?: AsText<OperandOptions>,
): ToolOperand<string | undefined>;
export function optionalOperand<Value>(
  placeholder: string,
  summary: string,
  options: Parsed<OperandOptions<Value>>,
): ToolOperand<Value | undefined>;
export function optionalOperand(
  placeholder: string,
  summary: string,
  options: OperandOptions = {},
): ToolOperand<never> {
  return { placeholder, summary, optional: true, completes: options.completes, parse: options.parse ?? asText };
}

/** All words that are left, maybe none; `raw` ones may look like options, and are read by somebody else. */
export function restOperand(
  placeholder: string,
  summary: string,
  { raw = false, completes }: { readonly raw?: boolean; readonly completes?: ToolOperand["completes"] } = {},
): ToolOperand<readonly string[]> {
  return { placeholder, summary, optional: true, rest: raw ? "raw" : "words", completes, parse: asText };
}

/** How an operand is read and completed. */
export interface OperandOptions<Value = unknown> {
  readonly parse?: ((text: string) => Value) | undefined;
  readonly completes?: ToolOperand["completes"];
}

/** An option without a value. */
export function optionFlag(summary: string, { short }: { readonly short?: string } = {}): CommandOption<boolean> {
  return { kind: "flag", placeholder: undefined, summary, repeatable: false, short, parse: () => true };
}

/** How the values of an option are read, shown and completed. */
export interface ValueOptions<Value = unknown> {
  /** Default: the text as it is. */
  readonly parse?: ValueParser<Value> | undefined;
  readonly defaultText?: string | undefined;
  readonly completes?: "file" | "directory" | undefined;
  readonly secret?: boolean | undefined;
  readonly short?: string | undefined;
}

/** Options without a `parse`: the value is the text. */
export type AsText<Options> = Omit<Options, "parse"> & { readonly parse?: undefined };

/** Options with a `parse`, which tells the type of the value. */
export type Parsed<Options extends { readonly parse?: unknown }> = Options & {
  readonly parse: Exclude<Options["parse"], undefined>;
};

/** An option with one value; absent, it is `undefined`. */
export function optionValue(
  placeholder: string,
  summary: string,
  options?: AsText<ValueOptions>,
): CommandOption<string | undefined>;
export function optionValue<Value>(
  placeholder: string,
  summary: string,
  options: Parsed<ValueOptions<Value>>,
): CommandOption<Value | undefined>;
export function optionValue(placeholder: string, summary: string, options: ValueOptions = {}): CommandOption<never> {
  return valueOption(placeholder, summary, false, options);
}

/** An option that may be given several times; absent, it is an empty list. */
export function optionValues(
  placeholder: string,
  summary: string,
  options?: AsText<ValueOptions>,
): CommandOption<readonly string[]>;
export function optionValues<Value>(
  placeholder: string,
  summary: string,
  options: Parsed<ValueOptions<Value>>,
): CommandOption<readonly Value[]>;
export function optionValues(placeholder: string, summary: string, options: ValueOptions = {}): CommandOption<never> {
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
