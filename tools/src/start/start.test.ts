import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("main.js", import.meta.url));

test("npm start serves the welcome site, prints what to try, and ends when it is told to", async () => {
  const server = spawn(process.execPath, [main], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  for await (const chunk of server.stdout) {
    printed += String(chunk);
    if (printed.includes("Ctrl-C")) break;
  }
  const urls = [...printed.matchAll(/curl .*?(http:\S+)/g)].map(([, url]) => url!);
  assert.equal(urls.length, 4, printed);
  for (const url of urls) assert.equal((await fetch(url)).status, 200, url);
  server.kill("SIGTERM");
  assert.deepEqual(await once(server, "exit"), [0, null]);
});
