import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { freePort, needs, runCommand, startCommand, until } from "../daemon/run-process.test-kit.ts";
import { temporaryFolder } from "../daemon/temporary-folder.test-kit.ts";
import { receiveDatagrams } from "./datagram-receiver.test-kit.ts";
import { serviceManager } from "./notify.ts";
import { notifyPrograms } from "./notify-programs.ts";
import { hardenedUnit, socketUnit } from "./unit.ts";

/** How much systemd finds open, of 10 (`systemd-analyze security`): below 2 is "OK" in its words, and as low as V8 lets us. */
const exposureMax = 2;

describe("sd_notify", () => {
  for (const program of notifyPrograms) {
    it(`${program.program} carries a message to a socket with a path, and to an abstract one`, async (context) => {
      if (!needs(context, "python3", program.program)) return;
      for (const address of [temporaryFolder(context)("notify"), `@hawser-test-${process.pid}`]) {
        await using receiver = await receiveDatagrams(address);
        const failures: string[] = [];
        const manager = serviceManager({
          reactor: nodeReactor,
          environment: { NOTIFY_SOCKET: address, PATH: process.env["PATH"] },
          pid: process.pid,
          programs: [program],
          onFailure: (reason) => failures.push(reason),
        });
        await manager.notify({ ready: true, status: 'up, "really" $HOME %n' });
        await receiver.receives("READY=1");
        assert.deepEqual(failures, []);
        assert.equal(receiver.datagrams[0]?.trimEnd(), 'READY=1\nSTATUS=up, "really" $HOME %n');
      }
    });
  }

  it("hears of a run: ready, alive, reloading, ready, stopping", async (context) => {
    if (!needs(context, "python3", "systemd-notify")) return;
    const path = temporaryFolder(context);
    const port = await freePort();
    await using receiver = await receiveDatagrams(path("notify"));
    const environment = { NOTIFY_SOCKET: path("notify"), WATCHDOG_USEC: "400000" };
    const run = startCommand(["run", "web", "--path", ".", "--port", `${port}`], { directory: path(), environment });
    await receiver.receives("WATCHDOG=1");
    const [first = ""] = receiver.datagrams;
    assert.ok(
      first.startsWith(`READY=1\nSTATUS=listening on http://127.0.0.1:${port}/\nMAINPID=${run.child.pid}`),
      first,
    );
    run.child.kill("SIGHUP");
    await receiver.receives("RELOADING=1");
    await until(() => receiver.datagrams.filter((text) => text.startsWith("READY=1")).length === 2, "ready again");
    const reloading = receiver.datagrams.find((text) => text.startsWith("RELOADING=1"))!;
    const usec = Number(/^MONOTONIC_USEC=(\d+)$/m.exec(reloading)?.[1]);
    assert.ok(Math.abs(Number(process.hrtime.bigint() / 1_000n) - usec) < 60_000_000, reloading);
    run.child.kill("SIGTERM");
    await receiver.receives("STOPPING=1");
    const { status, errors } = await run.ended;
    assert.equal(status, 0, errors);
    assert.doesNotMatch(errors, /Cannot tell/);
  });
});

describe("socket activation", () => {
  it("serves on the sockets that systemd opened, by name", async (context) => {
    if (!needs(context, "systemd-socket-activate")) return;
    const path = temporaryFolder(context);
    writeFileSync(path("index.html"), "It works\n");
    const port = await freePort();
    const before = ["systemd-socket-activate", `--listen=127.0.0.1:${port}`, "--fdname=site"];
    const run = startCommand(["run", "web", "--path", ".", "--listen", "systemd:site"], { directory: path(), before });
    await run.says("Listening on"); // what systemd-socket-activate complains
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text(); // its first connection starts us
    assert.equal(page, "It works\n");
    run.child.kill("SIGTERM");
    assert.equal((await run.ended).status, 0);
  });
});

describe("hawser unit", () => {
  it("is verified by systemd, and leaves little open", async (context) => {
    if (!needs(context, "systemd-analyze")) return;
    const path = temporaryFolder(context);
    const command = [process.execPath, "/srv/a b/$x 100%.js", "run", "--file", `/srv/it's "web".tap`];
    for (const ports of [[80, 443], [8_080]]) {
      const unit = hardenedUnit({ name: "hawser-test", command, ports, socket: true, writable: ["/srv/up load"] });
      writeFileSync(path("hawser-test.service"), unit);
      writeFileSync(path("hawser-test.socket"), socketUnit({ name: "hawser-test", listen: ["443", "/run/a.sock"] }));
      const verified = analyze("verify", "--man=no", path("hawser-test.service"), path("hawser-test.socket"));
      assert.deepEqual([verified.status, verified.errors], [0, ""]);
      const security = analyze("security", "--offline=yes", "--no-pager", path("hawser-test.service"));
      const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(security.output)?.[1]);
      assert.ok(exposure < exposureMax, `${exposure}\n${security.output}`);
      context.diagnostic(`exposure ${exposure} with ports ${ports}`);
    }
  });

  it("is printed for the command that would run", async (context) => {
    if (!needs(context, "systemd-analyze")) return;
    const path = temporaryFolder(context);
    const words = ["unit", "--name", "hawser-test", "--socket", "443", "--output", ".", "web", "--path", "my site"];
    assert.deepEqual(await runCommand(words, { directory: path() }), { status: 0, output: "", errors: "" });
    const verified = analyze("verify", "--man=no", path("hawser-test.service"), path("hawser-test.socket"));
    assert.deepEqual([verified.status, verified.errors], [0, ""]);
  });
});

function analyze(...words: string[]) {
  const { status, stdout, stderr } = spawnSync("systemd-analyze", words, { encoding: "utf8", timeout: 60_000 });
  return { status, output: stdout, errors: stderr };
}
