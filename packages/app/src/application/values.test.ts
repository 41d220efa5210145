import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sampleCommand } from "../commands/sample.test.kit.ts";
import { commandValues, normalizeOptions, type OptionData, OptionError, optionProblems } from "./values.ts";

const secret = { secret: { file: "/run/key" } };

describe("normalizeOptions", () => {
  const same: readonly (readonly [name: string, given: OptionData, normal: OptionData])[] = [
    ["numbers are numbers", { port: "0080" }, { port: 80 }],
    ["and stay numbers", { port: 80 }, { port: 80 }],
    [
      "one value is a list of one where a list belongs",
      { listen: "tcp:1", level: 3 },
      { listen: ["tcp:1"], level: [3] },
    ],
    ["numbers of a list", { level: ["1", 2] }, { level: [1, 2] }],
    ["pairs are members", { mount: ["/b=x", "/a=y=z"] }, { mount: { "/b": "x", "/a": "y=z" } }],
    ["members stay", { mount: { "/b": "x" } }, { mount: { "/b": "x" } }],
    ["a list of members", { mount: [{ "/b": "x" }, "/c=y"] }, { mount: { "/b": "x", "/c": "y" } }],
    [
      "pairs that an object cannot keep stay a list",
      { mount: ["/a=x", "/a=y"] },
      { mount: [{ "/a": "x" }, { "/a": "y" }] },
    ],
    ["a pair whose key an object would change", { pair: "__proto__=x" }, { pair: "__proto__=x" }],
    ["a pair whose key an object would move", { pair: { 7: "x" } }, { pair: "7=x" }],
    ["one pair", { pair: "a=b" }, { pair: { a: "b" } }],
    ["flags that are off are left out", { noCache: false, verbose: true }, { verbose: true }],
    ["empty lists are left out", { listen: [], mount: {} }, {}],
    [
      "secrets stay secret",
      { password: secret, mount: { "/a": secret } },
      { mount: { "/a": secret }, password: secret },
    ],
    ["a secret of a number", { port: secret, level: [secret, 1] }, { port: secret, level: [secret, 1] }],
  ];
  for (const [name, given, normal] of same) {
    test(name, () => {
      assert.deepEqual(normalizeOptions(sampleCommand, given), normal);
      assert.deepEqual(normalizeOptions(sampleCommand, normal), normal, "and once more");
    });
  }

  test("the order is that of the command's table", () => {
    const normal = normalizeOptions(sampleCommand, { verbose: true, path: "x", listen: "tcp:1" });
    assert.deepEqual(Object.keys(normal), ["listen", "path", "verbose"]);
  });

  const wrong: readonly (readonly [given: unknown, message: string])[] = [
    [{ prot: 80 }, `--prot: sample has no option "prot", did you mean "port"?`],
    [{ constructor: 1 }, `--constructor: sample has no option "constructor"`],
    [{ port: "x" }, `--port: "x" is not a whole number from 0 to 65535`],
    [{ port: true }, `--port: true is not a number`],
    [{ port: [80] }, `--port: a list is a list where one value belongs`],
    [{ path: 7 }, `--path: 7 is not text: put it in quotes`],
    [{ path: { a: "b" } }, `--path: an object is not text`],
    [{ listen: [["a"]] }, `--listen: a list is a list in a list`],
    [{ mount: { doc: "x" } }, `--mount: "doc=x" is not /URL=…`],
    [{ mount: { "/a=b": "x" } }, `--mount: "/a=b" has a = in it`],
    [{ mount: { "/a": 7 } }, `--mount: 7 is not text`],
    [{ pair: { a: "b", c: "d" } }, `--pair: it takes one value`],
    [{ mode: "medium" }, `--mode: "medium" is not one of slow, fast`],
    [{ noCache: "yes" }, `--no-cache: it is either true or false`],
  ];
  for (const [given, message] of wrong) {
    test(`refuses ${JSON.stringify(given)}`, () => {
      const isTold = (error: unknown) => error instanceof OptionError && error.message.startsWith(message);
      assert.throws(() => normalizeOptions(sampleCommand, given as OptionData), isTold);
      assert.throws(() => commandValues(sampleCommand, given as OptionData), isTold);
    });
  }
});

describe("commandValues", () => {
  test("gives a value for every option of the table", () => {
    assert.deepEqual(commandValues(sampleCommand, {}), {
      ...{ listen: [], port: undefined, level: [], path: undefined, mount: [], pair: undefined, mode: undefined },
      ...{ password: undefined, noCache: false, verbose: false },
    });
  });

  test("reads canonical data as it reads what was typed", () => {
    const given = { port: "80", mount: ["/a=x", "/b=y"], pair: "k=v", level: "3", verbose: true };
    const values = commandValues(sampleCommand, given);
    assert.deepEqual(values, commandValues(sampleCommand, normalizeOptions(sampleCommand, given)));
    assert.deepEqual(values["mount"], [
      ["/a", "x"],
      ["/b", "y"],
    ]);
  });

  test("refuses a secret that was not read", () => {
    assert.throws(() => commandValues(sampleCommand, { password: secret }), {
      name: "OptionError",
      message: "--password: it is a secret that was not read yet",
    });
  });
});

test("optionProblems tells each option that is wrong, with the way to the part that is", () => {
  const problems = optionProblems(sampleCommand, { port: "x", mount: { "/a": "b", c: "d" }, mode: "fast", nothing: 1 });
  assert.deepEqual(
    problems.map(({ option, path }) => [option, ...path]),
    [["port"], ["mount", "c"], ["nothing"]],
  );
});
