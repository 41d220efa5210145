/**
 * A small `hawser` for the tests of this folder: `node run-main.test-kit.js TOOL [OPTIONS] [WORDS]`. It reads a command
 * line by a tool's table, an application from JSON or from the words of `web`, and starts it without restarts and trees.
 */
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type CommandOption, type CommandOptions, listen, type Service, type Tool, UsageError } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { webCommand } from "@hawser/web/command";
import type { Application, ApplicationEnvironment } from "../application/application.ts";
import type { ApplicationDescription } from "../application/description.ts";
import { logsTool, reloadTool, runTool, statusTool, stopTool, unitTool } from "../tools/index.ts";
import type { RunParts } from "./parts.ts";

/** What the workers of a cluster load as well. */
export const runParts: RunParts = {
  module: new URL(import.meta.url),
  findCommand: async (name) => (name === "web" ? webCommand : undefined),
  async load(source, { passphrase }) {
    if ("words" in source) return describe(source.words, process.cwd());
    const text = await readFile("file" in source ? source.file : source.config, "utf8");
    if (text.startsWith("encrypted") && (await passphrase()) !== "open sesame")
      throw new UsageError("wrong passphrase");
    return JSON.parse(text.replace(/^encrypted/, "")) as ApplicationDescription;
  },
  start,
};

function describe([command = "", ...words]: readonly string[], directory: string): ApplicationDescription {
  const options = valuesOf(webCommand.options, words).given;
  return { name: command, directory, services: [{ command, name: command, options: options as never }] };
}

async function start(description: ApplicationDescription, environment: ApplicationEnvironment): Promise<Application> {
  let services = await startServices(description, environment);
  await environment.bound?.();
  const stop: Application["stop"] = async (options) => {
    await Promise.all(services.map((service) => service.stop(options)));
  };
  return {
    description,
    environment,
    services: [],
    stop,
    async reload(next) {
      if (next === undefined) return;
      await stop();
      services = await startServices(next, environment);
    },
    [Symbol.asyncDispose]: () => stop(),
  };
}

function startServices(description: ApplicationDescription, environment: ApplicationEnvironment): Promise<Service[]> {
  const { reactor } = environment;
  return Promise.all(
    description.services.map(({ command, options }) => {
      if (command === "crash") void reactor.clock.after(100, () => JSON.parse("{ this is no JSON"));
      if (command === "hang") return new Promise<never>(() => reactor.clock.after(60_000, () => {}));
      const values = Object.fromEntries(
        Object.entries(webCommand.options).map(([name, option]) => [name, asValue(option, options[name])]),
      );
      return webCommand.start(values as never, {
        ...environment,
        users: [],
        listen: (endpoint, factory) => listen(endpoint, factory, { reactor }),
      });
    }),
  );
}

function asValue(option: CommandOption, data: unknown): unknown {
  const texts = data === undefined ? [] : [data].flat().map(String);
  const values = texts.map((text) => option.parse(text));
  return option.repeatable ? values : option.kind === "flag" ? data === true : values[0];
}

/** The options at the beginning, as they were given and as they mean; the rest is another's. */
function valuesOf(options: CommandOptions, words: readonly string[]) {
  const dashed = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const names = new Map(Object.keys(options).map((name) => [dashed(name), name]));
  const table = Object.entries(options).map(([name, { kind, repeatable }]): [string, object] => [
    dashed(name),
    { type: kind === "flag" ? "boolean" : "string", multiple: repeatable },
  ]);
  let end = 0;
  while (words[end]?.startsWith("--")) end += options[names.get(words[end]!.slice(2)) ?? ""]?.kind === "flag" ? 1 : 2;
  const parsed = parseArgs({ args: words.slice(0, end), options: Object.fromEntries(table) as never });
  const given = Object.fromEntries(Object.entries(parsed.values).map(([name, value]) => [names.get(name)!, value]));
  const values = Object.entries(options).map(([name, option]) => [name, asValue(option, given[name])]);
  return { given, values: Object.fromEntries(values) as Record<string, unknown>, rest: words.slice(end) };
}

const tools: readonly Tool[] = [runTool(runParts), unitTool(runParts), stopTool, statusTool, reloadTool, logsTool];

async function main([name, ...words]: readonly string[]): Promise<number> {
  const tool = tools.find((one) => one.name === name)!;
  const enough = new AbortController();
  process.once("SIGINT", () => enough.abort());
  try {
    const { values, rest } = valuesOf(tool.options, words);
    return await tool.run({ ...values, words: rest } as never, {
      reactor: nodeReactor,
      signal: enough.signal,
      terminal: {
        print: (line) => void process.stdout.write(`${line}\n`),
        complain: (line) => void process.stderr.write(`${line}\n`),
        write: (chunk) => new Promise((resolve) => process.stdout.write(chunk, () => resolve())),
        readSecret: async () => process.env["TEST_PASSPHRASE"] ?? "",
        readAllInput: async () => new Uint8Array(),
      },
    });
  } catch (error) {
    const { name: kind, message } = error as Error;
    process.stderr.write(`hawser ${name}: ${message}\n`);
    return kind === "UsageError" ? 2 : 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exitCode = await main(process.argv.slice(2));
