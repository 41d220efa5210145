import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  operand,
  optionalOperand,
  optionFlag,
  optionValue,
  parseWholeNumber,
  restOperand,
  tool,
  UsageError,
} from "@hawser/core";
import { commandSyntax, describeService, readCommandLine } from "./command-line.ts";
import { sampleCommand } from "./sample.test.kit.ts";
import { readToolLine } from "./tool-line.ts";

describe("describeService", () => {
  test("makes plain data of words", () => {
    const words = ["--listen", "tcp:1", "--listen=tcp:2", "-p", "80", "--mount", "/a=b", "--no-cache", "-v"];
    assert.deepEqual(describeService(sampleCommand, words), {
      command: "sample",
      name: "sample",
      options: { listen: ["tcp:1", "tcp:2"], port: 80, mount: { "/a": "b" }, noCache: true, verbose: true },
    });
    assert.deepEqual(describeService(sampleCommand, [])?.options, {});
  });

  test("names a command below another one by both, and shows what is below in its help", () => {
    const inner = describeService(sampleCommand, [], undefined, "hawser outer");
    assert.deepEqual([inner?.command, inner?.name], ["outer sample", "outer-sample"]);
    const commands = { inner: { summary: "Serve what is inside", load: async () => sampleCommand } };
    let help = "";
    readCommandLine(commandSyntax({ ...sampleCommand, commands }), ["--help"], (text) => {
      help += text;
    });
    assert.match(help, /\nCommands:\n {2}hawser sample inner {4}Serve what is inside\n/);
  });

  test("prints help with every option, its default and the examples", () => {
    let help = "";
    assert.equal(
      describeService(sampleCommand, ["--help"], (text) => {
        help += text;
      }),
      undefined,
    );
    for (const option of ["-p, --port <N>", "--no-cache", "--mode <slow|fast>", "-h, --help"])
      assert.ok(help.includes(option), option);
  });

  const wrong: readonly (readonly [words: readonly string[], message: RegExp])[] = [
    [["--prot", "80"], /^unknown option '--prot', did you mean --port\?$/],
    [["--port"], /^option '-p, --port <N>' argument missing$/],
    [["--port", "x"], /^--port: "x" is not a whole number from 0 to 65535$/],
    [["stray"], /^too many arguments/],
    [["--__proto__", "x"], /^unknown option/],
  ];
  for (const [words, message] of wrong) {
    test(`refuses ${words.join(" ")} in one line`, () => {
      assert.throws(
        () => describeService(sampleCommand, words),
        (error: unknown) => error instanceof UsageError && message.test(error.message),
      );
    });
  }

  test("keeps shared options apart, and the command's own mean first", () => {
    const shared = { port: optionValue("X", "not this one"), workers: optionValue("N", "so many") };
    const given = readCommandLine(
      { ...commandSyntax(sampleCommand), shared },
      ["--workers", "2", "--port", "7"],
      () => {},
    );
    assert.deepEqual(given?.options, { port: 7 });
    assert.deepEqual(given?.shared, { workers: "2" });
  });
});

describe("readToolLine", () => {
  const copy = tool({
    name: "copy",
    summary: "Copy",
    options: {
      force: optionFlag("even if", { short: "f" }),
      times: optionValue("N", "how often", { parse: parseWholeNumber(1, 9) }),
    },
    operands: {
      from: operand("FROM", "what"),
      to: optionalOperand("N", "where", { parse: parseWholeNumber(0, 9) }),
      rest: restOperand("MORE", "more"),
    },
    run: async () => 0,
  });
  const wrap = tool({
    name: "wrap",
    summary: "Wrap",
    options: { quiet: optionFlag("say nothing", { short: "q" }) },
    operands: { name: operand("COMMAND", "which"), words: restOperand("OPTIONS", "its options", { raw: true }) },
    run: async () => 0,
  });
  const read = (one: typeof copy, words: readonly string[]) => readToolLine(one, words, "hawser", () => {});

  test("reads operands and options in any order", () => {
    assert.deepEqual(read(copy, ["a", "-f", "3", "x", "--times", "2", "y"]), {
      force: true,
      times: 2,
      from: "a",
      to: 3,
      rest: ["x", "y"],
    });
    assert.deepEqual(read(copy, ["a"]), { force: false, times: undefined, from: "a", to: undefined, rest: [] });
    assert.deepEqual(read(copy, ["--", "-f"]), { force: false, times: undefined, from: "-f", to: undefined, rest: [] });
  });

  test("leaves the words after the operand before a raw rest alone", () => {
    assert.deepEqual(read(wrap, ["-q", "web", "--port", "1", "-q"]), {
      quiet: true,
      name: "web",
      words: ["--port", "1", "-q"],
    });
    assert.deepEqual(read(wrap, ["web", "--help"]), { quiet: false, name: "web", words: ["--help"] });
  });

  test("tells which operand is missing or wrong", () => {
    assert.throws(() => read(copy, []), { message: "missing required argument 'FROM'" });
    assert.throws(() => read(copy, ["a", "x"]), { message: `N: "x" is not a whole number from 0 to 9` });
  });
});
