import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { needs, runProgram } from "../testing/programs.ts";
import { testSite } from "../testing/site.ts";

const main = fileURLToPath(new URL("../main.js", import.meta.url));

/** Runs a command on a terminal of Python's, answers each prompt with one line, and prints what the terminal showed. */
const onTerminal = `
import os, pty, sys
answers = sys.argv[1].split(",")
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
shown = b""
while True:
    try:
        chunk = os.read(terminal, 1024)
    except OSError:
        break
    if not chunk:
        break
    shown += chunk
    if answers and shown.endswith((b"phrase: ", b"Again: ")):
        os.write(terminal, answers.pop(0).encode() + b"\\r")
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

test("hawser tap --encrypt asks twice on a terminal, shows nothing of it, and hawser convert asks once", async (t) => {
  if (!needs(t, "python3")) return;
  await using site = await testSite({});
  const ask = (answers: string, ...words: readonly string[]) =>
    runProgram("python3", ["-c", onTerminal, answers, process.execPath, main, ...words]);
  const tap = site.path("web.tap");
  const made = await ask("s3cret,s3cret", "tap", "web", "--encrypt", "-o", tap);
  assert.equal(made.status, 0, made.output);
  assert.equal(made.output, `New passphrase: \r\nAgain: \r\nwrote ${tap}, encrypted\r\n`);
  const differing = await ask("s3cret,secret", "tap", "web", "--encrypt", "-o", site.path("no.tap"));
  assert.equal(differing.status, 2);
  assert.match(differing.output, /hawser tap: the passphrases differ\r\n$/);
  const mistyped = await ask("s4\x7f3cret", "convert", tap, site.path("open.tap"), "--decrypt"); // a backspace
  assert.equal(mistyped.status, 0, mistyped.output);
  assert.equal(JSON.parse(readFileSync(site.path("open.tap"), "utf8")).application.name, "web");
  const stopped = await ask("\x03", "convert", tap, site.path("no.tap"), "--decrypt");
  assert.equal(stopped.status, 2);
  assert.match(stopped.output, /stopped while asking for a secret\r\n$/);
});
