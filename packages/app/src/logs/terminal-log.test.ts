import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { temporaryFolder } from "../daemon/temporary-folder.test-kit.ts";

const module = new URL("./terminal-log.js", import.meta.url).href;
const record = { level: 40, time: 0, msg: "hello", err: { stack: "Error: x\n    at y" } };

/** What a process writes to a standard error that is a file, told which stream is the journal's. */
function logged(path: string, format: "text" | "json" | undefined, journal: (stream: string) => string): string {
  const fd = openSync(path, "w");
  const { dev, ino } = fstatSync(fd);
  const program = `import { standardErrorLog } from ${JSON.stringify(module)};
    standardErrorLog(${JSON.stringify(format)}, process.env).write(${JSON.stringify(`${JSON.stringify(record)}\n`)});`;
  const { status } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "inherit", fd],
    env: { JOURNAL_STREAM: journal(`${dev}:${ino}`) },
  });
  closeSync(fd);
  assert.equal(status, 0);
  return readFileSync(path, "utf8");
}

test("for programs in JSON, for people in text, for the journal with severities and without times", (context) => {
  const path = temporaryFolder(context)("errors");
  const others = () => "1:1";
  assert.equal(logged(path, undefined, others), `${JSON.stringify(record)}\n`);
  assert.match(logged(path, "text", others), /^\d{4}-.* warn {2}hello\n {2}Error: x\n {6}at y\n$/);
  assert.equal(
    logged(path, undefined, (stream) => stream),
    "<4>warn  hello\n<4>  Error: x\n<4>      at y\n",
  );
  assert.equal(
    logged(path, "json", (stream) => stream),
    `${JSON.stringify(record)}\n`,
  );
});
