import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import type { ChildProcess, SpawnOptions } from "../processes.ts";
import { RecordingReceiver } from "../testing/recording-receiver.ts";
import { nodeReactor } from "./reactor.ts";

async function started(program: string, options?: SpawnOptions) {
  const child = await nodeReactor.processes.spawn(program, options);
  const output = new RecordingReceiver();
  const errors = new RecordingReceiver();
  child.transport.start(output);
  child.errors?.start(errors);
  return { child, output, errors };
}

function shell(script: string, options?: SpawnOptions) {
  return started("/bin/sh", { arguments: ["-c", script], ...options });
}

describe("a child process", () => {
  it("is spoken to over its pipes, and half-closed", async () => {
    const { child, output } = await started("/bin/cat");
    child.transport.write("hello, ");
    await output.until(() => output.text === "hello, ");
    child.transport.write("x".repeat(1_000_000));
    child.transport.end();
    assert.deepEqual(await child.exited, { status: 0, signal: undefined });
    assert.equal(output.octets, 1_000_007);
    assert.deepEqual(output.calls.slice(-2), ["end", "closed"]);
  });

  it("inherits nothing, tells its status and its errors apart", async () => {
    const { child, output, errors } = await shell('/usr/bin/env; echo "oops" >&2; exit 3', {
      environment: { ONLY: "this" },
      directory: "/",
    });
    assert.deepEqual(await child.exited, { status: 3, signal: undefined });
    const lines = output.text.split("\n").filter((line) => !/^(_|PWD|SHLVL|OLDPWD)=|^$/.test(line));
    assert.deepEqual(lines, ["ONLY=this"]);
    assert.equal(errors.text, "oops\n");
  });

  it("waits while we do not read, and keeps what it wrote after it exited", async () => {
    const { child, output } = await shell("echo start; head -c 300000 /dev/zero");
    await output.until(() => output.octets > 0);
    child.transport.pause();
    const before = output.octets;
    await new Promise(setImmediate);
    assert.equal(output.octets, before);
    child.transport.resume();
    await child.exited;
    assert.equal(output.octets, 300_006);
  });

  it("makes us wait while it does not read", async () => {
    const { child, output } = await shell("read line; cat | wc -c");
    assert.equal(child.transport.write(`go\n${"y".repeat(500_000)}`), false);
    await output.untilCalled("drained");
    child.transport.end();
    await child.exited;
    assert.equal(output.text.trim(), "500000");
  });

  it("may stop reading without harm", async () => {
    const { child, output } = await shell("exec <&-; echo deaf; sleep 0.05; echo done");
    await output.until(() => output.octets > 0);
    child.transport.write("nobody hears this");
    await child.exited;
    assert.equal(output.text, "deaf\ndone\n");
  });

  it("is killed with its whole group", async () => {
    const { child, output } = await shell("sleep 1000 & echo up; wait");
    await output.until(() => output.text === "up\n");
    child.kill();
    assert.deepEqual(await child.exited, { status: undefined, signal: "SIGTERM" }); // the pipes are closed, so sleep is gone
    child.kill();
  });

  it("that will not hear SIGTERM is killed for good", async () => {
    const controller = new AbortController();
    const { child, output } = await shell("trap '' TERM; echo up; while :; do sleep 1; done", {
      signal: controller.signal,
      killTimeoutMs: 10,
    });
    await output.until(() => output.text === "up\n");
    controller.abort();
    assert.deepEqual(await child.exited, { status: undefined, signal: "SIGKILL" });
  });

  const mistakes: readonly [string, string, SpawnOptions, object][] = [
    ["no such file", "/nowhere/x", {}, { code: "failed", message: 'Cannot start "/nowhere/x": no such file' }],
    [
      "no such directory",
      "/bin/cat",
      { directory: "/nowhere" },
      { code: "failed", message: 'Cannot start "/bin/cat": no such directory "/nowhere"' },
    ],
    [
      "not executable",
      "/etc/passwd",
      {},
      { code: "not-permitted", message: 'Cannot start "/etc/passwd": not executable, or no permission' },
    ],
  ];
  for (const [title, program, options, expected] of mistakes)
    it(`that cannot start says why: ${title}`, () =>
      assert.rejects(nodeReactor.processes.spawn(program, options), { name: "ConnectionError", ...expected }));

  it("on a terminal needs node-pty, or runs on one", async () => {
    let child: ChildProcess;
    try {
      child = await nodeReactor.processes.spawn("/bin/sh", {
        arguments: ["-c", "stty size; tty"],
        terminal: { columns: 100, rows: 30 },
      });
    } catch (error) {
      assert.equal(
        (error as Error).message,
        'Cannot start a terminal: the optional package "node-pty" is not installed',
      );
      return;
    }
    const output = new RecordingReceiver();
    child.transport.start(output);
    assert.deepEqual(await child.exited, { status: 0, signal: undefined });
    assert.match(output.text, /^30 100\r\n\/dev\/pts/);
  });
});

describe("standard input and output", () => {
  it("are one transport", () => {
    const here = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
    const program = `
      const { nodeReactor } = await import(${here("reactor.js")});
      const { stdioTransport } = await import(${here("stdio.js")});
      const transport = stdioTransport(nodeReactor);
      transport.start({
        data: (chunk) => transport.write(Buffer.from(chunk).toString().toUpperCase()),
        end: () => transport.end(),
        closed: () => {},
      });`;
    const run = spawnSync(process.execPath, ["--input-type=module", "-e", program], { input: "hello", timeout: 5_000 });
    assert.equal(run.stdout.toString(), "HELLO");
    assert.equal(run.stderr.toString(), "");
    assert.equal(run.status, 0);
  });
});
