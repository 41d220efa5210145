import { pathToFileURL } from "node:url";
import { type AnyCommand, quote, type Reactor, UsageError } from "@hawser/core";
import type { CommandFinder } from "../application/description.ts";
import type { PluginEntry, PluginProblem } from "./manifest.ts";
import { subcommand } from "./subcommands.ts";

/** A command that can be loaded: what an overview shows of it, and how to get it. */
export interface CommandSource {
  readonly summary: string;
  readonly load: () => Promise<AnyCommand>;
  /** The package that brings it. Absent: it is built in. */
  readonly package?: string | undefined;
}

/** Commands by their names. */
export type CommandTable = Readonly<Record<string, CommandSource>>;

/** Finds commands, and knows all of them. Packages beside the application are looked at only when that is needed. */
export interface CommandDirectory extends CommandFinder {
  /** Every command there is, the built-in ones first. */
  all(): Promise<CommandTable>;
  /** Packages that want to bring commands and cannot. */
  problems(): Promise<readonly PluginProblem[]>;
}

/** Where packages are looked for. */
export interface CommandFinderOptions {
  /** The folder of the application: its `node_modules`, and those of the folders above it, may bring commands. */
  readonly directory: string;
  readonly reactor: Reactor;
}

/**
 * Finds commands among the built-in ones, and then among those that packages bring. No package can take the name of a
 * built-in command, nor one that another package has taken: such claims are problems, and are told.
 */
export function commandFinder(builtIn: CommandTable, options: CommandFinderOptions): CommandDirectory {
  let looked: Promise<Plugins> | undefined;
  const plugins = (): Promise<Plugins> => {
    looked ??= lookForPlugins(builtIn, options);
    return looked;
  };
  const find: CommandFinder = async (words) => {
    const [name = "", ...below] = words.split(" ");
    const table = Object.hasOwn(builtIn, name) ? builtIn : (await plugins()).table;
    let command: AnyCommand | undefined = Object.hasOwn(table, name) ? await table[name]!.load() : undefined;
    for (const word of below) command = await subcommand(command, word)?.load();
    return command;
  };
  return Object.assign(find, {
    all: async () => ({ ...builtIn, ...(await plugins()).table }),
    problems: async () => (await plugins()).problems,
  });
}

interface Plugins {
  readonly table: CommandTable;
  readonly problems: readonly PluginProblem[];
}

async function lookForPlugins(builtIn: CommandTable, { directory, reactor }: CommandFinderOptions): Promise<Plugins> {
  const { discoverPlugins } = await import("./plugins.ts");
  const { entries, problems } = await discoverPlugins(directory, reactor);
  const table: Record<string, CommandSource> = {};
  const claims: PluginProblem[] = [];
  for (const entry of entries) {
    const owner = Object.hasOwn(builtIn, entry.name) ? "hawser itself" : table[entry.name]?.package;
    if (owner === undefined)
      table[entry.name] = { summary: entry.summary, package: entry.package, load: () => loadEntry(entry) };
    else claims.push({ package: entry.package, fault: `its command ${quote(entry.name)} is one of ${owner}` });
  }
  return { table, problems: [...problems, ...claims] };
}

async function loadEntry(entry: PluginEntry): Promise<AnyCommand> {
  const { name, module } = entry;
  let loaded: Readonly<Record<string, unknown>>;
  try {
    loaded = (await import(pathToFileURL(module).href)) as typeof loaded;
  } catch (error) {
    throw unusable(entry, error instanceof Error ? error.message : String(error), error);
  }
  const command = loaded["default"] ?? loaded[`${camelCase(name)}Command`];
  if (!isCommand(command))
    throw unusable(entry, `its module exports no command as "default" or "${camelCase(name)}Command"`);
  if (command.name !== name) throw unusable(entry, `its command calls itself ${quote(command.name)}`);
  return command;
}

function unusable({ name, package: from }: PluginEntry, fault: string, cause?: unknown): UsageError {
  const [line] = fault.split("\n", 1);
  return new UsageError(`Cannot use the command ${quote(name)} of the package ${quote(from)}: ${line}`, { cause });
}

function isCommand(value: unknown): value is AnyCommand {
  if (typeof value !== "object" || value === null) return false;
  const { name, summary, options, start, run, tools } = value as Readonly<Record<string, unknown>>;
  if (typeof name !== "string" || typeof summary !== "string") return false;
  if (typeof tools === "object" && tools !== null) return Object.values(tools).every(isCommand);
  return typeof options === "object" && options !== null && (typeof start === "function" || typeof run === "function");
}

function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
