import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChildProcess, ConnectionError, type Reactor, type SpawnOptions } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { ManualClock, settled } from "@hawser/core/testing";
import { forgetServiceManager, serviceManager } from "./notify.ts";
import { notifyAssignments } from "./notify-state.ts";
import { startWatchdog } from "./watchdog.ts";

interface Spawned {
  readonly program: string;
  readonly options: SpawnOptions;
}

/** A machine that has some programs, each of which ends with a status. */
function machine(statuses: Readonly<Record<string, number>>): { reactor: Reactor; spawned: Spawned[] } {
  const spawned: Spawned[] = [];
  const spawn = async (program: string, options: SpawnOptions = {}): Promise<ChildProcess> => {
    const status = statuses[program];
    if (status === undefined)
      throw new ConnectionError("failed", `Cannot start "${program}"`, { cause: { code: "ENOENT" } });
    spawned.push({ program, options });
    const transport = { start() {}, end() {} } as unknown as ChildProcess["transport"];
    const exited = Promise.resolve({ status, signal: undefined });
    return { pid: 1, transport, errors: undefined, exited, kill() {}, resize() {} };
  };
  return { reactor: memoryReactor({ processes: { spawn } }), spawned };
}

const environment = { NOTIFY_SOCKET: "/run/notify", WATCHDOG_USEC: "30000000", WATCHDOG_PID: "71", PATH: "/bin" };

test("a state is assignments in a fixed order, each on one line", () => {
  assert.deepEqual(notifyAssignments({ ready: true, status: "a\nREADY=0", mainPid: 71, watchdog: true }), [
    "READY=1",
    "STATUS=a READY=0",
    "MAINPID=71",
    "WATCHDOG=1",
  ]);
  assert.deepEqual(notifyAssignments({ reloadingUsec: 5n }), ["RELOADING=1", "MONOTONIC_USEC=5"]);
  assert.deepEqual(notifyAssignments({ stopping: true }), ["STOPPING=1"]);
});

test("systemd's own program carries it, in the order of the calls", async () => {
  const { reactor, spawned } = machine({ "systemd-notify": 0, perl: 0 });
  const manager = serviceManager({ reactor, environment, pid: 71 });
  void manager.notify({ ready: true });
  await manager.notify({ stopping: true });
  assert.deepEqual(
    spawned.map(({ program, options }) => [program, options.arguments, options.environment]),
    [
      ["systemd-notify", ["READY=1"], { NOTIFY_SOCKET: "/run/notify", PATH: "/bin" }],
      ["systemd-notify", ["STOPPING=1"], { NOTIFY_SOCKET: "/run/notify", PATH: "/bin" }],
    ],
  );
});

test("where it is missing another program does, and stays", async () => {
  const { reactor, spawned } = machine({ python3: 0 });
  const manager = serviceManager({ reactor, environment, pid: 71 });
  await manager.notify({ ready: true, status: "up" });
  await manager.notify({ stopping: true });
  assert.deepEqual(
    spawned.map(({ program }) => program),
    ["python3", "python3"],
  );
  assert.deepEqual(spawned[0]!.options.arguments?.slice(-2), ["/run/notify", "READY=1\nSTATUS=up"]);
});

test("a manager that cannot be told is complained about once, and ends nothing", async () => {
  for (const statuses of [{}, { "systemd-notify": 1 }]) {
    const { reactor } = machine(statuses);
    const failures: string[] = [];
    const manager = serviceManager({ reactor, environment, pid: 71, onFailure: (reason) => failures.push(reason) });
    await manager.notify({ ready: true });
    await manager.notify({ watchdog: true });
    assert.equal(failures.length, 1);
    assert.match(failures[0]!, /^Cannot tell the service manager at \/run\/notify: /);
  }
});

test("no manager, or a socket of a kind that is not ours, is told nothing", async () => {
  const { reactor, spawned } = machine({ "systemd-notify": 0 });
  for (const socket of [undefined, "", "relative", "vsock:2:1", `/${"x".repeat(200)}`, "/a\0b"]) {
    const manager = serviceManager({ reactor, environment: { ...environment, NOTIFY_SOCKET: socket }, pid: 71 });
    await manager.notify({ ready: true });
    assert.equal(manager.watchdogMs, undefined);
  }
  assert.deepEqual(spawned, []);
});

test("the watchdog is ours when it names us, and is heard twice in its time", async () => {
  const { reactor } = machine({});
  const of = (more: NodeJS.ProcessEnv) =>
    serviceManager({ reactor, environment: { ...environment, ...more }, pid: 71 }).watchdogMs;
  assert.equal(of({}), 30_000);
  assert.equal(of({ WATCHDOG_PID: "72" }), undefined);
  assert.equal(of({ WATCHDOG_PID: undefined }), 30_000);
  assert.equal(of({ WATCHDOG_USEC: "0" }), undefined);
  assert.equal(of({ WATCHDOG_USEC: "-1" }), undefined);
  const clock = new ManualClock();
  const states: unknown[] = [];
  const notify = async (state: unknown) => void states.push(state);
  const watchdog = startWatchdog({ notify, watchdogMs: 30_000 }, clock);
  await clock.elapse(45_000);
  assert.deepEqual(states, Array(4).fill({ watchdog: true }));
  watchdog?.stop();
  await clock.elapse(60_000);
  await settled();
  assert.equal(states.length, 4);
  assert.equal(startWatchdog({ notify, watchdogMs: undefined }, clock), undefined);
});

test("children do not speak for us", () => {
  const copy: NodeJS.ProcessEnv = { ...environment };
  forgetServiceManager(copy);
  assert.deepEqual(copy, { PATH: "/bin" });
});
