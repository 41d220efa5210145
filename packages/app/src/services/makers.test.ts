import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "@hawser/core/simulation";
import { clientService } from "./client.ts";
import { startServices } from "./group.ts";
import { answering, askOn } from "./services.test.kit.ts";
import { timerService } from "./timer.ts";

test("a timer calls on an even grid from when the services serve, until it is stopped", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    const calls: number[] = [];
    const start = timerService(1_000, () => void calls.push(reactor.clock.now()), { immediately: true });
    const bound = () => reactor.clock.sleep(500);
    const group = await startServices([{ name: "tick", start }], { reactor, bound });
    await reactor.clock.sleep(3_200);
    await group.stop();
    await reactor.clock.sleep(3_000);
    assert.deepEqual(calls, [500, 1_500, 2_500, 3_500]);
  }));

test("a call that throws breaks the service, or is told when somebody wants to know", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    let calls = 0;
    const errors: unknown[] = [];
    const failing = () => {
      calls++;
      throw new Error("no");
    };
    const patient = timerService(1_000, failing, { onError: (error) => void errors.push(error) });
    await using group = await startServices(
      [
        { name: "breaks", start: timerService(1_000, failing) },
        { name: "goes on", start: patient },
      ],
      { reactor },
    );
    await reactor.clock.sleep(3_900);
    assert.deepEqual(
      group.services.map(({ restarts }) => restarts),
      [3, 0],
    );
    assert.equal(errors.length, 3);
    assert.equal(calls, 6);
  }));

test("a stop waits for the call under way, and hurries it when its time is over", () =>
  simulate({ seed: 1 }, async ({ reactor }) => {
    for (const [takesMs, endsAfterMs] of [
      [2_000, 1_000],
      [60_000, 4_000],
    ] as const) {
      const run = ({ signal }: { readonly signal: AbortSignal }) => reactor.clock.sleep(takesMs, { signal });
      const start = timerService(1_000, run, { immediately: true });
      const group = await startServices([{ name: "slow", start }], { reactor });
      await reactor.clock.sleep(1_000);
      const from = reactor.clock.now();
      await group.stop({ graceMs: 5_000 });
      assert.equal(reactor.clock.now() - from, endsAfterMs);
    }
  }));

test("a client is connected again whenever it is lost, and let go at the end", () =>
  simulate({ seed: 1 }, async (world) => {
    const { reactor } = world;
    const answers: string[] = [];
    const server = world.host("server");
    await world.listen("tcp:99", answering("server"), { reactor: server });
    const connected = async (peer: Parameters<typeof askOn>[0]) => {
      answers.push(await askOn(peer, String(answers.length)));
      if (answers.length < 3) peer.abort();
    };
    const start = clientService("tcp:server:99", connected, { backoff: { initialMs: 100 } });
    const group = await startServices([{ name: "feed", start }], { reactor });
    await reactor.clock.sleep(5_000);
    assert.deepEqual(answers, ["server 0", "server 1", "server 2"]);
    await group.stop();
  }));
