import assert from "node:assert/strict";
import { test } from "node:test";
import { printableJson } from "./printable.ts";
import { formatLogLine, formatLogText } from "./text-format.ts";

const quiet = { time: false };

test("a record is one line, its other members behind it", () => {
  const record = { level: 40, time: 0, pid: 7, msg: "worker 71 ended", worker: 71, reason: "SIGKILL" };
  assert.equal(formatLogText(record, quiet), 'warn  worker 71 ended  worker=71 reason="SIGKILL"\n');
});

test("the time is the machine's own, to the millisecond", () => {
  const line = formatLogText({ level: 30, time: 1_790_000_000_123, msg: "x" });
  assert.match(line, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.123 info {2}x\n$/);
  assert.match(formatLogText({ level: 30, time: "no time", msg: "x" }), /^- info/);
});

test("what a peer put into it makes no line of its own and steers no terminal", () => {
  const msg = "a\nfatal b \x1b]0;title\x07 \x9b31m \u202e";
  const line = formatLogText({ level: 30, msg, "\n\x1b": "\n\x1b" }, quiet);
  assert.equal(line.split("\n").length, 2);
  assert.doesNotMatch(line, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
});

test("a stack stands below, and its causes below it", () => {
  const err = { stack: "Error: no\n    at x", cause: { message: "because\x1b[2J" } };
  assert.equal(
    formatLogText({ level: 60, msg: "no", err }, quiet),
    "fatal no\n  Error: no\n      at x\n    because\\x1b[2J\n",
  );
});

test("colours are for terminals", () => {
  assert.equal(formatLogText({ level: 50, msg: "x" }, { time: false, colors: true }), "\x1b[31merror\x1b[0m x\n");
});

test("lines that are no records of ours are shown, made harmless", () => {
  for (const line of ["plain \x1b[31m", '{"level":"high"}', "{ torn", "[1]"])
    assert.equal(formatLogLine(line), `${line.replace("\x1b", "\\x1b")}\n`);
});

test("JSON stays JSON with the same meaning", () => {
  const record = { msg: "a\x7f\x9b\u2028\u202e\x1b\n" };
  const line = printableJson(JSON.stringify(record));
  assert.match(line, /^[\x20-\x7e]+$/);
  assert.deepEqual(JSON.parse(line), record);
});
