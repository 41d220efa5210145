import type { CommandTable } from "@hawser/app/commands";
import type { ApplicationToolbox } from "@hawser/app/tools";

/** The commands that come with Hawser. Each is loaded when it is called, so that one costs nothing for the others. */
export const builtInCommands = (toolbox: ApplicationToolbox): CommandTable => ({
  web: {
    summary: "Serve a folder, scripts and sites over HTTP",
    load: async () => (await import("@hawser/web/command")).webCommand,
  },
  user: {
    summary: "Add, change and remove the users of a users file",
    load: async () => (await import("@hawser/auth/command")).userTools,
  },
  check: {
    summary: "Tell all that is wrong with an application, and what it would listen on",
    load: async () => (await import("@hawser/app/tools")).checkTool(toolbox),
  },
  tap: {
    summary: "Keep a configured server in a file, to be run, converted or packaged",
    load: async () => (await import("@hawser/app/tools")).tapTool(toolbox),
  },
  convert: {
    summary: "Turn a tap, tas or tax file into one of the others",
    load: async () => (await import("@hawser/app/tools")).convertTool(toolbox),
  },
  completion: {
    summary: "Print a script that makes a shell complete this command line",
    load: async () => {
      const { reactorOptions } = await import("./reactor-options.ts");
      return (await import("@hawser/app/tools")).completionTool(toolbox, reactorOptions);
    },
  },
});
