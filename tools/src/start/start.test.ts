import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("main.js", import.meta.url));

test("npm start makes a personal server, serves its site, prints what to try, and ends when it is told to", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "hawser-start-"));
  t.after(() => rmSync(folder, { recursive: true }));
  // A folder of the test's own: the password of a new server is told once.
  const server = spawn(process.execPath, [main, "--dir", folder], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  for await (const chunk of server.stdout) {
    printed += String(chunk);
    if (printed.includes("Ctrl-C")) break;
  }
  assert.match(printed, /^user \S+, password ([a-z2-9]{5}-){3}[a-z2-9]{5} /m);
  const urls = [...printed.matchAll(/curl .*?(http:\S+)/g)].map(([, url]) => url!);
  assert.equal(urls.length, 4, printed);
  for (const url of urls) assert.equal((await fetch(url)).status, 200, url);
  server.kill("SIGTERM");
  assert.deepEqual(await once(server, "exit"), [0, null]);
});
