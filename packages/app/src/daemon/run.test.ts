import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { daemonPid, endDaemonAfter, freePort, runCommand, startCommand, until } from "./run-process.test-kit.ts";
import { temporaryFolder } from "./temporary-folder.test-kit.ts";

/** A folder with a page, and a daemon in it when the test ends. */
async function site(context: TestContext) {
  endDaemonAfter(context, () => path("hawser.pid"));
  const path = temporaryFolder(context);
  writeFileSync(path("index.html"), "It works\n");
  const port = await freePort();
  const hawser = (...words: string[]) => runCommand(words, { directory: path() });
  // On a connection of its own: an old one belongs to the old service until it is closed.
  const get = async () => (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } })).text();
  const log = (name = "hawser.log") => readFileSync(path(name), "utf8");
  const pid = () => Number(readFileSync(path("hawser.pid"), "utf8"));
  const gone = (dead: number) => until(() => daemonPid(path("hawser.pid")) !== dead && !alive(dead), `${dead} ended`);
  return { path, port, hawser, get, log, pid, gone, web: ["web", "--path", ".", "--port", `${port}`] };
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("hawser run --daemon", { concurrency: 3 }, () => {
  it("serves in the background; its pid and log file lie where it was started, and kill stops it", async (context) => {
    const { path, port, hawser, get, log, pid, gone, web } = await site(context);
    const { status, output, errors } = await hawser("run", "--daemon", ...web);
    assert.deepEqual([status, errors], [0, ""]);
    assert.equal(output, `listening on http://127.0.0.1:${port}/\nrunning in the background as process ${pid()}\n`);
    assert.equal(await get(), "It works\n");
    assert.match(log(), /^\{"level":30,.*"msg":"listening on /);
    assert.equal(statSync(path("hawser.log")).mode & 0o777, 0o600); // its umask is 0077
    const dead = pid();
    process.kill(dead, "SIGTERM");
    await gone(dead);
    assert.deepEqual(readdirSync(path()).sort(), ["hawser.log", "index.html"]);
    assert.match(log(), /"msg":"stopping because of SIGTERM"\}\n$/);
  });

  it("tells the terminal why it did not start, with status 1, and leaves no pid file", async (context) => {
    const { path, port, hawser, log, web } = await site(context);
    const taken = createServer().listen(port);
    const { status, errors, output } = await hawser("run", "--daemon", ...web);
    taken.close();
    assert.deepEqual([status, output], [1, ""]);
    assert.equal(errors, `hawser run: Cannot start "web": Cannot listen on tcp:${port}: address already in use\n`);
    assert.equal(existsSync(path("hawser.pid")), false);
    assert.match(log(), /"level":60,.*address already in use/);
  });

  it("tells mistakes of the command line with status 2, before it leaves the terminal", async (context) => {
    const { path, hawser } = await site(context);
    const mistakes: readonly (readonly [words: string[], said: RegExp])[] = [
      [["--daemon", "web", "--path", "/nowhere", "--port", "0"], /\/nowhere/],
      [["--daemon"], /nothing to run/],
      [["--uid", "no-such-user", "web"], /no such user/],
      [["--reactor", "node", "--workers", "2", "web"], /--reactor cluster/],
      [["--syslog", "stdio:", "web"], /neither local/],
    ];
    for (const [words, said] of mistakes) {
      const { status, errors } = await hawser("run", ...words);
      assert.equal(status, 2, errors);
      assert.match(errors, said);
    }
    assert.equal(existsSync(path("hawser.pid")), false);
  });

  it("refuses a second daemon; after kill -9 the next start finds the pid file stale", async (context) => {
    const { hawser, get, pid, gone, web } = await site(context);
    await hawser("run", "--daemon", ...web);
    const first = pid();
    const second = await hawser("run", "--daemon", ...web);
    assert.equal(second.status, 1);
    assert.match(
      second.errors,
      new RegExp(`^hawser run: Cannot start: process ${first} runs already \\(.*hawser\\.pid\\)\n$`),
    );
    process.kill(first, "SIGKILL");
    await gone(first);
    assert.equal(pid(), first);
    assert.equal((await hawser("status")).status, 3);
    assert.equal((await hawser("run", "--daemon", ...web)).status, 0);
    assert.notEqual(pid(), first);
    assert.equal(await get(), "It works\n");
    assert.equal((await hawser("stop")).status, 0);
  });

  it("asks for the passphrase where there is a terminal, and reads the file again on reload", async (context) => {
    const { path, port, hawser, get, log, pid } = await site(context);
    const tap = (page: string) => {
      const options = { path: path(page), port };
      const text = { name: "site", directory: path(), services: [{ command: "web", name: "web", options }] };
      writeFileSync(path("x.tap"), `encrypted${JSON.stringify(text)}`);
    };
    tap(".");
    const environment = { TEST_PASSPHRASE: "open sesame" };
    const wrong = await hawser("run", "--daemon", "--file", "x.tap");
    assert.deepEqual([wrong.status, wrong.errors], [2, "hawser run: wrong passphrase\n"]);
    const right = await runCommand(["run", "--daemon", "--file", "x.tap"], { directory: path(), environment });
    assert.equal(right.status, 0, right.errors);
    assert.equal(await get(), "It works\n");
    writeFileSync(path("x.tap"), "encrypted{}}");
    process.kill(pid(), "SIGHUP");
    await until(() => log().includes("what ran before runs on"), "the reload failed");
    assert.equal(await get(), "It works\n");
    mkdirSync(path("other"));
    writeFileSync(path("other/index.html"), "It works as well\n");
    tap("other");
    renameSync(path("hawser.log"), path("old.log"));
    await hawser("reload");
    await until(() => existsSync(path("hawser.log")) && log().includes("reloaded"), "it was reloaded");
    assert.equal(await get(), "It works as well\n");
    assert.equal((await hawser("stop")).status, 0);
  });

  it("logs an error that nobody caught before it ends, with its stack, and removes its pid file", async (context) => {
    const { path, port, hawser, log, pid } = await site(context);
    const service = { command: "crash", name: "c", options: { port, path: "." } };
    writeFileSync(path("x.json"), JSON.stringify({ name: "x", directory: path(), services: [service] }));
    assert.equal((await hawser("run", "--daemon", "--config", "x.json")).status, 0);
    process.kill(pid(), "SIGWINCH");
    await until(() => !existsSync(path("hawser.pid")), "it is gone");
    const last = JSON.parse(log().trimEnd().split("\n").at(-1)!);
    assert.equal(last.level, 60);
    assert.match(last.err.stack, /SyntaxError.*at /s);
  });

  it("is given up when it does not come up in time", async (context) => {
    const { path, hawser } = await site(context);
    const service = { command: "hang", name: "h", options: {} };
    writeFileSync(path("x.json"), JSON.stringify({ name: "x", services: [service] }));
    const words = ["run", "--daemon", "--start-timeout", "1", "--config", "x.json"];
    const { status, errors } = await hawser(...words);
    assert.equal(status, 1);
    assert.match(errors, /^hawser run: Cannot start: it was not up after 1 s, and was ended\n$/);
  });

  it("runs in workers that a reload replaces one by one", async (context) => {
    const { path, hawser, get, log, web } = await site(context);
    const { status, errors } = await hawser("run", "--daemon", "--workers", "2", ...web, "--log", "access.log");
    assert.equal(status, 0, errors);
    assert.equal(await get(), "It works\n");
    await hawser("reload");
    await until(() => log().includes("reloaded"), "it was reloaded");
    assert.equal(log().match(/is ready/g)?.length, 4);
    assert.equal(await get(), "It works\n");
    await until(() => readFileSync(path("access.log"), "utf8").split("\n").length === 3, "two lines were written");
    assert.equal((await hawser("stop")).status, 0);
  });
});

describe("hawser run in the foreground", { concurrency: 2 }, () => {
  it("drains at SIGTERM, hurries at the second, and writes the profile that was asked for", async (context) => {
    const { path, port, web } = await site(context);
    const run = startCommand(["run", "--profile", "x.cpuprofile", ...web], { directory: path() });
    await run.says("listening on");
    const peer = connect(port, "127.0.0.1").on("error", () => {});
    await new Promise((resolve) => peer.write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf", resolve));
    run.child.kill("SIGTERM");
    await until(async () => !(await answers(port)), "it accepts no more");
    run.child.kill("SIGINT");
    assert.equal((await run.ended).status, 0);
    const profile = JSON.parse(readFileSync(path("x.cpuprofile"), "utf8"));
    assert.ok(profile.nodes.length > 0 && profile.endTime > profile.startTime);
    assert.equal(existsSync(path("hawser.pid")), false);
  });

  it("toggles what it logs, and says so on standard error in JSON", async (context) => {
    const { path, web } = await site(context);
    const run = startCommand(["run", "--pidfile", "own.pid", ...web], { directory: path() });
    await run.says("listening on");
    assert.equal(readFileSync(path("own.pid"), "utf8"), `${run.child.pid}\n`);
    run.child.kill("SIGUSR2");
    await run.says("logs from debug on");
    run.child.kill("SIGUSR1");
    run.child.kill("SIGUSR2");
    await run.says("logs from info on");
    run.child.kill("SIGTERM");
    const { status, errors } = await run.ended;
    assert.equal(status, 0);
    const messages = errors
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).msg);
    assert.deepEqual(messages, ["logs from debug on", "logs from info on"]);
    assert.equal(existsSync(path("own.pid")), false);
  });
});

