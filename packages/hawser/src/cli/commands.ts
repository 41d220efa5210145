import type { Command } from "@hawser/core";

/** The commands that come with Hawser. Each is loaded when it is called, so that one costs nothing for the others. */
export const commands: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<Command> }>> = {
  web: {
    summary: "Serve a folder, scripts and sites over HTTP",
    load: async () => (await import("@hawser/web/command")).webCommand,
  },
};
