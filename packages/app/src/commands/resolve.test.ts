import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AnyCommand, type Command, tool } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { commandFinder } from "./finder.ts";
import { resolveCommand } from "./resolve.ts";
import { sampleCommand } from "./sample.test.kit.ts";

const add = tool({ name: "add", summary: "Add a user", options: {}, operands: {}, run: async () => 0 });
const outer: Command = {
  ...sampleCommand,
  name: "outer",
  commands: {
    inner: { summary: "Serve what is inside", load: async () => ({ ...sampleCommand, name: "inner" }) },
    look: { summary: "Look inside", load: async () => ({ ...add, name: "look" }) },
  },
};
const user: AnyCommand = { name: "user", summary: "Keep users", tools: { add } };
const commands = commandFinder(
  {
    sample: { summary: "Serve samples", load: async () => sampleCommand },
    outer: { summary: "Serve more", load: async () => outer },
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

  test("finds commands below one that serves, and leaves it its options", async () => {
    const named = async (...words: string[]) => {
      const found = await resolveCommand(["outer", ...words], commands);
      return typeof found === "string" ? found : [found.parent, found.command.name, ...found.words];
    };
    assert.deepEqual(await named(), ["hawser", "outer"]);
    assert.deepEqual(await named("--port", "1"), ["hawser", "outer", "--port", "1"]);
    assert.deepEqual(await named("inner", "--port", "1"), ["hawser outer", "inner", "--port", "1"]);
    assert.deepEqual(await named("look", "inner"), ["hawser outer", "look", "inner"]);
    await assert.rejects(named("iner"), { message: `hawser outer has no command "iner", did you mean "inner"?` });
    assert.equal((await commands("outer inner"))?.name, "inner");
    for (const name of ["outer iner", "outer constructor", "user add", "sample inner"])
      assert.equal(await commands(name), undefined);
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
      message: `There is no command "nothing", known are sample, outer, user`,
    });
    await assert.rejects(resolveCommand(["user", "addd"], commands), {
      message: `hawser user has no command "addd", did you mean "add"?`,
    });
    await assert.rejects(resolveCommand(["user", "constructor"], commands), /has no command "constructor"/);
  });
});
