import { readFile } from "node:fs/promises";
import type { Command } from "@hawser/core";
import { CommanderError } from "commander";
import { commandLine } from "./command-line.ts";
import { commands } from "./commands.ts";
import { tellFaults } from "./faults.ts";
import { serve } from "./serve.ts";

/**
 * Runs one command line and tells the exit status: 0 when the service was stopped in order, 2 for a command line that
 * cannot be followed, 1 for everything else.
 */
export async function program(words: readonly string[]): Promise<number> {
  const [name = "--help", ...rest] = words;
  if (name === "--version" || name === "-V") return print(`hawser ${await version()}`);
  if (name === "--help" || name === "-h" || name === "help") return print(overview());
  const known = commands[name];
  if (known === undefined) return complain(`hawser: no command "${name}"; "hawser --help" lists them`, 2);
  return runCommand(await known.load(), rest);
}

async function runCommand(command: Command, words: readonly string[]): Promise<number> {
  tellFaults(`hawser ${command.name}`);
  try {
    const given = commandLine(command, words);
    return given === undefined ? 0 : await serve(command, given);
  } catch (error) {
    return complain(...failure(command, error));
  }
}

const usageErrors: ReadonlySet<string> = new Set(["UsageError", "EndpointError"]);

/** One clear line for a person, and the status for a script. */
function failure(command: Command, error: unknown): readonly [string, number] {
  const name = `hawser ${command.name}`;
  if (!(error instanceof Error)) return [`${name}: ${String(error)}`, 1];
  const [line = ""] = error.message.split("\n");
  if (error instanceof CommanderError) return [`${name}: ${line.replace(/^error: /, "")}`, 2];
  // By name, since the error of a cluster's worker comes from another process.
  if (usageErrors.has(error.name)) return [`${name}: ${decapitalize(line)}`, 2];
  if (error.name === "ConnectionError") return [`${name}: ${decapitalize(line)}`, isCertificate(error) ? 2 : 1];
  return [`${name}: ${error.stack ?? line}`, 1];
}

/** A certificate that cannot be used is a mistake of the command line, as a missing folder is. */
function isCertificate(error: Error & { readonly code?: unknown }): boolean {
  return error.code === "bad-certificate";
}

function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length)) + 4;
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`);
  return [
    "Usage: hawser COMMAND [OPTIONS]",
    "",
    "Every major Internet protocol, served from one command.",
    "",
    "Commands:",
    ...lines,
    "",
    `"hawser COMMAND --help" tells all about one. "hawser --version" prints the version.`,
  ].join("\n");
}

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL(import.meta.resolve("hawser/package.json")), "utf8"));
  return (manifest as { readonly version: string }).version;
}

function decapitalize(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function complain(text: string, status: number): number {
  process.stderr.write(`${text}\n`);
  return status;
}
