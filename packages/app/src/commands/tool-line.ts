import { type CommandOptions, type Tool, type ToolOperand, type ToolOperands, UsageError } from "@hawser/core";
import { commandValues } from "../application/values.ts";
import { commandSyntax, type GivenCommandLine, type PrintHelp, readCommandLine } from "./command-line.ts";

/** What a tool's `run` gets. */
export type ToolValues = Readonly<Record<string, unknown>>;

/**
 * Reads the words after a tool's name; `parent` is what stands before it, `hawser user`.
 * @returns `undefined` when help was asked for, and printed
 * @throws {UsageError}
 */
export function readToolLine(
  tool: Tool<CommandOptions, ToolOperands>,
  words: readonly string[],
  parent: string,
  print?: PrintHelp,
): ToolValues | undefined {
  const given = readCommandLine(commandSyntax(tool, parent), words, print);
  return given && { ...commandValues(tool, given.options), ...operandValues(tool.operands, given.operands) };
}

function operandValues(table: ToolOperands, given: GivenCommandLine["operands"]): ToolValues {
  return Object.fromEntries(Object.entries(table).map(([name, operand]) => [name, operandValue(operand, given[name])]));
}

function operandValue(operand: ToolOperand, given: string | readonly string[] | undefined): unknown {
  if (operand.rest !== undefined) return ((given ?? []) as readonly string[]).map((text) => parsed(operand, text));
  return given === undefined ? undefined : parsed(operand, given as string);
}

function parsed(operand: ToolOperand, text: string): unknown {
  try {
    return operand.parse(text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${operand.placeholder}: ${error.message}`, { cause: error });
  }
}