describe("hawser stop, status, logs", { concurrency: 3 }, () => {
  it("say that nothing runs, as init scripts do", async (context) => {
    const { path, hawser } = await site(context);
    assert.deepEqual([(await hawser("stop")).status, (await hawser("status")).status], [0, 3]);
    assert.deepEqual([(await hawser("reload")).status, (await hawser("logs")).status], [7, 2]);
    writeFileSync(path("hawser.pid"), "no pid");
    assert.equal((await hawser("status")).status, 4);
  });

  it("tell of a daemon, and give one up that does not end in time, unless it is to be killed", async (context) => {
    const { path, hawser, pid, web } = await site(context);
    await hawser("run", "--daemon", ...web);
    const status = await hawser("status");
    assert.equal(status.status, 0);
    assert.match(
      status.output,
      /^running as process \d+\nsince {4}\d{4}-.*\nmemory {3}[\d.]+ MiB\ncommand {2}.* run --daemon web /,
    );
    process.kill(pid(), "SIGSTOP"); // it hears nothing any more
    const late = await hawser("stop", "--timeout", "0");
    assert.match(late.errors, /has not ended after 0 s; --kill ends it by force/);
    assert.equal(late.status, 1);
    const killed = await hawser("stop", "--timeout", "0", "--kill");
    assert.deepEqual([killed.status, /was killed/.test(killed.output)], [0, true]);
    assert.equal(daemonPid(path("hawser.pid")), undefined);
  });

  it("shows the end of the log, and follows it into the next file", async (context) => {
    const { path } = await site(context);
    const line = (msg: string) => `${JSON.stringify({ level: 30, time: 0, msg })}\n`;
    writeFileSync(path("hawser.log"), ["one", "two", "three"].map(line).join(""));
    const run = startCommand(["logs", "--lines", "2", "--follow"], { directory: path() });
    await run.says("three");
    renameSync(path("hawser.log"), path("old.log"));
    writeFileSync(path("old.log"), line("four"), { flag: "a" });
    writeFileSync(path("hawser.log"), line("five \x1b[2J"));
    await run.says("five");
    run.child.kill("SIGINT");
    const { status, output } = await run.ended;
    assert.equal(status, 0);
    assert.deepEqual(output.match(/(?<=info {2})\S.*/g), ["two", "three", "four", "five \\x1b[2J"]);
  });
});

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const peer = connect(port, "127.0.0.1");
    peer.on("connect", () => resolve(true)).on("error", () => resolve(false));
    peer.on("connect", () => peer.destroy());
  });
}
