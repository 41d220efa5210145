import assert from "node:assert/strict";
import { test } from "node:test";
import { ipAddress } from "../address.ts";
import { reportFault } from "../faults.ts";
import { RecordingReceiver } from "../testing/index.ts";
import { simulate, simulation } from "./index.ts";

test("time stands still while code runs, and jumps when all code waits", async () => {
  const started = performance.now();
  await simulate({ seed: 1 }, async ({ clock }) => {
    assert.equal(clock.now(), 0);
    assert.equal(new Date(clock.wall()).toISOString(), "2026-01-01T00:00:00.000Z");
    await clock.sleep(86_400_000 / 24);
    assert.equal(clock.now(), 3_600_000);
    assert.equal(new Date(clock.wall()).toISOString(), "2026-01-01T01:00:00.000Z");
  });
  assert.ok(performance.now() - started < 1_000, "an hour took more than a second");
});

test("a chain of 50 awaits settles before time moves", () =>
  simulate({ seed: 1 }, async ({ clock }) => {
    const times: number[] = [];
    clock.after(1, () => times.push(clock.now()));
    for (let n = 0; n < 50; n += 1) await Promise.resolve();
    await new Promise<void>((resolve) => process.nextTick(resolve));
    assert.deepEqual(times, []);
    await clock.sleep(1);
    assert.deepEqual(times, [1]);
  }));

test("timers run by time, those of one time in the order they were made; a cancelled one never", () =>
  simulate({ seed: 1 }, async ({ clock }) => {
    const ran: string[] = [];
    clock.after(20, () => ran.push("late"));
    clock.after(10, () => ran.push("first"));
    clock.after(10, () => ran.push("second"));
    clock.after(5, () => ran.push("never")).cancel();
    await clock.sleep(30);
    assert.deepEqual(ran, ["first", "second", "late"]);
  }));

test("waiting again for a deadline that is a hair away makes progress", () =>
  simulate({ seed: 1 }, async (world) => {
    const { clock } = world.host("drifting", { clockDriftPpm: 17.3 });
    const deadline = clock.now() + 33.3;
    let waits = 0;
    for (; clock.now() < deadline; waits += 1) await clock.sleep(deadline - clock.now());
    assert.ok(waits <= 2, `${waits} waits`);
  }));

test("a deadline aborts in virtual time, and a sleep can be given up", () =>
  simulate({ seed: 1 }, async ({ clock }) => {
    await assert.rejects(clock.sleep(60_000, { signal: clock.deadline(5_000) }), { code: "timed-out" });
    assert.equal(clock.now(), 5_000);
  }));

test("hosts have addresses, clocks and random numbers of their own", () =>
  simulate({ seed: 1 }, async (world) => {
    const right = world.host("right");
    const fast = world.host("fast", { clockOffsetMs: 7_000, clockDriftPpm: 1_000 });
    assert.equal(world.host("right"), right);
    await right.clock.sleep(10_000);
    assert.equal(fast.clock.wall() - right.clock.wall(), 7_000 + 10);
    assert.notEqual(right.random.integer(0, 2 ** 40), fast.random.integer(0, 2 ** 40));
    assert.deepEqual(await right.names.lookup("fast"), [
      { family: "ipv4", host: fast.address },
      { family: "ipv6", host: fast.address6 },
    ]);
  }));

test("a program on one host does not change what another host draws", async () => {
  const draw = (disturbed: boolean) =>
    simulate({ seed: 1 }, async (world) => {
      if (disturbed) world.host("noisy").random.bytes(100);
      return world.host("quiet").random.integer(0, 2 ** 40);
    });
  assert.equal(await draw(false), await draw(true));
});

test("one connection more does not change what befalls another", async () => {
  const answerTimes = (disturbed: boolean) =>
    simulate({ seed: 1, latencyMs: [1, 300], cuts: true, leaks: false }, async (world) => {
      await world.listen("tcp:7:interface=127.0.0.1", {
        accept: (transport) => ({
          data: (chunk) => transport.write(chunk),
          end: () => transport.end(),
          closed: () => {},
        }),
      });
      const side = new RecordingReceiver();
      const client = await world.connect("tcp:127.0.0.1:7", side);
      if (disturbed) (await world.connect("tcp:127.0.0.1:7", new RecordingReceiver())).write("noise ".repeat(1_000));
      const asked = world.clock.now();
      client.write("question");
      await side.untilOctets(8);
      return [world.clock.now() - asked, side.chunks.length];
    });
  assert.deepEqual(await answerTimes(true), await answerTimes(false));
});

test("a failing run begins with the command that replays it", async () => {
  await assert.rejects(
    simulate({ seed: 42 }, async () => assert.equal(1, 2)),
    (error: Error) => {
      assert.match(error.message, /^HAWSER_SEED=42 node --test \S*world\.test\.js\nExpected values/);
      assert.match(error.stack!, /^AssertionError.*: HAWSER_SEED=42/);
      return error instanceof assert.AssertionError;
    },
  );
});

test("a failure that cannot be changed is wrapped", async () => {
  const reason = AbortSignal.abort().reason;
  await assert.rejects(
    simulate({ seed: 42 }, () => Promise.reject(reason)),
    (error: Error) => /^HAWSER_SEED=42 .*\nThis operation was aborted$/.test(error.message) && error.cause === reason,
  );
  await assert.rejects(
    simulate({ seed: 42 }, () => Promise.reject("a bare string")),
    /^Error: HAWSER_SEED=42 .*\na bare string$/,
  );
});

