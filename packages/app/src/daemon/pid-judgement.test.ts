import assert from "node:assert/strict";
import { test } from "node:test";
import { judgePidFile, parsePid } from "./pid-judgement.ts";
import { type ProcessTable, startTicks } from "./process-table.ts";

const writtenMs = 1_000_000_000_000;

/** One process, 71, that is as the test says. */
function table(facts: { alive?: boolean; startedAtMs?: number; holds?: boolean }): ProcessTable {
  return {
    isAlive: (pid) => pid === 71 && facts.alive !== false,
    startedAtMs: () => facts.startedAtMs,
    holds: () => facts.holds,
    memoryOctets: () => undefined,
    commandLine: () => undefined,
  };
}

function judge(text: string, facts: Parameters<typeof table>[0], ownPid = 5): string {
  return judgePidFile({ text, dev: 1, ino: 2, modifiedMs: writtenMs }, table(facts), ownPid).name;
}

test("a number, maybe with space around it, is a process id; nothing else is", () => {
  for (const [text, pid] of [
    ["71\n", 71],
    [" 71 ", 71],
    ["", "empty"],
    ["\n", "empty"],
  ] as const)
    assert.equal(parsePid(text), pid);
  for (const text of ["0", "-1", "71 72", "0x47", "1e3", "2147483648", "99999999999", "pid", "71\0"])
    assert.equal(parsePid(text), undefined, text);
});

test("a daemon that holds its file runs, whatever the clock says", () => {
  assert.equal(judge("71\n", { holds: true, startedAtMs: writtenMs + 3_600_000 }), "running");
});

test("a dead one is stale, and so is another process that got its number", () => {
  assert.equal(judge("71\n", { alive: false }), "stale");
  assert.equal(judge("71\n", { holds: false, startedAtMs: writtenMs - 10 }), "stale");
  assert.equal(judge("71\n", { holds: true }, 71), "stale"); // our own number, of a daemon in an earlier container
  assert.equal(judge("", {}), "stale");
});

test("where descriptors are hidden, one that started after the file was written is another", () => {
  assert.equal(judge("71\n", { startedAtMs: writtenMs - 50 }), "running");
  assert.equal(judge("71\n", { startedAtMs: writtenMs + 1_000 }), "running"); // as exact as it can be told
  assert.equal(judge("71\n", { startedAtMs: writtenMs + 3_000 }), "stale");
  assert.equal(judge("71\n", {}), "running");
});

test("what holds no number is nobody's to replace", () => assert.equal(judge("root:x:0:0", {}), "foreign"));

test("the start time stands behind a name that may hold anything (proc(5))", () => {
  const rest = `S ${Array.from({ length: 18 }, (_, index) => index).join(" ")} 12345 0 0`;
  assert.equal(startTicks(`71 (a) b ) c) ${rest}`), 12_345);
  assert.equal(startTicks(undefined), undefined);
  assert.equal(startTicks("71 (node)"), undefined);
});
