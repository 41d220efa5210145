import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionError, ProtocolError, type Random } from "@hawser/core";
import { type SimulationOptions, simulate, type World } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { files as serveFiles } from "../files/index.ts";
import { folder } from "../http/resource.ts";
import { octets, text } from "../http/response.ts";
import type { HttpAccess } from "../log/access.ts";
import { TestHttpClient } from "../testing/http1-client.test.kit.ts";
import { WatchedStream } from "../testing/streams.test.kit.ts";
import { httpServer } from "./server.ts";

/** Every size that is a border for somebody: a chunk, the water mark, the cache, the stream. */
const contents = new Map(
  [0, 1, 4_096, 65_536, 300_000].map((octets) => [`f${octets}`, Buffer.alloc(octets, `${octets} `)]),
);

const files = Object.fromEntries([...contents].map(([name, content]) => [`srv/www/${name}`, content]));

const faults: SimulationOptions = {
  latencyMs: [1, 300],
  cuts: true,
  resets: 0.002,
  refusals: 0.02,
  octetsPerSecond: 500_000,
};

/** Half of what clients do: fetch one file, or several on one connection, or send something, with and without closing their side. */
async function client(world: World, random: Random): Promise<void> {
  const transport = await world.connect("tcp:server:80", undefined, { reactor: world.host("client") });
  const http = new TestHttpClient(transport);
  try {
    for (let requests = random.integer(1, 4); requests > 0; requests--) {
      const halfClose = requests === 1 && random.number() < 0.3;
      const again = await (random.number() < 0.3 ? send(http, random, halfClose) : fetchFile(http, random, halfClose));
      if (!again) return;
    }
  } finally {
    transport.abort();
  }
}

async function fetchFile(http: TestHttpClient, random: Random, halfClose: boolean): Promise<boolean> {
  const name = [...contents.keys()][random.integer(0, contents.size)]!;
  const way = random.number() < 0.5 ? "files" : "streams";
  const answer = await http.ask({ method: "GET", target: `/${way}/${name}` }, { halfClose });
  assert.equal(answer.status, 200);
  assert.ok(answer.body.equals(contents.get(name)!), `${name} came as it lies`);
  return answer.reusable;
}

async function send(http: TestHttpClient, random: Random, halfClose: boolean): Promise<boolean> {
  const body = Buffer.alloc(random.integer(0, 200_000), "up ");
  const answer = await http.ask({ method: "POST", target: "/count", body }, { halfClose });
  assert.equal(answer.body.toString(), `${body.length}`);
  return answer.reusable;
}

/** Content in pieces. */
function streamOf(content: Buffer): WatchedStream {
  const pieces = Array.from({ length: Math.ceil(content.length / 10_000) }, (_, at) =>
    content.subarray(at * 10_000, (at + 1) * 10_000),
  );
  return new WatchedStream(pieces);
}

interface Day {
  readonly whole: number;
  readonly failed: number;
}

/** Eight clients at a time. The server stops when they are done, or in the middle of it. */
async function badDay(world: World, stopsAfterMs?: number): Promise<Day> {
  const streams: WatchedStream[] = [];
  const logged: HttpAccess[] = [];
  const root = folder()
    .mount("files", serveFiles("/srv/www"))
    .mount("streams", async (request) => {
      await request.reactor.clock.sleep(5);
      const stream = streamOf(contents.get(request.rest[0]!)!);
      streams.push(stream);
      return octets(stream);
    })
    .mount("count", async (request) => text(`${(await request.body.bytes()).length}`));
  const server = httpServer(root, { log: (access) => logged.push(access) });
  const listener = await world.listen("tcp:80", server, { reactor: world.host("server", { files }) });
  const days = Array.from({ length: 8 }, () => client(world, world.random).then(() => true, expected));
  if (stopsAfterMs !== undefined) {
    await world.clock.sleep(stopsAfterMs);
    await listener.stop({ graceMs: 120_000 });
    assert.ok(
      logged.every(({ complete }) => complete),
      "what was begun was finished",
    );
  }
  const outcomes = await Promise.all(days);
  await listener.stop();
  assert.ok(
    streams.every((stream) => stream.ended || stream.closed),
    "no stream is left open",
  );
  assert.equal(new Set(logged.map(({ request }) => request)).size, logged.length, "each request is logged once");
  return { whole: outcomes.filter(Boolean).length, failed: outcomes.filter((outcome) => !outcome).length };
}

/** Failing is allowed, in the toolkit's own words. */
function expected(error: unknown): boolean {
  if (error instanceof ConnectionError || error instanceof ProtocolError) return false;
  throw error;
}

test("whatever the network does, a request ends in the right answer or in a typed error, and nothing is left", async (context) => {
  const days = seeds({ count: 60, soakCount: 2_000 });
  let whole = 0;
  let failed = 0;
  for (const seed of days) {
    const day = await simulate({ seed, ...faults }, (world) => badDay(world));
    whole += day.whole;
    failed += day.failed;
  }
  context.diagnostic(`${days.length} seeds: ${whole} clients got all they asked for, ${failed} were told why not`);
  assert.ok(whole > failed, "the network is bad, not dead");
});

test("a server that stops in the middle of it all finishes what it has begun", async () => {
  for (const seed of seeds({ count: 20, soakCount: 1_000 })) {
    const calm = { ...faults, resets: 0, refusals: 0 };
    await simulate({ seed, ...calm }, (world) => badDay(world, world.random.integer(0, 3_000)));
  }
});
