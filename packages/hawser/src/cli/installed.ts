import { type CommandDirectory, commandFinder } from "@hawser/app/commands";
import type { ApplicationToolbox } from "@hawser/app/tools";
import { nodeReactor } from "@hawser/core/node";
import { builtInCommands } from "./commands.ts";

/** What the tools that work on whole applications are given. */
export const toolbox: ApplicationToolbox = {
  commandsIn,
  reactor: nodeReactor,
  environment: process.env,
  modules: { hawser: () => import("../index.ts") },
  makers: ["web", "dashboard"],
  get directory() {
    return process.cwd();
  },
};

const directories = new Map<string, CommandDirectory>();

/** The commands for an application in this folder: the built-in ones, and those of packages beside it. */
export function commandsIn(directory: string = process.cwd()): CommandDirectory {
  const known = directories.get(directory);
  if (known !== undefined) return known;
  const made = commandFinder(builtInCommands(toolbox), { directory, reactor: nodeReactor });
  directories.set(directory, made);
  return made;
}
