/**
 * A small `hawser` for the tests of this folder: `node run-main.test-kit.js TOOL [OPTIONS] [WORDS]`. It knows the command
 * `web`, one that crashes and one whose start hangs; files hold applications as JSON.
 */
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { type AnyCommand, type Command, type Tool, UsageError } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { webCommand } from "@hawser/web/command";
import type { ApplicationDescription } from "../application/description.ts";
import { startApplication } from "../application/start.ts";
import { describeService } from "../commands/command-line.ts";
import { readToolLine } from "../commands/tool-line.ts";
import { logsTool, reloadTool, runTool, statusTool, stopTool, unitTool } from "../tools/index.ts";
import type { RunParts } from "./parts.ts";

const crash: Command = {
  ...webCommand,
  name: "crash",
  start(values, context) {
    process.once("SIGWINCH", () => JSON.parse("{ this is no JSON")); // a signal that nobody else listens to
    return webCommand.start(values as never, context);
  },
};

const hang: Command = {
  ...webCommand,
  name: "hang",
  start: (_, { reactor }) => new Promise(() => reactor.clock.after(60_000, () => {})),
};

const commands: Readonly<Record<string, AnyCommand>> = { web: webCommand, crash, hang };

/** What the workers of a cluster load as well. */
export const runParts: RunParts = {
  module: new URL(import.meta.url),
  findCommand: async (name) => commands[name],
  async load(source, { passphrase }) {
    if ("words" in source) return describe(source.words, process.cwd());
    const text = await readFile("file" in source ? source.file : source.config, "utf8");
    if (text.startsWith("encrypted") && (await passphrase()) !== "open sesame")
      throw new UsageError("wrong passphrase");
    return JSON.parse(text.replace(/^encrypted/, "")) as ApplicationDescription;
  },
  start: startApplication,
};

function describe([name = "", ...words]: readonly string[], directory: string): ApplicationDescription {
  const service = describeService(commands[name] as Command, words);
  return { name, directory, services: [service!] };
}

const tools: readonly Tool[] = [runTool(runParts), unitTool(runParts), stopTool, statusTool, reloadTool, logsTool];

async function main([name, ...words]: readonly string[]): Promise<number> {
  const tool = tools.find((one) => one.name === name)!;
  const enough = new AbortController();
  process.once("SIGINT", () => enough.abort());
  try {
    const values = readToolLine(tool, words, "hawser", (text) => process.stdout.write(text));
    return await tool.run(values as never, {
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
