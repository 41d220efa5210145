import { loadApplication } from "@hawser/app/config";
import type { RunParts } from "@hawser/app/daemon";
import { sourceDirectory, startApplication } from "@hawser/app/tools";
import { commandsIn, toolbox } from "./installed.ts";

/** How `hawser run` reads and starts applications, here and in the workers of a cluster. */
export const runParts: RunParts = {
  module: new URL(import.meta.resolve("#run-parts")),
  // Looked for where the application lies: the process goes there before it starts one.
  findCommand: (name) => commandsIn()(name),
  load: (source, { reactor, passphrase }) =>
    loadApplication(source, {
      reactor,
      passphrase,
      modules: toolbox.modules,
      findCommand: commandsIn(sourceDirectory(source, process.cwd())),
    }),
  start: startApplication,
};
