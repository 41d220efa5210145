import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { claimPidFile, lookAtPidFile } from "./pid-file.ts";
import { type ProcessTable, systemProcesses } from "./process-table.ts";
import { temporaryFolder } from "./temporary-folder.test-kit.ts";

/** Our own file is another daemon's, to a process with another number. */
const asOthers: ProcessTable = { ...systemProcesses, isAlive: () => true, holds: () => true };
const dead = 2 ** 22 + 1; // above what Linux gives (proc(5), pid_max)

test("it holds the number alone, so that kill $(cat hawser.pid) works, and everybody may read it", (context) => {
  const folder = temporaryFolder(context);
  const before = process.umask(0o077);
  const held = claimPidFile(folder("x.pid"));
  process.umask(before);
  assert.equal(readFileSync(folder("x.pid"), "utf8"), `${process.pid}\n`);
  assert.equal(statSync(folder("x.pid")).mode & 0o777, 0o644);
  assert.deepEqual(readdirSync(folder()), ["x.pid"]);
  held.release();
  held.release();
  assert.deepEqual(readdirSync(folder()), []);
});

test("a stale one is replaced, also an empty one; only a file that is still ours is removed", (context) => {
  const path = temporaryFolder(context)("x.pid");
  for (const text of [`${dead}\n`, "", `${process.ppid}\n`]) {
    writeFileSync(path, text);
    const held = claimPidFile(path);
    assert.equal(readFileSync(path, "utf8"), `${process.pid}\n`);
    rmSync(path);
    writeFileSync(path, "123456\n"); // somebody else's
    held.release();
    assert.equal(readFileSync(path, "utf8"), "123456\n");
  }
});

test("one whose daemon runs is refused, and left as it is", (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(folder("x.pid"), "1\n");
  assert.throws(() => claimPidFile(folder("x.pid"), asOthers), {
    name: "DaemonError",
    code: "already-running",
    message: `Cannot start: process 1 runs already (${folder("x.pid")})`,
  });
  assert.deepEqual(readdirSync(folder()), ["x.pid"]);
});

test("a file that holds something else is nobody's to replace, and a folder no file", (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(folder("passwd"), "root:x:0:0:root:/root:/bin/bash\n");
  assert.throws(() => claimPidFile(folder("passwd")), { name: "UsageError", message: /holds something else/ });
  mkdirSync(folder("dir"));
  assert.throws(() => claimPidFile(folder("dir")), { name: "UsageError", message: /it is a directory/ });
  assert.throws(() => claimPidFile(folder("none/x.pid")), { name: "UsageError", message: /no such directory/ });
});

test("a link that waits there leads nowhere", (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(folder("target"), "");
  symlinkSync(folder("target"), folder("x.pid"));
  const held = claimPidFile(folder("x.pid"));
  assert.equal(readFileSync(folder("target"), "utf8"), "");
  held.release();
  assert.equal(existsSync(folder("target")), true);
});

test("who looks at it sees whose it is", (context) => {
  const path = temporaryFolder(context)("x.pid");
  assert.equal(lookAtPidFile(path), undefined);
  writeFileSync(path, `${dead}\n`);
  assert.deepEqual(lookAtPidFile(path), { name: "stale", pid: dead });
});

test("of twelve processes that find a stale one at the same time, one makes it its own", async (context) => {
  const folder = temporaryFolder(context);
  const main = fileURLToPath(new URL("./claim-main.test-kit.js", import.meta.url));
  const children = Array.from({ length: 12 }, () => fork(main, [folder("x.pid")]));
  const hear = () => Promise.all(children.map(async (child) => (await once(child, "message"))[0] as string));
  await hear(); // all are there
  for (let round = 0; round < 20; round++) {
    writeFileSync(folder("x.pid"), `${dead + round}\n`);
    const heard = hear();
    for (const child of children) child.send("claim");
    const answers = await heard;
    const holders = children.filter((_, index) => answers[index] === "held");
    assert.equal(holders.length, 1, `round ${round}: ${answers.join(", ")}`);
    assert.equal(readFileSync(folder("x.pid"), "utf8"), `${holders[0]!.pid}\n`);
    const released = hear();
    for (const child of children) child.send("release");
    await released;
    assert.deepEqual(readdirSync(folder()), []);
  }
  for (const child of children) child.disconnect();
});
