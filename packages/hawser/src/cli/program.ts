import { readFile } from "node:fs/promises";
import {
  commandSyntax,
  formatColumns,
  fullName,
  readCommandLine,
  readToolLine,
  resolveCommand,
} from "@hawser/app/commands";
import type { Command, Tool } from "@hawser/core";
import { failure } from "./failure.ts";
import { tellFaults } from "./faults.ts";
import { commandsIn } from "./installed.ts";
import { reactorOptions, reactorValues } from "./reactor-options.ts";
import { serve } from "./serve.ts";

/**
 * Runs one command line and tells the exit status: 0 when the service was stopped in order, 2 for a command line that
 * cannot be followed, 1 for everything else. A tool tells its own.
 */
export async function program(words: readonly string[]): Promise<number> {
  const [name = "--help", ...rest] = words;
  if (name === "--version" || name === "-V") return print(`hawser ${await version()}`);
  if (name === "help" && rest.length > 0) return program([...rest, "--help"]);
  if (name === "--help" || name === "-h" || name === "help") return print(await overview());
  let called = "hawser";
  try {
    const found = await resolveCommand(words, commandsIn());
    if (typeof found === "string") return print(found);
    called = `${found.parent} ${found.command.name}`;
    tellFaults(called);
    return await run(found.command, found.parent, found.words);
  } catch (error) {
    return complain(...failure(called, error));
  }
}

function run(command: Command | Tool, parent: string, words: readonly string[]): number | Promise<number> {
  return "start" in command ? runCommand(command, parent, words) : runTool(command, parent, words);
}

function runCommand(command: Command, parent: string, words: readonly string[]): number | Promise<number> {
  const given = readCommandLine({ ...commandSyntax(command, parent), shared: reactorOptions }, words, write);
  if (given === undefined) return 0;
  const name = fullName({ command, parent });
  return serve(command, { name, options: given.options, reactor: reactorValues(given.shared) });
}

async function runTool(tool: Tool, parent: string, words: readonly string[]): Promise<number> {
  const values = readToolLine(tool, words, parent, write);
  if (values === undefined) return 0;
  const { runWithTerminal } = await import("./tools.ts");
  return runWithTerminal(tool, values);
}

async function overview(): Promise<string> {
  const commands = Object.entries(await commandsIn().all());
  const problems = await commandsIn().problems();
  return [
    "Usage: hawser COMMAND [OPTIONS]",
    "",
    "Every major Internet protocol, served from one command.",
    "",
    "Commands:",
    formatColumns(commands.map(([name, one]) => [name, one.package ? `${one.summary} (${one.package})` : one.summary])),
    "",
    ...problems.map((one) => `The package "${one.package}" cannot be used: ${one.fault}`),
    `"hawser COMMAND --help" tells all about one. "hawser --version" prints the version.`,
  ].join("\n");
}

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL(import.meta.resolve("hawser/package.json")), "utf8"));
  return (manifest as { readonly version: string }).version;
}

function print(text: string): number {
  write(`${text}\n`);
  return 0;
}

function write(text: string): void {
  process.stdout.write(text);
}

function complain(text: string, status: number): number {
  process.stderr.write(`${text}\n`);
  return status;
}
