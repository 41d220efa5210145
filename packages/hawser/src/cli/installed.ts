import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CommandDirectory, commandFinder } from "@hawser/app/commands";
import type { ApplicationToolbox } from "@hawser/app/tools";
import { UsageError } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { builtInCommands } from "./commands.ts";

/** What the tools that work on whole applications are given. */
export const toolbox: ApplicationToolbox = {
  commandsIn,
  reactor: nodeReactor,
  environment: process.env,
  modules: { hawser: () => import("../index.ts") },
  makers: ["web", "dns", "mail", "dashboard"],
  node: { program: process.execPath, machine: process.arch },
  get directory() {
    return process.cwd();
  },
  get installation() {
    return installation();
  },
};

/** The nearest folder whose `node_modules` leads to this package. */
function installation(): string {
  const here = dirname(fileURLToPath(import.meta.resolve("hawser/package.json")));
  for (let folder = here; folder !== dirname(folder); folder = dirname(folder)) {
    const link = join(folder, "node_modules/hawser");
    if (existsSync(link) && realpathSync(link) === realpathSync(here)) return folder;
  }
  throw new UsageError(`Cannot tell what is installed: no node_modules leads to ${here}`);
}

const directories = new Map<string, CommandDirectory>();

/** The commands for an application in this folder: the built-in ones, and those of packages beside it. */
export function commandsIn(directory: string = process.cwd()): CommandDirectory {
  const known = directories.get(directory);
  if (known !== undefined) return known;
  const made = commandFinder(builtInCommands(toolbox), { directory, reactor: nodeReactor });
  directories.set(directory, made);
  return made;
}
