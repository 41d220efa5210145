import {
  type Command,
  command,
  optionValue,
  optionValues,
  parsePair,
  parseWholeNumber,
  type Service,
  UsageError,
} from "@hawser/core";
import { processService } from "./process.ts";

const seconds = { parse: parseWholeNumber(0, 86_400) };

const options = {
  program: optionValue("FILE", "the program to run", { completes: "file" }),
  argument: optionValues("WORD", "a word of its command line; repeatable, in order"),
  env: optionValues("NAME=VALUE", "a variable of its environment, which is empty otherwise; repeatable", {
    parse: parsePair("NAME"),
  }),
  directory: optionValue("DIR", "where it runs", { completes: "directory" }),
  threshold: optionValue("SECONDS", "one that lived shorter has died at once, and waits before it is started again", {
    ...seconds,
    defaultText: "1",
  }),
  killTime: optionValue("SECONDS", "how long it has between SIGTERM and SIGKILL", { ...seconds, defaultText: "5" }),
  minDelay: optionValue("SECONDS", "the first wait; it doubles with each death at once", {
    ...seconds,
    defaultText: "1",
  }),
  maxDelay: optionValue("SECONDS", "the longest wait", { ...seconds, defaultText: "3600" }),
};

/** `hawser procmon`: runs a program, and runs it again whenever it ends (Twisted's procmon). */
export const procmonCommand: Command = command({
  name: "procmon",
  summary: "Run a program, and run it again whenever it ends",
  options,
  examples: [
    ["hawser procmon --program /usr/bin/worker --argument --queue=mail", "keep a worker running"],
    ["hawser procmon --program /usr/bin/worker --threshold 5 --max-delay 60", "and be patient with it"],
  ],
  async start(given, context): Promise<Service> {
    if (given.program === undefined) throw new UsageError("--program is missing: it says what to run");
    const start = processService(given.program, {
      arguments: given.argument,
      environment: Object.fromEntries(given.env),
      directory: given.directory,
      thresholdMs: inMs(given.threshold),
      killTimeMs: inMs(given.killTime),
      delayMinMs: inMs(given.minDelay),
      delayMaxMs: inMs(given.maxDelay),
      onLine: (line) => context.print(line),
    });
    return start(context);
  },
});

function inMs(given: number | undefined): number | undefined {
  return given === undefined ? undefined : given * 1_000;
}
