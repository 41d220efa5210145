import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { operand, optionFlag, optionValue, optionValues, restOperand, UsageError } from "@hawser/core";
import { readWords, type WordSyntax } from "./words.ts";

const options = {
  port: optionValue("N", "a port", { short: "p" }),
  listen: optionValues("ENDPOINT", "where to listen"),
  noCache: optionFlag("remember nothing"),
  verbose: optionFlag("say more", { short: "v" }),
};
const plain: WordSyntax = { options, operands: { from: operand("FROM", "what") } };
const raw: WordSyntax = {
  options,
  operands: { name: operand("NAME", "which"), rest: restOperand("REST", "", { raw: true }) },
};

describe("readWords", () => {
  const read: readonly (readonly [words: readonly string[], options: object])[] = [
    [["--port", "80", "x"], { port: "80" }],
    [["--port=80", "x"], { port: "80" }],
    [["-p", "80", "x"], { port: "80" }],
    [["-p80", "x"], { port: "80" }],
    [["-vp", "80", "x"], { verbose: true, port: "80" }],
    [["--port", "--listen", "x"], { port: "--listen" }],
    [["--port", "", "x"], { port: "" }],
    [["--port", "1", "--port", "2", "x"], { port: "2" }],
    [["--listen", "a", "x", "--listen=b=c"], { listen: ["a", "b=c"] }],
    [["--no-cache", "-v", "-v", "x"], { noCache: true, verbose: true }],
  ];
  for (const [words, expected] of read) {
    test(`${words.join(" ")} is read`, () =>
      assert.deepEqual(readWords(plain, words), { options: expected, operands: { from: "x" } }));
  }

  const wrong: readonly (readonly [words: readonly string[], message: string])[] = [
    [["x", "--prot", "80"], "unknown option '--prot', did you mean --port?"],
    [["x", "--cache"], "unknown option '--cache'"],
    [["x", "--no-port"], "unknown option '--no-port'"],
    [["x", "-q"], "unknown option '-q'"],
    [["x", "--constructor"], "unknown option '--constructor'"],
    [["x", "--verbose=yes"], "option '--verbose' takes no value"],
    [["x", "--port"], "option '-p, --port <N>' argument missing"],
    [["x", "y", "z"], "too many arguments: 1 expected, 3 given"],
    [[], "missing required argument 'FROM'"],
  ];
  for (const [words, message] of wrong) {
    test(`${words.join(" ")} is refused`, () =>
      assert.throws(
        () => readWords(plain, words),
        (error: unknown) => error instanceof UsageError && error.message === message,
      ));
  }

  test("whoever asks for help gets it, whatever else is wrong, unless it is the value of an option", () => {
    for (const words of [["--help"], ["-h"], ["-vh"], ["--prot", "--help"]])
      assert.equal(readWords(plain, words), undefined);
    assert.deepEqual(readWords(plain, ["--port", "--help", "x"])?.options, { port: "--help" });
    assert.deepEqual(readWords(plain, ["--", "--help"])?.operands, { from: "--help" });
  });

  test("without options of its own, a raw rest is all words, but for a question for help", () => {
    const bare: WordSyntax = { options: {}, operands: { words: restOperand("WORDS", "", { raw: true }) } };
    assert.deepEqual(readWords(bare, ["-x", "192.0.2.1", "--", "-h"])?.operands, {
      words: ["-x", "192.0.2.1", "--", "-h"],
    });
    assert.equal(readWords(bare, ["-h"]), undefined);
    assert.equal(readWords(bare, ["--help", "x"]), undefined);
  });

  test("a raw rest begins with the first operand, and is left as it is", () => {
    const given = readWords(raw, ["-v", "web", "-v", "--help", "--", "--port"]);
    assert.deepEqual(given, {
      options: { verbose: true },
      operands: { name: "web", rest: ["-v", "--help", "--", "--port"] },
    });
    assert.deepEqual(readWords(raw, ["--", "-v", "x"])?.operands, { name: "-v", rest: ["x"] });
    assert.deepEqual(readWords(raw, ["web"])?.operands, { name: "web", rest: [] });
  });
});
