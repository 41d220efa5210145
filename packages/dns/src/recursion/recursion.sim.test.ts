import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type SimulationOptions, simulate } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { askServer, plantResolver, plantTree, toldBy } from "./world.test.kit.ts";

/** What is true of the tree, whatever the network does; and what may be said instead is a failure that says why. */
const truths: readonly (readonly [question: string, answer: readonly string[] | undefined])[] = [
  ["www.good.example", ["NOERROR", "www.good.example. IN A 192.0.2.1"]],
  ["far.good.example", ["NOERROR", "far.good.example. IN CNAME www.other.org.", "www.other.org. IN A 192.0.2.3"]],
  ["nowhere.good.example", ["NXDOMAIN"]],
  ["a.b.c.ents.example", ["NOERROR", "a.b.c.ents.example. IN A 192.0.2.9"]],
  ["www.half.org", ["NOERROR", "www.half.org. IN A 192.0.2.5"]],
  ["www.good.example AAAA", ["NOERROR", "www.good.example. IN AAAA 2001:db8::1"]],
  ["ok.liar.example", ["NOERROR", "ok.liar.example. IN A 192.0.2.66"]],
  ["extra.liar.example", ["NOERROR", "extra.liar.example. IN A 192.0.2.66"]],
  [
    "poison.liar.example",
    ["NOERROR", "poison.liar.example. IN CNAME www.good.example.", "www.good.example. IN A 192.0.2.1"],
  ],
  ["big.good.example TXT", bigAnswer()],
  ["upward.liar.example", undefined],
  ["sideways.liar.example", undefined],
  ["loop1.good.example", undefined],
  ["x.dead.example", undefined],
  ["x.orphan.org", undefined],
  ["x.ring-a.example", undefined],
];

test("the tree is resolved over a good network", () =>
  simulate({}, async (world) => {
    await plantTree(world);
    const plugin = await plantResolver(world);
    for (const [question, answer] of truths) {
      const told = toldBy(await askServer(world.host("client"), world.host("resolver").address, question));
      if (answer === undefined) assertFailure(told, question);
      else assert.deepEqual(told, answer, question);
    }
    assert.equal(plugin.statistics?.underWay, 0);
  }));

test("an answer that is cut off is asked for over TCP, and given whole to who asks over TCP", () =>
  simulate({}, async (world) => {
    await plantTree(world);
    await plantResolver(world);
    const told = toldBy(await askServer(world.host("client"), world.host("resolver").address, "big.good.example TXT"));
    assert.equal(told.length, 61);
  }));

describe("over a network that loses, doubles and reorders, each question ends in the truth or in a failure", () => {
  const found = { right: 0, missed: 0 };
  after(() => {
    const { right, missed } = found;
    assert.ok(missed <= Math.max(6, (right + missed) * 0.02), `${missed} of ${right + missed} answers were missed`);
  });
  for (const seed of seeds({ count: 6, soakCount: 2_000 }))
    test(`seed ${seed}`, () => {
      const weather: SimulationOptions = {
        seed,
        latencyMs: [1, 150],
        datagramLoss: 0.15,
        datagramDuplicates: 0.1,
        datagramReordering: 0.2,
        links: { "good1>resolver": { latencyMs: [200, 900], resets: 0.05 }, "good2>resolver": { resets: 0.05 } },
      };
      return simulate(weather, async (world) => {
        await plantTree(world);
        const plugin = await plantResolver(world);
        const server = world.host("resolver").address;
        const order = truths.map((truth) => ({ truth, at: world.random.number() })).sort((a, b) => a.at - b.at);
        const asks = order.map(async ({ truth: [question, answer], at }) => {
          const { clock } = world.host(`client ${question}`);
          await clock.sleep(at * 5_000);
          const startedAt = clock.now();
          const message = await askServer(world.host(`client ${question}`), server, question, { transport: "tcp" });
          assert.ok(clock.now() - startedAt < 12_000, `${question} took ${clock.now() - startedAt} ms`);
          const told = toldBy(message);
          if (answer !== undefined) found[told[0] === "SERVFAIL" ? "missed" : "right"]++;
          if (told[0] === "SERVFAIL") assertFailure(told, question);
          else assert.deepEqual(told, answer, question);
        });
        await Promise.all(asks);
        const { exchanges = 0, resolutions = 0, underWay } = plugin.statistics ?? {};
        assert.ok(exchanges <= resolutions * 100, `${exchanges} exchanges for ${resolutions} resolutions`);
        assert.equal(underWay, 0);
      });
    });
});

/** More than a datagram holds. */
function bigAnswer(): readonly string[] {
  const texts = Array.from({ length: 60 }, (_, at) => String(at).padStart(60, "x"));
  return ["NOERROR", ...texts.map((text) => `big.good.example. IN TXT "${text}"`)];
}

function assertFailure(told: readonly string[], question: string): void {
  assert.equal(told[0], "SERVFAIL", `${question}: ${told.join("; ")}`);
  assert.match(told[1] ?? "", /^EDE \d+$/, question);
}
