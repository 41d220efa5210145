import {
  type Command,
  command,
  optionChoice,
  optionFlag,
  optionValue,
  optionValues,
  parsePair,
  parseWholeNumber,
  UsageError,
} from "@hawser/core";
import type { CommandFinder } from "../application/description.ts";

/** A command with an option of every kind, for tests. It starts nothing. */
export const sampleCommand: Command = command({
  name: "sample",
  summary: "Serve samples",
  options: {
    listen: optionValues("ENDPOINT", "where to listen"),
    port: optionValue("N", "a port", { parse: parseWholeNumber(0, 65_535), short: "p" }),
    level: optionValues("N", "levels", { parse: parseWholeNumber(0, 9) }),
    path: optionValue("DIR", "a folder", { completes: "directory" }),
    mount: optionValues("/URL=DIR", "folders", { parse: parsePair("/URL", (key) => key.startsWith("/")) }),
    pair: optionValue("KEY=VALUE", "one pair", { parse: parsePair("KEY") }),
    mode: optionChoice(["slow", "fast"], "how"),
    password: optionValue("TEXT", "a secret", { secret: true }),
    noCache: optionFlag("remember nothing"),
    verbose: optionFlag("say more", { short: "v" }),
  },
  start: async () => ({ stop: async () => {} }),
  async preview({ path }, { reactor }) {
    if (path === undefined) return { listens: ["tcp:4000"] };
    await reactor
      .files(path)
      .list("")
      .catch(() => {
        throw new UsageError(`cannot serve "${path}"`);
      });
    return { listens: [] };
  },
});

/** Finds the sample command, and nothing else. */
export const findSample: CommandFinder = async (name) => (name === "sample" ? sampleCommand : undefined);