test("a body that waits for ever is a deadlock, and the error says who waits on what", async () => {
  const run = simulate({ seed: 1 }, async (world) => {
    await world.reactor.network.listen(ipAddress("127.0.0.1", 25), {}, (transport) => {
      transport.start(new RecordingReceiver());
      transport.pause();
    });
    const client = await world.connect("tcp:127.0.0.1:25");
    const side = new RecordingReceiver();
    client.start(side);
    client.write("hello?");
    await side.untilCalled("data");
  });
  await assert.rejects(run, (error: Error) => {
    assert.equal((error as { code?: string }).code, "deadlock");
    assert.match(
      error.message,
      /connection 1, 127\.0\.0\.1:49152 to 127\.0\.0\.1:25: client open; server open, paused, 6 octets unread/,
    );
    assert.match(error.message, /listener on 127\.0\.0\.1:25 on host "home", made at .*world\.test\.js/);
    return true;
  });
});

test("a run that goes on for ever ends at a limit of time or of steps", async () => {
  const sleepForEver = async ({ clock }: { clock: { sleep(ms: number): Promise<void> } }, ms: number) => {
    for (;;) await clock.sleep(ms);
  };
  await assert.rejects(
    simulate({ seed: 1, timeLimitMs: 60_000 }, (world) => sleepForEver(world, 1_000)),
    { code: "time-exceeded" },
  );
  await assert.rejects(
    simulate({ seed: 1, stepsMax: 1_000 }, (world) => sleepForEver(world, 0)),
    { code: "steps-exceeded" },
  );
});

test("what a body leaves open is named, with the code that opened it", async () => {
  const run = simulate({ seed: 1 }, async (world) => {
    await world.reactor.network.listen(ipAddress("127.0.0.1", 25), {}, (transport) =>
      transport.start(new RecordingReceiver()),
    );
    await world.reactor.network.bind(ipAddress("127.0.0.1", 53));
    world.clock.after(30_000, () => {});
    world.clock.after(30_000, () => {}, { idle: true });
  });
  await assert.rejects(run, (error: Error) => {
    assert.equal((error as { code?: string }).code, "leak");
    const lines = error.message.split("\n").slice(2);
    assert.deepEqual(
      lines.map((line) => line.replace(/,? (due|made|on host) .*/, "").trim()),
      ["listener on 127.0.0.1:25", "datagram socket on 127.0.0.1:53", "timer of 30000 ms"],
    );
    assert.match(lines.at(-1)!, /made at .*world\.test\.js/);
    return true;
  });
});

test("a connection left open is a leak, although the end of its listener would close it", async () => {
  const run = simulate({ seed: 1 }, async (world) => {
    await world.listen("tcp:25:interface=127.0.0.1", { accept: () => new RecordingReceiver() });
    await world.connect("tcp:127.0.0.1:25", new RecordingReceiver());
  });
  await assert.rejects(run, /left 2 open:\n {2}connection to 127\.0\.0\.1:25 .*\n {2}connection from 127/);
});

test("the listeners of a world end with it", () =>
  simulate({ seed: 1 }, async (world) => {
    await world.listen("tcp:25:interface=127.0.0.1", { accept: () => new RecordingReceiver() });
  }));

test("an error that nobody waited for counts after the body too", async () => {
  const run = simulate({ seed: 1 }, async ({ clock }) => {
    clock.after(10, () => reportFault(new Error("A late bug"), "Receiver"));
  });
  await assert.rejects(run, /A late bug/);
});

test("what is under way when the body ends may arrive", () =>
  simulate({ seed: 1, latencyMs: 400 }, async (world) => {
    const port = await world.reactor.network.listen(ipAddress("127.0.0.1", 25), {}, (transport) => {
      transport.start(new RecordingReceiver());
      transport.end();
    });
    const client = await world.connect("tcp:127.0.0.1:25");
    client.start(new RecordingReceiver());
    client.end();
    await port.close();
  }));

test("an error that nobody waited for fails the run", async () => {
  const run = simulate({ seed: 1 }, async ({ clock }) => {
    clock.after(10, () => reportFault(new Error("A bug in a receiver"), "Receiver"));
    await clock.sleep(20);
  });
  await assert.rejects(run, /A bug in a receiver/);
});

test("a body may wait for something outside while nothing in the world is scheduled", () =>
  simulate({ seed: 1 }, async () => {
    await import("node:fs/promises").then(({ stat }) => stat("."));
  }));

test("options that mean nothing are refused", () => {
  assert.throws(() => simulation({ resets: 2 }), /Cannot use resets 2: a probability is from 0 to 1/);
  assert.throws(() => simulation({ latencyMs: [300, 5] }), RangeError);
  assert.throws(() => simulation({ octetsPerSecond: 0 }), RangeError);
  assert.throws(() => simulation({ links: { "a>b": { blackHoles: -1 } } }), RangeError);
});

test("a thousand seconds of an idle connection cost a few hundred steps", async (context) => {
  const started = performance.now();
  const world = simulation({ seed: 1 });
  await world.run(async () => {
    const port = await world.reactor.network.listen(ipAddress("127.0.0.1", 80), {}, (transport) =>
      transport.start({ data: (chunk) => transport.write(chunk), end: () => transport.end(), closed: () => {} }),
    );
    const client = await world.connect("tcp:127.0.0.1:80");
    const side = new RecordingReceiver();
    client.start(side);
    for (let n = 1; n <= 100; n += 1) {
      await world.clock.sleep(10_000 - 2);
      client.write("ping");
      await side.untilOctets(4 * n);
    }
    client.end();
    await side.untilCalled("closed");
    await port.close();
  });
  context.diagnostic(`${world.steps} steps, ${(performance.now() - started).toFixed(1)} ms`);
  assert.equal(Math.round(world.clock.now() / 1_000), 1_000);
  assert.ok(world.steps < 400, `${world.steps} steps`);
});
