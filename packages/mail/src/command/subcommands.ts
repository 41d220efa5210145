import type { Subcommand } from "@hawser/core";

/** What stands below `hawser mail`. Each is loaded when it is called. */
export const mailSubcommands: Readonly<Record<string, Subcommand>> = {
  "check-dns": {
    summary: "Tell what a domain should publish for its mail, and what is wrong with what it does",
    load: async () => (await import("../check-dns/tool.ts")).mailCheckDnsTool,
  },
  local: {
    summary: "Catch the mail of programs that are being written, and show it on a page",
    load: async () => (await import("../local/command/index.ts")).mailLocalCommand,
  },
  quickstart: {
    summary: "Make what a domain with mail needs, and tell what to publish",
    load: async () => (await import("./quickstart/quickstart-tool.ts")).mailQuickstartTool,
  },
};
