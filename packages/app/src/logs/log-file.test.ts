import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { ManualClock } from "@hawser/core/testing";
import { temporaryFolder } from "../daemon/temporary-folder.test-kit.ts";
import { CommandLogs } from "./command-logs.ts";
import { compressFile } from "./compress.ts";
import { LogFile } from "./log-file.ts";
import { noticeLine } from "./logger.ts";

const read = (path: string) => readFileSync(path, "utf8");
const notice = (text: string) => `! ${text}\n`;

test("a line is in the file when write returns; old lines stay", (context) => {
  const path = temporaryFolder(context)("x.log");
  writeFileSync(path, "old\n");
  const log = new LogFile(path, { clock: new ManualClock() });
  log.write("new\n");
  assert.equal(read(path), "old\nnew\n");
});

test("it is put aside before it is too large, and so many old ones are kept", async (context) => {
  const folder = temporaryFolder(context);
  const clock = new ManualClock();
  const log = new LogFile(folder("x.log"), { clock, rotation: { octetsMax: 10, keep: 2 } });
  for (const line of ["first\n", "second\n", "third\n", "fourth\n"]) {
    log.write(line);
    clock.advance(1_000);
  }
  await log.close();
  const names = readdirSync(folder()).sort();
  assert.deepEqual(
    names.map((name) => read(folder(name))),
    ["fourth\n", "second\n", "third\n"],
  );
});

test("a new day begins a new file, also for one that was written yesterday by another process", (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(folder("x.log"), "yesterday\n");
  const log = new LogFile(folder("x.log"), {
    clock: new ManualClock(Date.now() + 86_400_000),
    rotation: { daily: true },
  });
  log.write("today\n");
  assert.equal(read(folder("x.log")), "today\n");
  assert.equal(readdirSync(folder()).length, 2);
});

test("a file that somebody moved is written on until it is opened anew", (context) => {
  const folder = temporaryFolder(context);
  const log = new LogFile(folder("x.log"), { clock: new ManualClock() });
  log.write("a\n");
  renameSync(folder("x.log"), folder("x.log.1"));
  log.write("b\n");
  log.reopen();
  log.write("c\n");
  assert.equal(read(folder("x.log.1")), "a\nb\n");
  assert.equal(read(folder("x.log")), "c\n");
});

test("one that follows finds the new file within a second, and rotates nothing itself", (context) => {
  const folder = temporaryFolder(context);
  const clock = new ManualClock();
  const log = new LogFile(folder("x.log"), { clock, follows: true, rotation: { octetsMax: 1 } });
  log.write("a\n");
  renameSync(folder("x.log"), folder("x.log.1"));
  clock.advance(1_000);
  log.write("b\n"); // there is no new one yet
  writeFileSync(folder("x.log"), "");
  clock.advance(1_000);
  log.write("c\n");
  assert.equal(read(folder("x.log.1")), "a\nb\n");
  assert.equal(read(folder("x.log")), "c\n");
});

test("a full disk ends nothing; when there is room again, it is told what was lost", (context) => {
  if (!existsSync("/dev/full")) return context.skip("there is no /dev/full");
  const path = temporaryFolder(context)("x.log");
  const clock = new ManualClock();
  symlinkSync("/dev/full", path);
  const log = new LogFile(path, { clock, notice });
  log.write("lost\n");
  log.write("lost too, and not even tried\n");
  rmSync(path);
  log.reopen();
  log.write("lost as well: it is tried once a second\n");
  clock.advance(1_000);
  log.write("written\n");
  log.write("more\n");
  assert.equal(read(path), "! 3 lines were lost: no space left\nwritten\nmore\n");
});

test("a file that cannot be opened anew is written on, and says so", (context) => {
  const folder = temporaryFolder(context);
  const log = new LogFile(folder("x.log"), { clock: new ManualClock(), notice });
  renameSync(folder("x.log"), folder("old"));
  mkdirSync(folder("x.log"));
  log.reopen();
  log.write("on\n");
  assert.equal(
    read(folder("old")),
    `! Cannot open "${folder("x.log")}" again: it is a directory; the old file is written on\non\n`,
  );
});

test("no such folder is the person's mistake", (context) => {
  const path = temporaryFolder(context)("none/x.log");
  const message = `Cannot write the log "${path}": no such directory`;
  assert.throws(() => new LogFile(path, { clock: new ManualClock() }), { name: "UsageError", message });
});

test("compressed whole or not at all", async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(folder("a"), "line\n".repeat(10_000));
  await compressFile(folder("a"));
  await compressFile(folder("gone"));
  assert.deepEqual(readdirSync(folder()), ["a.gz"]);
  assert.equal(gunzipSync(readFileSync(folder("a.gz"))).toString(), "line\n".repeat(10_000));
});

test("what is put aside is compressed, and there when the log is closed", async (context) => {
  const folder = temporaryFolder(context);
  const clock = new ManualClock();
  const log = new LogFile(folder("x.log"), { clock, rotation: { octetsMax: 8, keep: 2, gzip: true } });
  for (const line of ["first\n", "second\n", "third\n"]) {
    log.write(line);
    clock.advance(1_000);
  }
  await log.close();
  const [now, ...old] = readdirSync(folder()).sort();
  assert.equal(read(folder(now)), "third\n");
  assert.deepEqual(
    old.map((name) => [name.slice(-3), gunzipSync(readFileSync(folder(name))).toString()]),
    [
      [".gz", "first\n"],
      [".gz", "second\n"],
    ],
  );
});

test("commands that name one file share it; what they write in one turn leaves together", async (context) => {
  const path = temporaryFolder(context)("access.log");
  const clock = new ManualClock();
  const logs = new CommandLogs({ clock, follows: false });
  const [one, two] = [await logs.open(path), await logs.open(path)];
  one.write("a\n");
  two.write("b\n");
  assert.equal(read(path), "");
  clock.advance(0);
  assert.equal(read(path), "a\nb\n");
  await one.close();
  await one.close();
  two.write("c\n");
  await two.close();
  one.write("after the end\n");
  assert.equal(read(path), "a\nb\nc\n");
});

test("a notice is a record", () => assert.equal(JSON.parse(noticeLine("x\n", 5)).msg, "x\n"));
