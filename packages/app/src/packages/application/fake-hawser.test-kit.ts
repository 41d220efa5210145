import type { ApplicationFile, ApplicationPackage } from "./package.ts";

/** A program that takes the words of `hawser run` and serves the text of its tap file, so that packages of it really run. */
const program = `#!/usr/bin/env node
import { spawn } from "node:child_process";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { parseArgs } from "node:util";

const string = { type: "string" };
const options = { file: string, pidfile: string, logfile: string, rundir: string, uid: string, gid: string, umask: string };
const { values } = parseArgs({ allowPositionals: true, options: { ...options, daemon: { type: "boolean" } } });

if (values.daemon) {
  const words = process.argv.slice(1).filter((word) => word !== "--daemon");
  const child = spawn(process.execPath, words, { detached: true, stdio: ["ignore", "ignore", "ignore", "ipc"] });
  child.once("message", () => process.exit(0));
  child.once("exit", (status) => process.exit(status || 1));
} else serve();

function serve() {
  const log = (line) => values.logfile && appendFileSync(values.logfile, line + "\\n");
  const read = () => JSON.parse(readFileSync(values.file, "utf8"));
  const port = read().port;
  if (values.rundir) process.chdir(values.rundir);
  const server = createServer((request, response) => response.end(read().text));
  server.listen(port, "127.0.0.1", () => {
    if (values.pidfile) writeFileSync(values.pidfile, process.pid + "\\n");
    if (values.gid) { process.initgroups(values.uid, values.gid); process.setgid(values.gid); }
    if (values.uid) process.setuid(values.uid);
    log("serving as " + process.getuid());
    if (process.send) { process.send("serving"); process.disconnect(); }
  });
  process.on("SIGHUP", () => log("reloaded"));
  process.on("SIGTERM", () => {
    log("stopped");
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
`;

/** What is packed in the place of hawser and its dependencies. */
export const fakeHawser: readonly ApplicationFile[] = [
  { path: "node_modules/hawser/bin/hawser.js", content: program, mode: 0o755 },
  { path: "node_modules/hawser/package.json", content: '{ "name": "hawser", "version": "1.0.0", "type": "module" }\n' },
  { path: "node_modules/hawser/LICENSE", content: "MIT License\n" },
  { path: "node_modules/über/index.js", content: "export {};\n" },
  { path: `node_modules/hawser/${"deep/".repeat(30)}${"x".repeat(120)}.json`, content: "{}\n" },
];

/** An application of it that serves a text on a port of the loopback interface. */
export function fakeApplication(port: number, more: Partial<ApplicationPackage> = {}): ApplicationPackage {
  return {
    name: "my-site",
    version: "1.0",
    maintainer: "Ada Lovelace <ada@example.org>",
    summary: "web server of one page",
    tap: { fileName: "web.tap", content: JSON.stringify({ port, text: "Hello from version 1\n" }) },
    files: fakeHawser,
    homepage: "https://www.example.org/",
    license: "MIT",
    modified: 1_750_000_000,
    ...more,
  };
}
