import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { test } from "node:test";
import { ConnectionError, reportFault } from "@hawser/core";
import { ManualClock } from "@hawser/core/testing";
import { logEvents } from "./events.ts";
import { applicationLog } from "./logger.ts";
import { formatLogText } from "./text-format.ts";

function recording(level?: "debug") {
  const lines: string[] = [];
  const log = applicationLog({ write: (line) => void lines.push(line) }, new ManualClock(0), level);
  const records = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log, lines, records };
}

test("a line is written when the call returns, by its level, with its secrets censored", () => {
  const { log, records } = recording();
  log.debug("not now");
  log.warn({ user: "alice", password: "x", url: "http://a:b@h/" }, "token=%s of %s %d %%", "abc", "\x1b[2J", 5);
  const [{ time, pid, ...record } = {}, ...others] = records();
  assert.deepEqual(others, []);
  assert.deepEqual([time, pid], [0, process.pid]);
  assert.deepEqual(record, {
    level: 40,
    user: "alice",
    password: "[redacted]",
    url: "http://[redacted]@h/",
    msg: "token=[redacted] of \x1b[2J 5 %",
  });
});

test("an error by itself has its stack, and steers no terminal", () => {
  const { log, lines, records } = recording();
  log.error(new Error("no \x9b2J https://u:p@h/"));
  assert.doesNotMatch(lines[0]!, /\x9b/);
  assert.match(formatLogText(records()[0]!), /error no \\x9b2J https:\/\/\[redacted\]@h\/\n {2}Error: no \\x9b2J/);
});

test("what the channels say becomes lines, until it ends", () => {
  const { log, records } = recording();
  const end = logEvents(log);
  reportFault(new ConnectionError("reset", "Connection was reset"), "a peer");
  reportFault(new TypeError("x is undefined"), "a handler");
  channel("hawser:cluster").publish({ type: "lost", pid: 71, reason: "SIGKILL" });
  channel("hawser:cluster").publish({ type: "failed", pid: 72, reason: undefined });
  channel("hawser:cluster").publish({ type: "ready", pid: 73 });
  channel("hawser:descriptors").publish({ state: "exhausted", open: 99, limit: 100 });
  channel("hawser:descriptors").publish({ state: "available", open: 9, limit: 100 });
  end();
  channel("hawser:cluster").publish({ type: "ready", pid: 74 });
  assert.deepEqual(
    records().map(({ level, msg }) => [level, msg]),
    [
      [40, "a peer: Connection was reset"],
      [50, "a handler: x is undefined"],
      [50, "worker 71 ended, and is replaced: SIGKILL"],
      [50, "worker 72 could not start: nobody knows why"],
      [30, "worker 73 is ready"],
      [50, "connections are refused: all file descriptors are in use"],
      [30, "connections are taken again"],
    ],
  );
  assert.equal("err" in records()[0]!, false);
  assert.equal("err" in records()[1]!, true);
});
