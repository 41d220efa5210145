import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "@hawser/core";
import { simulate } from "@hawser/core/simulation";
import { ServiceError } from "./errors.ts";
import { startServices } from "./group.ts";
import { ask, naming, type Script, scripted, watchStates } from "./services.test.kit.ts";

test("services start in order and stop in reverse", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const events: string[] = [];
    const group = await startServices(
      ["one", "two", "three"].map((name) => scripted(name, { events })),
      { reactor, bound: () => void events.push("bound") },
    );
    assert.deepEqual(
      group.services.map(({ name, state }) => `${name} ${state}`),
      ["one running", "two running", "three running"],
    );
    await group.stop();
    assert.deepEqual(events, [
      ...["start one", "start two", "start three", "bound"],
      ...["serve one", "serve two", "serve three"],
      ...["stop three", "stop two", "stop one"],
    ]);
    await group.ended;
  }));

test("a connection that comes before all services are bound waits, and is served then", () =>
  simulate({ seed: 1 }, async (world) => {
    const { reactor } = world;
    let answer: Promise<string> | undefined;
    let isBound = false;
    const slow = scripted("slow", {
      start: async () => {
        answer = ask(world.host("client"), "tcp:home:7").then((text) => `${text} ${isBound ? "after" : "before"}`);
        await reactor.clock.sleep(5_000);
      },
    });
    const bound = async () => {
      await reactor.clock.sleep(1_000);
      isBound = true;
    };
    await using _ = await startServices([naming("web", "tcp:7"), slow], { reactor, bound });
    assert.equal(await answer, "web who after");
  }));

test("when one cannot start, those that have are stopped and the error names it", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const events: string[] = [];
    const broken = () => {
      throw new UsageError("no such directory");
    };
    const definitions = [
      naming("web", "tcp:7", events),
      scripted("mail", { events, start: broken }),
      scripted("dns", { events }),
    ];
    await assert.rejects(startServices(definitions, { reactor }), (error: ServiceError) => {
      assert.equal(error.message, 'Cannot start "mail": no such directory');
      assert.deepEqual(error.services, ["mail"]);
      return error.code === "start-failed" && error.cause instanceof UsageError;
    });
    assert.deepEqual(events, ["start web", "start mail", "stop web"]);
    await using _ = await startServices([naming("web", "tcp:7")], { reactor }); // the port is free again
  }));

test("when privileges cannot be dropped, or work cannot begin, nothing goes on", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const bound = () => Promise.reject(new Error("no such user"));
    await assert.rejects(startServices([naming("web", "tcp:7")], { reactor, bound }), /no such user/);
    const serve = () => Promise.reject(new Error("no such program"));
    const definitions = [naming("web", "tcp:7"), scripted("worker", { serve })];
    await assert.rejects(startServices(definitions, { reactor }), /Cannot start "worker": no such program/);
    await assert.rejects(ask(reactor, "tcp:home:7"), /refused/);
  }));

test("a start that takes too long is given up, and stopped should it succeed later", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const events: string[] = [];
    const slow = scripted("slow", { events, start: () => reactor.clock.sleep(10_000) });
    await assert.rejects(startServices([slow], { reactor, startTimeoutMs: 3_000 }), /Cannot start "slow": .*3000 ms/);
    assert.equal(reactor.clock.now(), 3_000);
    await reactor.clock.sleep(10_000);
    assert.deepEqual(events, ["start slow", "stop slow"]);
  }));

test("a start can be given up by its signal", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const hurry = new AbortController();
    reactor.clock.after(500, () => hurry.abort(new Error("enough")));
    const slow = scripted("slow", { start: () => reactor.clock.sleep(10_000) });
    await assert.rejects(startServices([naming("web", "tcp:7"), slow], { reactor, signal: hurry.signal }), /enough/);
    assert.equal(reactor.clock.now(), 500);
    await reactor.clock.sleep(10_000);
  }));

test("two services cannot have one name, nor one address", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    await assert.rejects(startServices([scripted("a"), scripted("a")], { reactor }), /two services with the name "a"/);
    await assert.rejects(
      startServices([naming("a", "tcp:7"), naming("b", "tcp:7")], { reactor }),
      /Cannot start "b": .*address already in use/,
    );
  }));

test("each service has its share of the time to stop; one that is late is cut off and named", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const graces: (number | undefined)[] = [];
    const quick: Script = { stop: (graceMs) => void graces.push(graceMs) };
    const stuck: Script = {
      stop: (graceMs) => {
        graces.push(graceMs);
        return new Promise(() => {});
      },
    };
    const group = await startServices([scripted("a", quick), scripted("b", stuck), scripted("c", quick)], { reactor });
    await assert.rejects(group.stop({ graceMs: 9_000 }), (error: ServiceError) => {
      assert.equal(error.message, "Cannot stop in time: b");
      return error.code === "stop-late";
    });
    assert.deepEqual(graces, [3_000 - 750, 4_500 - 1_000, 4_500 - 1_000]);
    assert.equal(reactor.clock.now(), 4_500);
  }));

test("a service that throws when it stops keeps the others from nothing", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const events: string[] = [];
    const stop = () => Promise.reject(new Error("the disk is full"));
    const group = await startServices([scripted("a", { events }), scripted("b", { events, stop })], { reactor });
    await assert.rejects(group.stop(), /Cannot stop "b": the disk is full/);
    assert.deepEqual(events.slice(-2), ["stop b", "stop a"]);
  }));

test("a service that leaves its listener open is relieved of it", () =>
  simulate({ seed: 1 }, async (world) => {
    const { reactor } = world;
    const forgetful = naming("web", "tcp:7");
    const start: typeof forgetful.start = async (context) => {
      await forgetful.start(context);
      return { stop: async () => {} };
    };
    const group = await startServices([{ name: "web", start }], { reactor });
    assert.equal(await ask(world.host("client"), "tcp:home:7"), "web who");
    await group.stop();
    await assert.rejects(ask(world.host("client"), "tcp:home:7"), /refused/);
  }));

test("a group can be a service of another, and serves when that one does", () =>
  simulate({ seed: 1 }, async (world) => {
    const { reactor } = world;
    const events: string[] = [];
    const inner = {
      name: "mail",
      start: (context: Parameters<ReturnType<typeof naming>["start"]>[0]) =>
        startServices([naming("smtp", "tcp:25", events), scripted("queue", { events })], { context }),
    };
    const bound = () => void events.push("bound");
    const group = await startServices([inner, scripted("dns", { events })], { reactor, bound });
    assert.deepEqual(events, ["start smtp", "start queue", "start dns", "bound", "serve queue", "serve dns"]);
    assert.deepEqual(
      group.services[0]?.services?.map(({ name, state }) => `${name} ${state}`),
      ["smtp running", "queue running"],
    );
    assert.equal(await ask(world.host("client"), "tcp:home:25"), "smtp who");
    await group.stop();
    assert.deepEqual(events.slice(-3), ["stop dns", "stop queue", "stop smtp"]);
  }));

test("every change of state is told", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    using watched = watchStates();
    const group = await startServices([scripted("a")], { reactor });
    await group.stop();
    assert.deepEqual(watched.states, ["a starting", "a running", "a stopping", "a stopped"]);
    assert.ok(new ServiceError("stop-late", ["a"], "x").services.includes("a"));
  }));
