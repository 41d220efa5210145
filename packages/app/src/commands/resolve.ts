import { type AnyCommand, quote, suggestion, type ToolGroup, UsageError } from "@hawser/core";
import type { CommandDirectory } from "./finder.ts";
import { formatColumns } from "./help.ts";
import { type ResolvedCommand, resolveBelow } from "./subcommands.ts";

/**
 * Finds what a command line names: a command, a tool of a group, or a command below another one.
 * @returns the help to print, when the words name a group and ask for no more than that
 * @throws {UsageError} when there is no such command, with what was probably meant
 */
export async function resolveCommand(
  words: readonly string[],
  commands: CommandDirectory,
): Promise<ResolvedCommand | string> {
  const [name = "", ...rest] = words;
  const command = await commands(name);
  if (command === undefined) throw await unknownCommand(name, commands);
  return isGroup(command) ? resolveTool(command, rest) : resolveBelow({ command, parent: "hawser", words: rest });
}

function resolveTool(group: ToolGroup, [name = "--help", ...words]: readonly string[]): ResolvedCommand | string {
  if (name === "--help" || name === "-h" || name === "help") return groupHelp(group);
  const tool = Object.hasOwn(group.tools, name) ? group.tools[name] : undefined;
  if (tool !== undefined) return { command: tool, parent: `hawser ${group.name}`, words };
  throw new UsageError(
    `hawser ${group.name} has no command ${quote(name)}, ${suggestion(name, Object.keys(group.tools))}`,
  );
}

function groupHelp({ name, summary, tools }: ToolGroup): string {
  const rows = Object.entries(tools).map(([tool, one]) => [tool, one.summary] as const);
  return [
    `Usage: hawser ${name} COMMAND [OPTIONS]`,
    "",
    summary,
    "",
    "Commands:",
    formatColumns(rows),
    "",
    `"hawser ${name} COMMAND --help" tells all about one.`,
  ].join("\n");
}

async function unknownCommand(name: string, commands: CommandDirectory): Promise<UsageError> {
  const [known, problems] = [Object.keys(await commands.all()), await commands.problems()];
  const broken = problems.map((one) => `; the package ${quote(one.package)} cannot be used: ${one.fault}`).join("");
  return new UsageError(`There is no command ${quote(name)}, ${suggestion(name, known)}${broken}`);
}

/** Tells a group of tools from a single command. */
export function isGroup(command: AnyCommand): command is ToolGroup {
  return "tools" in command;
}
