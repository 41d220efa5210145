import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { operand, optionFlag, restOperand, tool } from "@hawser/core";
import { sampleCommand } from "../sample.test.kit.ts";
import { type CompletionNode, completionNodes, completionTree } from "./model.ts";

const options = { quick: optionFlag("be quick") };
const look = tool({ name: "look", summary: "Look", options, operands: {}, run: async () => 0 });
const keep = tool({
  name: "keep",
  summary: "Keep a service",
  options,
  operands: {
    command: operand("COMMAND", "which", { completes: "command" }),
    words: restOperand("OPTIONS", "its own", { raw: true }),
  },
  run: async () => 0,
});

const tree = completionTree(
  { outer: sampleCommand, "outer inner": sampleCommand, "outer look": look, keep },
  { shared: optionFlag("for all that serve") },
);
const node = (path: string): CompletionNode =>
  completionNodes(tree).find((one) => one.path.join(" ") === path) ?? assert.fail(`there is no ${path}`);
const longs = (path: string): readonly string[] => node(path).options.map(({ long }) => long);

describe("completionTree", () => {
  test("has commands below those that serve", () => {
    assert.deepEqual(
      completionNodes(tree).map(({ path }) => path.slice(1).join(" ")),
      ["", "outer", "outer inner", "outer look", "keep", "keep outer", "keep outer inner"],
    );
  });

  test("offers the shared options to what serves, and those of a tool behind it", () => {
    assert.ok(longs("hawser outer inner").includes("--shared"));
    assert.deepEqual(longs("hawser outer look"), ["--quick", "--help"]);
    assert.ok(longs("hawser keep outer inner").includes("--quick"));
    assert.ok(!longs("hawser keep outer inner").includes("--shared"));
  });
});
