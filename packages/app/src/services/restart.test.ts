import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "@hawser/core/simulation";
import type { ServiceDefinition } from "./definition.ts";
import { startServices } from "./group.ts";
import { answering, ask, type Script, scripted, watchStates } from "./services.test.kit.ts";

test("a service that breaks is told by name and started again", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    using watched = watchStates();
    const script: Script = {};
    await using group = await startServices([scripted("bot", script)], { reactor });
    watched.clear();
    script.fail?.(new Error("lost its mind"));
    await reactor.clock.sleep(1_000);
    assert.deepEqual(watched.states, ["bot restarting", "bot running"]);
    const [bot] = group.services;
    assert.equal(bot?.restarts, 1);
    assert.match(String(bot?.failure), /lost its mind/);
  }));

test("one that ends well stays ended, unless it is to run always; the group ends with its last", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const [once, always]: Script[] = [{}, { restart: { when: "always" } }];
    const group = await startServices([scripted("once", once), scripted("always", always)], { reactor });
    once?.end?.();
    always?.end?.();
    await reactor.clock.sleep(1_000);
    assert.deepEqual(
      group.services.map(({ state, restarts }) => `${state} ${restarts}`),
      ["stopped 0", "running 1"],
    );
    await group.stop();

    const last: Script = {};
    const other = await startServices([scripted("last", last)], { reactor });
    last.end?.();
    await other.ended;
    assert.ok(other.isStopping);
  }));

test("one that must never break takes the group with it", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const events: string[] = [];
    const script: Script = { events, restart: { when: "never" } };
    const group = await startServices([scripted("a", { events }), scripted("b", script)], { reactor });
    script.fail?.(new Error("corrupt"));
    await assert.rejects(group.ended, /Cannot go on with "b": corrupt/);
    assert.deepEqual(events.slice(-2), ["stop b", "stop a"]);
  }));

test("one that breaks too often takes the group with it, after waits that grow", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const starts: number[] = [];
    const script: Script = {
      start: () => {
        starts.push(reactor.clock.now());
        if (starts.length > 1) throw new Error("no database");
      },
    };
    const group = await startServices([scripted("app", script)], { reactor });
    script.fail?.(new Error("no database"));
    await assert.rejects(group.ended, /Cannot go on with "app": no database/);
    assert.equal(starts.length, 1 + 10);
    const waits = starts.slice(1).map((at, index) => at - starts[index]!);
    assert.ok(waits[0]! >= 50 && waits[0]! <= 100, `${waits}`);
    assert.ok(waits[9]! >= 2_500 && waits[9]! <= 5_000, `${waits}`);
    assert.ok(reactor.clock.now() < 30_000);
  }));

test("breaks that lie far apart are borne for ever", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const script: Script = { restart: { restartsMax: 2, withinMs: 10_000 } };
    await using group = await startServices([scripted("app", script)], { reactor });
    for (let breaks = 0; breaks < 20; breaks++) {
      script.fail?.(new Error("again"));
      await reactor.clock.sleep(6_000);
    }
    assert.equal(group.services[0]?.state, "running");
    assert.equal(group.services[0]?.restarts, 20);
  }));

test("work that breaks later counts as a break", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    let begun = 0;
    const definition: ServiceDefinition = {
      name: "late",
      async start(context) {
        context.whenServing(() => {
          context.whenServing(async () => {
            if (begun++ === 0) throw new Error("not yet");
          });
        });
        return { stop: async () => {} };
      },
    };
    await using group = await startServices([definition], { reactor });
    await reactor.clock.sleep(1_000);
    assert.equal(group.services[0]?.restarts, 1);
    assert.equal(begun, 2);
  }));

test("while a broken service is away its sockets stay open, and who comes is served by the next run", () =>
  simulate({ seed: 1 }, async (world) => {
    const { reactor } = world;
    let runs = 0;
    let fail: (error: Error) => void = () => {};
    const definition: ServiceDefinition = {
      name: "web",
      async start(context) {
        const listener = await context.listen("tcp:7", answering(`run ${++runs}`));
        const ended = new Promise<void>((_, reject) => {
          fail = reject;
        });
        ended.catch(() => {});
        return { ended, stop: (how) => listener.stop(how) };
      },
    };
    await using group = await startServices([definition], { reactor });
    assert.equal(await ask(world.host("client"), "tcp:home:7"), "run 1 who");
    fail(new Error("oops"));
    await reactor.clock.sleep(1);
    assert.equal(group.services[0]?.state, "restarting");
    assert.equal(await ask(world.host("client"), "tcp:home:7"), "run 2 who");
    assert.equal(group.services[0]?.listeners[0]?.accepted, 2);
  }));

test("its sockets stay open however often it fails to come back, and are closed when it is given up", () =>
  simulate({ seed: 1 }, async (world) => {
    const { reactor } = world;
    let runs = 0;
    let fail: (error: Error) => void = () => {};
    const definition: ServiceDefinition = {
      name: "web",
      restart: { restartsMax: 5 },
      async start(context) {
        const run = ++runs;
        const listener = await context.listen("tcp:7", answering(`run ${run}`));
        if (run > 1 && run !== 4) throw new Error("no database");
        const ended = new Promise<void>((_, reject) => {
          fail = reject;
        });
        ended.catch(() => {});
        return { ended, stop: (how) => listener.stop(how) };
      },
    };
    const group = await startServices([definition], { reactor });
    fail(new Error("oops"));
    await reactor.clock.sleep(300);
    assert.ok(runs > 1 && runs < 4, `${runs}`);
    assert.equal(await ask(world.host("client"), "tcp:home:7"), "run 4 who");
    assert.equal(group.services[0]?.listeners[0]?.accepted, 1);
    fail(new Error("oops"));
    await assert.rejects(group.ended, /Cannot go on with "web": no database/);
    await assert.rejects(ask(world.host("client"), "tcp:home:7"), /refused/);
  }));

test("a stop cuts a restart short, at whatever point it is", async () => {
  for (let atMs = 0; atMs < 400; atMs += 20)
    await simulate({ seed: atMs }, async ({ reactor }) => {
      const script: Script = { start: () => reactor.clock.sleep(100) };
      const group = await startServices([scripted("app", script)], { reactor });
      script.fail?.(new Error("oops"));
      await reactor.clock.sleep(atMs);
      await group.stop();
      assert.equal(group.services[0]?.state, "stopped");
      await group.ended;
      await reactor.clock.sleep(1_000);
      assert.equal(group.services[0]?.state, "stopped");
    });
});
