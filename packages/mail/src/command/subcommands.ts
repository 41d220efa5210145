import type { Subcommand } from "@hawser/core";

/** What stands below `hawser mail`. Each is loaded when it is called. */
export const mailSubcommands: Readonly<Record<string, Subcommand>> = {
  local: {
    summary: "Catch the mail of programs that are being written, and show it on a page",
    load: async () => (await import("../local/command/index.ts")).mailLocalCommand,
  },
  quickstart: {
    summary: "Make what a domain with mail needs, and tell what to publish",
    load: async () => (await import("./quickstart/quickstart-tool.ts")).mailQuickstartTool,
  },
};
