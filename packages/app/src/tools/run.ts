import { restOperand, type Tool, tool } from "@hawser/core";
import type { RunParts } from "../daemon/parts.ts";
import { runApplication } from "../daemon/run.ts";
import { passphraseFrom, passphraseOptions } from "./passphrase.ts";
import { runOptions } from "./run-options.ts";
import { runSettings, runSource } from "./run-settings.ts";

/** `hawser run`: an application in the foreground or as a daemon (Twisted's twistd). */
export function runTool(parts: RunParts): Tool {
  return tool({
    name: "run",
    summary: "Run an application in the foreground or as a daemon",
    options: { ...runOptions, ...passphraseOptions },
    operands: { words: restOperand("COMMAND …", "the command to run, with its options", { raw: true }) },
    examples: [
      ["hawser run --file web.tap --daemon", "in the background; hawser.pid and hawser.log lie here"],
      ["hawser run --daemon --rundir /srv/site", "the application of hawser.config.ts"],
      ["sudo hawser run --uid www-data web --port 80", "without root's privileges as soon as it listens"],
      ["hawser run --workers 4 web --path /srv/www", "in four processes that share the sockets"],
    ],
    async run(values, context) {
      const here = process.cwd();
      const source = await runSource(values, values.words, here, context.reactor);
      const passphrase = passphraseFrom(values, { environment: process.env }, context);
      return runApplication({ source, settings: runSettings(values, here), parts, context, passphrase });
    },
  });
}
