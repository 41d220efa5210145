import type { CommandTable } from "@hawser/app/commands";
import type { ApplicationToolbox } from "@hawser/app/tools";

/** What speaks protocols, and what is needed beside. */
const protocolCommands: CommandTable = {
  web: {
    summary: "Serve a folder, scripts and sites over HTTP",
    load: async () => (await import("@hawser/web/command")).webCommand,
  },
  dns: {
    summary: "Answer DNS questions: from zones, from other servers, or from the root on",
    load: async () => (await import("@hawser/dns/command")).dnsCommand,
  },
  dig: {
    summary: "Ask name servers, with the words of dig",
    load: async () => (await import("@hawser/dns/dig")).digTool,
  },
  zone: {
    summary: "Check zones, and make the keys that they are guarded by",
    load: async () => (await import("@hawser/dns/command")).zoneTools,
  },
  mail: {
    summary: "Serve the mail of domains: SMTP, submission, POP3, IMAP, and a queue",
    load: async () => (await import("@hawser/mail/command")).mailCommand,
  },
  // Called by this name it does not come here: see bin/hawser.js.
  sendmail: {
    summary: "Take mail from programs, with the words of Sendmail",
    load: async () => {
      const { sendmailSystem } = await import("./sendmail-system.ts");
      return (await import("@hawser/mail/sendmail")).sendmailTool(sendmailSystem);
    },
  },
  queue: {
    summary: "Look after the mail that waits for its way",
    load: async () => (await import("@hawser/mail/queue/command")).mailQueueTools,
  },
  user: {
    summary: "Add, change and remove the users of a users file",
    load: async () => (await import("@hawser/auth/command")).userTools,
  },
};

/** The commands that come with Hawser. Each is loaded when it is called, so that one costs nothing for the others. */
export const builtInCommands = (toolbox: ApplicationToolbox): CommandTable => ({
  ...protocolCommands,
  dashboard: {
    summary: "Show the application on a page, and as metrics",
    load: async () => (await import("@hawser/app/dashboard")).dashboardCommand,
  },
  procmon: {
    summary: "Run a program, and run it again whenever it ends",
    load: async () => (await import("@hawser/app/services")).procmonCommand,
  },
  up: {
    summary: "Run the application of this folder, or else a personal server",
    load: async () => (await import("@hawser/app/tools")).upTool((await import("./up-parts.ts")).upParts),
  },
  run: {
    summary: "Run an application in the foreground or as a daemon",
    load: async () => (await import("@hawser/app/tools")).runTool((await import("./run-parts.ts")).runParts),
  },
  stop: {
    summary: "Stop a daemon, and wait until it has ended",
    load: async () => (await import("@hawser/app/tools")).stopTool,
  },
  status: {
    summary: "Tell whether a daemon runs",
    load: async () => (await import("@hawser/app/tools")).statusTool,
  },
  reload: {
    summary: "Tell a daemon to read its configuration and certificates again",
    load: async () => (await import("@hawser/app/tools")).reloadTool,
  },
  logs: {
    summary: "Show the end of a daemon's log",
    load: async () => (await import("@hawser/app/tools")).logsTool,
  },
  unit: {
    summary: "Print a hardened systemd unit for an application",
    load: async () => (await import("@hawser/app/tools")).unitTool((await import("./run-parts.ts")).runParts),
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
  package: {
    summary: "Make an installable package of an application",
    load: async () => (await import("@hawser/app/tools")).packageTools(toolbox),
  },
  completion: {
    summary: "Print a script that makes a shell complete this command line",
    load: async () => {
      const { reactorOptions } = await import("./reactor-options.ts");
      return (await import("@hawser/app/tools")).completionTool(toolbox, reactorOptions);
    },
  },
});
