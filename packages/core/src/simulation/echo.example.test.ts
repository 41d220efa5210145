import assert from "node:assert/strict";
import { test } from "node:test";
import type { Factory } from "../factory.ts";
import { RecordingReceiver, seeds } from "../testing/index.ts";
import { type SimulationOptions, simulate, type World } from "./index.ts";

/** The server under test: all it hears, it says. It stops reading while it cannot write. */
const echo: Factory = {
  accept: (transport) => ({
    data(chunk) {
      if (!transport.write(chunk)) transport.pause();
    },
    drained: () => transport.resume(),
    end: () => transport.end(),
    closed: () => {},
  }),
};

/** Runs a body in a world where `server` echoes on port 7. */
function withEcho(options: SimulationOptions, body: (world: World) => Promise<void>): Promise<void> {
  return simulate(options, async (world) => {
    const server = world.host("server");
    await using _listener = await world.listen("tcp:7", echo, { reactor: server });
    await body(world);
    await server.clock.sleep(1_000);
  });
}

/** Sends a body and gives what came back before the end, or before the connection was lost. */
async function askEcho(world: World, body: Uint8Array): Promise<RecordingReceiver> {
  const side = new RecordingReceiver();
  const client = await world.connect("tcp:server:7", undefined, { reactor: world.host("client") });
  client.start(side);
  client.write(body);
  client.end();
  await side.untilCalled("closed");
  return side;
}

for (const seed of seeds())
  test(`an echo comes back whole, however it is cut (seed ${seed})`, () =>
    withEcho({ seed, cuts: true, latencyMs: [1, 300], octetsPerSecond: 50_000 }, async (world) => {
      const body = world.random.bytes(100_000);
      const side = await askEcho(world, body);
      assert.ok(Buffer.compare(side.received, body) === 0, "the echo differs");
      assert.equal(side.error, undefined);
    }));

for (const seed of seeds())
  test(`a reset loses the end of an echo, never its middle (seed ${seed})`, () =>
    withEcho({ seed, cuts: true, latencyMs: [1, 50] }, async (world) => {
      const body = world.random.bytes(20_000);
      world.resetAfter(world.random.integer(1, body.length));
      const side = await askEcho(world, body);
      assert.equal(side.error?.code, "reset");
      assert.ok(side.octets < body.length);
      assert.deepEqual(side.received, Buffer.from(body.subarray(0, side.octets)));
    }));

test("an echo waits out a partition", () =>
  withEcho({ seed: 1, latencyMs: 20, octetsPerSecond: 10_000 }, async (world) => {
    const body = world.random.bytes(50_000);
    world.clock.after(1_000, () => world.partition("client", "server"));
    world.clock.after(61_000, () => world.heal());
    const side = await askEcho(world, body);
    assert.ok(Buffer.compare(side.received, body) === 0, "the echo differs");
    assert.ok(world.clock.now() > 61_000);
  }));
