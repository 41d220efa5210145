import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { TestEvent } from "node:test/reporters";
import { root } from "../tree.ts";
import reporter from "./reporter.ts";

const file = join(root, "packages/ftp/dist/server.test.js");
const at = (name: string, nesting: number) => ({ name, nesting, file, testNumber: 1, line: 1, column: 1 });
const begun = (name: string, nesting: number) => ({ type: "test:start", data: at(name, nesting) });
const passed = (name: string, nesting: number, more: object = {}) => ({
  type: "test:pass",
  data: { ...at(name, nesting), details: { duration_ms: 1 }, ...more },
});
const failed = (name: string, nesting: number, error: Error, duration_ms: number = 1) => ({
  type: "test:fail",
  data: { ...at(name, nesting), details: { duration_ms, error } },
});
const told = (message: string) => ({ type: "test:diagnostic", data: { nesting: 0, message } });
const printed = (message: string) => ({ type: "test:stdout", data: { file, message } });

function failure(failureType: string, cause?: Error): Error {
  return Object.assign(new Error("test failed", { cause }), { failureType });
}

function causedBy(message: string, stack: string): Error {
  return Object.assign(new Error(message), { stack });
}

async function report(...events: readonly object[]): Promise<string> {
  async function* all(): AsyncGenerator<TestEvent> {
    for (const event of events) yield event as TestEvent;
  }
  let text = "";
  for await (const piece of reporter(all())) text += piece;
  return text;
}

describe("the reporter", () => {
  test("says nothing of what passed, and gives the runner's counts last", async () => {
    const text = await report(begun("a", 0), printed("noise"), passed("a", 0), told("tests 1"), told("by the way"));
    assert.equal(text, "ℹ tests 1\n");
  });

  test("tells why a test was skipped", async () => {
    const text = await report(begun("suite", 0), begun("a", 1), passed("a", 1, { skip: "no curl" }));
    assert.equal(text, "- skipped packages/ftp/src/server.test.ts › suite › a: no curl\n");
  });

  test("tells which test a file was at when its time was over", async () => {
    const waited = (name: string) => ({ type: "test:dequeue", data: { name, nesting: 0, file } });
    const error = failure("testTimeoutFailure");
    const text = await report(
      waited(file),
      waited("quick"),
      passed("quick", 0),
      waited("slow"),
      failed(file, 0, error),
    );
    assert.match(text, /\n {2}The test that began last: slow\n/);
  });

  test("shows a failure once, with its own frames and what its file printed", async () => {
    const error = causedBy("broken", "Error: broken\n    at f (file:///a.js:1:1)\n    at g (node:internal/x:1:1)");
    const text = await report(
      begun("suite", 0),
      printed("a clue\n"),
      begun("a", 1),
      failed("a", 1, failure("testCodeFailure", error)),
      failed("suite", 0, failure("subtestsFailed")),
    );
    assert.equal(
      text,
      [
        "",
        "✖ packages/ftp/src/server.test.ts › suite › a",
        "    Error: broken",
        "        at f (file:///a.js:1:1)",
        "  It printed:",
        "    a clue",
        "",
      ].join("\n"),
    );
  });

  test("names the slowest files", async () => {
    const text = await report(begun("a", 0), failed("a", 0, failure("subtestsFailed"), 61_234));
    assert.equal(text, "    61.2 s  packages/ftp/src/server.test.ts\n");
  });
});
