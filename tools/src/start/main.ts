/**
 * `npm start`: runs a personal server of this repository's own, in `.hawser`, for this machine alone, and says what to try
 * once it listens. Words after it are options of `hawser up`.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { tips } from "./tips.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const words = ["up", "--dir", ".hawser", "--any-port", ...process.argv.slice(2)];
const server = spawn(process.execPath, [`${root}packages/hawser/bin/hawser.js`, ...words], {
  cwd: root,
  stdio: ["inherit", "pipe", "inherit"],
});
let site: string | undefined;
createInterface({ input: server.stdout }).on("line", (line) => {
  process.stdout.write(`${line}\n`);
  site ??= /^listening on (http:.*)$/.exec(line)?.[1];
  if (line.startsWith("dashboard on ") && site !== undefined) process.stdout.write(`${tips(site)}\n`);
});
// A terminal sends SIGINT to the server, too; it decides when it is done.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => server.kill("SIGTERM"));
server.on("exit", (status) => {
  process.exitCode = status ?? 1;
});
