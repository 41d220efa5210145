import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { test } from "node:test";
import { ConnectionError } from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import { commandValues } from "../application/values.ts";
import { FakeProcesses } from "./children.test.kit.ts";
import { startServices } from "./group.ts";
import { type ProcessEvent, processService } from "./process.ts";
import { procmonCommand } from "./procmon-command.ts";

function inWorld(body: (world: World, processes: FakeProcesses) => Promise<void>): Promise<void> {
  return simulate({ seed: 1 }, (world) => body(world, new FakeProcesses()));
}

test("a program gets its words, its environment and an end of input; its lines are told", () =>
  inWorld(async ({ reactor }, processes) => {
    const lines: string[] = [];
    const start = processService("/bin/worker", {
      arguments: ["--queue", "mail"],
      environment: { LANG: "C" },
      directory: "/srv",
      onLine: (line, stream) => void lines.push(`${stream}: ${line}`),
    });
    await using _ = await startServices([{ name: "worker", start }], { reactor: processes.on(reactor) });
    const child = processes.last;
    assert.equal(child.program, "/bin/worker");
    assert.deepEqual(child.options.arguments, ["--queue", "mail"]);
    assert.deepEqual(child.options.environment, { LANG: "C" });
    assert.equal(child.options.directory, "/srv");
    assert.equal(child.hasInput, false);
    child.print("one\r\ntw");
    child.print("o\nthree");
    child.print("oh\n", "errors");
    child.exit();
    assert.deepEqual(lines, ["output: one", "output: two", "errors: oh", "output: three"]);
  }));

test("a line without an end comes in pieces of 16 KiB", () =>
  inWorld(async ({ reactor }, processes) => {
    const lengths: number[] = [];
    const start = processService("/bin/yes", { onLine: (line) => void lengths.push(line.length) });
    await using _ = await startServices([{ name: "yes", start }], { reactor: processes.on(reactor) });
    processes.last.print(new Uint8Array(40_000).fill(120));
    processes.last.print("\n");
    assert.deepEqual(lengths, [16_384, 16_384, 7_232]);
  }));

test("one that lived long is started again at once, one that dies at once after waits that double", () =>
  inWorld(async ({ reactor }, processes) => {
    const start = processService("/bin/worker", { thresholdMs: 1_000, delayMinMs: 1_000, delayMaxMs: 5_000 });
    await using _ = await startServices([{ name: "worker", start }], { reactor: processes.on(reactor) });
    await reactor.clock.sleep(10_000);
    const startedAfter = async () => {
      const [count, from] = [processes.started.length, reactor.clock.now()];
      processes.last.exit(1);
      while (processes.started.length === count) await reactor.clock.sleep(1);
      return Math.round((reactor.clock.now() - from) / 100) * 100;
    };
    const waits = [];
    for (let deaths = 0; deaths < 6; deaths++) waits.push(await startedAfter());
    assert.deepEqual(waits, [0, 1_000, 2_000, 4_000, 5_000, 5_000]);
    await reactor.clock.sleep(1_000);
    assert.deepEqual([await startedAfter(), await startedAfter()], [0, 1_000]);
  }));

test("a stop asks the program to end, and kills it when it does not", () =>
  inWorld(async ({ reactor }, processes) => {
    const start = processService("/bin/worker", { killTimeMs: 3_000 });
    const group = await startServices([{ name: "worker", start }], { reactor: processes.on(reactor) });
    processes.last.heedsTerm = false;
    await group.stop();
    assert.deepEqual(processes.last.signals, ["SIGTERM", "SIGKILL"]);
    assert.equal(reactor.clock.now(), 3_000);
    await reactor.clock.sleep(60_000);
    assert.equal(processes.started.length, 1);
  }));

test("a stop while the program waits to be started again starts nothing", () =>
  inWorld(async ({ reactor }, processes) => {
    const group = await startServices([{ name: "worker", start: processService("/bin/worker") }], {
      reactor: processes.on(reactor),
    });
    processes.last.exit(1);
    await reactor.clock.sleep(500);
    await group.stop();
    await reactor.clock.sleep(60_000);
    assert.equal(processes.started.length, 1);
  }));

test("a program that is not there fails the start; one that vanishes later is tried again", () =>
  inWorld(async ({ reactor }, processes) => {
    const definition = { name: "worker", start: processService("/bin/worker") };
    const events: string[] = [];
    const note = (message: unknown) => void events.push((message as ProcessEvent).type);
    subscribe("hawser:process", note);
    processes.refusal = new ConnectionError("failed", 'Cannot start "/bin/worker": no such file');
    await assert.rejects(startServices([definition], { reactor: processes.on(reactor) }), /no such file/);
    const { refusal } = processes;
    processes.refusal = undefined;
    await using _ = await startServices([definition], { reactor: processes.on(reactor) });
    processes.refusal = refusal;
    processes.last.exit(0);
    await reactor.clock.sleep(2_000);
    processes.refusal = undefined;
    await reactor.clock.sleep(2_000);
    assert.equal(processes.started.length, 2);
    assert.deepEqual(events, ["started", "ended", "failed", "started"]);
    unsubscribe("hawser:process", note);
  }));

test("hawser procmon takes its times in seconds, and prints what the program prints", () =>
  inWorld(async ({ reactor }, processes) => {
    const lines: string[] = [];
    const values = commandValues(procmonCommand, {
      program: "/bin/worker",
      argument: ["-v", "mail"],
      env: ["LANG=C"],
      killTime: 2,
      minDelay: 3,
    });
    const start = procmonCommand.start.bind(procmonCommand, values);
    const print = (line: string) => void lines.push(line);
    const group = await startServices([{ name: "procmon", start }], { reactor: processes.on(reactor), print });
    processes.last.print("hello\n");
    assert.deepEqual(lines, ["hello"]);
    assert.deepEqual(processes.last.options.environment, { LANG: "C" });
    processes.last.exit(1);
    await reactor.clock.sleep(2_900);
    assert.equal(processes.started.length, 1);
    await reactor.clock.sleep(200);
    assert.equal(processes.started.length, 2);
    processes.last.heedsTerm = false;
    const from = reactor.clock.now();
    await group.stop();
    assert.equal(reactor.clock.now() - from, 2_000);
  }));
