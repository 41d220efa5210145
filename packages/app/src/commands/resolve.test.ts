import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AnyCommand, tool } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { commandFinder } from "./finder.ts";
import { resolveCommand } from "./resolve.ts";
import { sampleCommand } from "./sample.test.kit.ts";

const add = tool({ name: "add", summary: "Add a user", options: {}, operands: {}, run: async () => 0 });
const user: AnyCommand = { name: "user", summary: "Keep users", tools: { add } };
const commands = commandFinder(
  {
    sample: { summary: "Serve samples", load: async () => sampleCommand },
    user: { summary: "Keep users", load: async () => user },
  },
  { directory: "/", reactor: memoryReactor() },
);

describe("resolveCommand", () => {
  test("finds commands, and tools of groups, with the words after their names", async () => {
    assert.deepEqual(await resolveCommand(["sample", "--port", "1"], commands), {
      command: sampleCommand,
      parent: "hawser",
      words: ["--port", "1"],
    });
    assert.deepEqual(await resolveCommand(["user", "add", "alice"], commands), {
      command: add,
      parent: "hawser user",
      words: ["alice"],
    });
  });

  test("gives the help of a group when no more is asked for", async () => {
    for (const words of [["user"], ["user", "--help"], ["user", "-h"], ["user", "help"]]) {
      const help = await resolveCommand(words, commands);
      assert.match(
        String(help),
        /^Usage: hawser user COMMAND \[OPTIONS\]\n\nKeep users\n\nCommands:\n {2}add {4}Add a user\n/,
      );
    }
  });

  test("says what was probably meant", async () => {
    await assert.rejects(resolveCommand(["usre"], commands), {
      message: `There is no command "usre", did you mean "user"?`,
    });
    await assert.rejects(resolveCommand(["nothing"], commands), {
      message: `There is no command "nothing", known are sample, user`,
    });
    await assert.rejects(resolveCommand(["user", "addd"], commands), {
      message: `hawser user has no command "addd", did you mean "add"?`,
    });
    await assert.rejects(resolveCommand(["user", "constructor"], commands), /has no command "constructor"/);
  });
});
