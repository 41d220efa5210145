/**
 * `npm start`: serves the welcome site by `hawser web`, for this machine alone, and says what to try once it listens.
 * `npm start -- --listen tcp:8000` opens another door.
 */
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { tips } from "./tips.ts";

const portWanted = 7777;
const root = fileURLToPath(new URL("../../../", import.meta.url));

const port = (await isFree(portWanted)) ? portWanted : 0;
if (port === 0) process.stdout.write(`Port ${portWanted} is in use: the system chooses another.\n`);
const server = spawn(process.execPath, [`${root}packages/hawser/bin/hawser.js`, "web", ...welcome(port)], {
  cwd: root,
  stdio: ["inherit", "pipe", "inherit"],
});
let told = false;
createInterface({ input: server.stdout }).on("line", (line) => {
  process.stdout.write(`${line}\n`);
  const url = /^listening on (http:.*)$/.exec(line)?.[1];
  if (told || url === undefined) return;
  told = true;
  process.stdout.write(`${tips(url)}\n`);
});
// A terminal sends SIGINT to the server, too; it decides when it is done.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => server.kill("SIGTERM"));
server.on("exit", (status) => {
  process.exitCode = status ?? 1;
});

function welcome(port: number): readonly string[] {
  return [
    ...["--listen", `tcp:${port}:interface=127.0.0.1`, "--path", "welcome/htdocs"],
    ...["--mount", "/files=welcome/files", "--cgi", "/cgi=welcome/cgi-bin", ...process.argv.slice(2)],
  ];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
      .once("error", () => resolve(false))
      .listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
