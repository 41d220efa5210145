import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { describe, it, type TestContext } from "node:test";
import { daemonPid, endDaemonAfter, freePort, needs, runCommand, startCommand, until } from "./run-process.test-kit.ts";
import { temporaryFolder } from "./temporary-folder.test-kit.ts";

const isRoot = process.getuid?.() === 0;

describe("a daemon of root's", () => {
  it("binds, then is nobody for good; its log is nobody's, and a link in the log's place is not followed", async (context) => {
    if (!onlyRoot(context)) return;
    endDaemonAfter(context, () => path("hawser.pid"));
    const path = temporaryFolder(context);
    writeFileSync(path("index.html"), "It works\n");
    const port = await freePort();
    const web = ["web", "--path", path(), "--port", `${port}`];
    const hawser = (...words: string[]) => runCommand(words, { directory: path() });
    mkdirSync(path("trap"));
    symlinkSync("/etc/hostname", path("trap/hawser.log"));
    const trapped = await hawser("run", "--daemon", "--uid", "nobody", "--logfile", "trap/hawser.log", ...web);
    assert.deepEqual([trapped.status, /it is a symbolic link/.test(trapped.errors)], [2, true], trapped.errors);
    const started = await hawser("run", "--daemon", "--uid", "nobody", ...web);
    assert.equal(started.status, 0, started.errors);
    const status = readFileSync(`/proc/${daemonPid(path("hawser.pid"))}/status`, "utf8");
    const nobody = statSync(path("hawser.log")).uid;
    assert.ok(nobody > 0);
    assert.match(status, new RegExp(`^Uid:\\s+${nobody}\\s+${nobody}\\s+${nobody}\\s+${nobody}$`, "m"));
    assert.match(status, /^CapEff:\s+0+$/m);
    assert.doesNotMatch(status, /^Groups:.*\b0\b/m);
    assert.equal((await hawser("stop")).status, 0);
    assert.equal(readFileSync(path("hawser.pid"), "utf8"), ""); // its folder is root's
    assert.equal((await hawser("status")).status, 3);
  });

  it("serves below another root, where node is; whoever stays for the terminal passes signals on", async (context) => {
    if (!onlyRoot(context) || !needs(context, "chroot", "unshare", "mount")) return;
    const path = temporaryFolder(context);
    mkdirSync(path("root"));
    writeFileSync(path("index.html"), "It works\n");
    const port = await freePort();
    // The whole system once more below the folder, read-only, and for this process and its children alone.
    const script = 'mount --bind / "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
    const before = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, path("root")];
    const words = ["run", "--chroot", path("root"), "web", "--path", path(), "--port", `${port}`];
    const run = startCommand(words, { directory: path(), before });
    await run.says("listening on");
    assert.deepEqual(readdirSync(path("root")), []); // as we see it
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "It works\n");
    const child = readFileSync(`/proc/${run.child.pid}/task/${run.child.pid}/children`, "utf8").trim();
    assert.equal(readlinkSync(`/proc/${child}/root`), path("root"));
    run.child.kill("SIGTERM");
    const { status, errors } = await run.ended;
    assert.equal(status, 0, errors);
    assert.equal(existsSync(`/proc/${child}`), false);
  });

  it("tells what node misses in a new root", async (context) => {
    if (!onlyRoot(context) || !needs(context, "chroot")) return;
    const path = temporaryFolder(context);
    const { status, errors } = await runCommand(["run", "--chroot", ".", "web"], { directory: path() });
    assert.equal(status, 1);
    assert.match(errors, /^hawser run: Cannot change the root to ".*": node needs \/\S+node, \/.*libc\.so/);
  });
});

describe("programs that do what Node cannot", () => {
  it("prlimit sets how many files may be open; priority and umask are set as well", async (context) => {
    if (!needs(context, "prlimit")) return;
    const path = temporaryFolder(context);
    const limits = ["--nice", "3", "--nofile", "200", "--umask", "027", "--pidfile", "x.pid"];
    const run = startCommand(["run", ...limits, "web", "--path", ".", "--port", "0", "--log", "access.log"], {
      directory: path(),
    });
    await run.says("listening on");
    const proc = (name: string) => readFileSync(`/proc/${run.child.pid}/${name}`, "utf8");
    assert.match(proc("limits"), /^Max open files +200 +200 /m);
    assert.equal(proc("stat").split(" ")[18], "3");
    assert.equal(statSync(path("access.log")).mode & 0o777, 0o640);
    run.child.kill("SIGTERM");
    assert.equal((await run.ended).status, 0);
  });

  it("a terminal that goes away takes the server in its foreground with it", async (context) => {
    if (!needs(context, "python3")) return;
    endDaemonAfter(context, () => path("x.pid"));
    const path = temporaryFolder(context);
    const before = ["python3", "-c", terminal, path("hang-up")];
    const run = startCommand(["run", "--pidfile", "x.pid", "web", "--path", ".", "--port", "0"], {
      directory: path(),
      before,
    });
    await until(() => daemonPid(path("x.pid")) !== undefined, "it runs");
    await run.says("listening on");
    writeFileSync(path("hang-up"), "");
    await run.ended;
    await until(() => daemonPid(path("x.pid")) === undefined, "it has ended");
  });

  it("logrotate moves a log, and a signal is all it takes", async (context) => {
    if (!needs(context, "logrotate")) return;
    endDaemonAfter(context, () => path("hawser.pid"));
    const path = temporaryFolder(context);
    const hawser = (...words: string[]) => runCommand(words, { directory: path() });
    assert.equal((await hawser("run", "--daemon", "--umask", "022", "web", "--path", ".", "--port", "0")).status, 0);
    const pid = daemonPid(path("hawser.pid"));
    writeFileSync(
      path("logrotate.conf"),
      `${path("hawser.log")} {\n rotate 2\n create\n postrotate\n  kill -USR1 ${pid}\n endscript\n}\n`,
      { mode: 0o644 },
    );
    const rotate = spawn("logrotate", ["--force", "--state", path("state"), path("logrotate.conf")], {
      stdio: "inherit",
    });
    assert.deepEqual(await once(rotate, "exit"), [0, null]);
    process.kill(pid!, "SIGUSR2");
    await until(
      () => readFileSync(path("hawser.log"), "utf8").includes("logs from debug on"),
      "the new file is written",
    );
    assert.match(readFileSync(path("hawser.log.1"), "utf8"), /running as process/);
    assert.equal((await hawser("stop")).status, 0);
  });
});

/** A terminal in which a program runs, until a file says that it is to go away. */
const terminal = `
import os, pty, select, sys, time
pid, master = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
while not os.path.exists(sys.argv[1]):
    if select.select([master], [], [], 0.02)[0]:
        os.write(1, os.read(master, 4096))
os.close(master)
`;

function onlyRoot(context: TestContext): boolean {
  if (!isRoot) context.skip("needs root");
  return isRoot;
}
