import assert from "node:assert/strict";
import { test } from "node:test";
import { type FileTree, memoryTree } from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import { blockPlugin } from "./block.ts";
import { faultsDuring, startChain, talk, zoneOf } from "./talk.test.kit.ts";

const zone = [
  "www.example. 60 A 192.0.2.1",
  "good.ads.example. 60 A 192.0.2.2",
  "shop.example. 60 CNAME cname.tracker.example.",
];

test("names of lists do not exist, with all that lies below, but for those that are allowed", () =>
  simulate({}, async (world) => {
    const list = "! a list\n||ads.example^\n0.0.0.0 tracker.example\n@@||fine.ads.example^\n";
    const plugin = blockPlugin({ files: ["/lists/a"], allow: ["good.ads.example"] });
    const chain = await startChain(withFiles(world, { "lists/a": list }), plugin, zoneOf(...zone));
    await talk(
      chain,
      `Q: www.example A
       A: NOERROR aa
       www.example. 60 IN A 192.0.2.1
       Q: Ads.Example A
       A: NXDOMAIN ra
       + Ads.Example. 60 IN SOA . . 1 86400 86400 86400 86400
       EDE 15
       Q: a.b.ads.example TXT
       A: NXDOMAIN ra
       + a.b.ads.example. 60 IN SOA . . 1 86400 86400 86400 86400
       EDE 15
       Q: good.ads.example A
       A: NOERROR aa
       good.ads.example. 60 IN A 192.0.2.2
       Q: fine.ads.example A
       A: NXDOMAIN
       Q: below.tracker.example A
       A: NXDOMAIN
       Q: tracker.example A
       A: NXDOMAIN ra
       + tracker.example. 60 IN SOA . . 1 86400 86400 86400 86400
       EDE 15`,
    );
    assert.deepEqual(
      { ...plugin.blockStatistics, octets: 0 },
      { names: 2, allowed: 2, unknownLines: 0, octets: 0, blocked: 3 },
    );
  }));

test("blocked names lead to zero, to a page of ours, or are refused", () =>
  simulate({}, async (world) => {
    const zero = await startChain(world.reactor, blockPlugin({ names: ["ads.example"], answer: "zero" }));
    await talk(
      zero,
      `Q: ads.example A
       A: NOERROR ra
       ads.example. 60 IN A 0.0.0.0
       EDE 15
       Q: ads.example AAAA
       A: NOERROR ra
       ads.example. 60 IN AAAA ::
       EDE 15
       Q: ads.example TXT
       A: NOERROR ra
       + ads.example. 60 IN SOA . . 1 86400 86400 86400 86400
       EDE 15`,
    );
    const page = await startChain(world.reactor, blockPlugin({ names: ["ads.example"], answer: ["192.0.2.80"] }));
    await talk(
      page,
      `Q: ads.example A
       A: NOERROR ra
       ads.example. 60 IN A 192.0.2.80
       EDE 15`,
    );
    const refused = await startChain(world.reactor, blockPlugin({ names: ["ads.example"], answer: "refused" }));
    await talk(
      refused,
      `Q: ads.example A
       A: REFUSED
       EDE 15`,
    );
    assert.throws(() => blockPlugin({ answer: ["nowhere"] }), /Cannot answer with "nowhere": it is no address/);
  }));

test("an alias of a blocked name is blocked, unless it is allowed itself", () =>
  simulate({}, async (world) => {
    const chain = await startChain(world.reactor, blockPlugin({ names: ["tracker.example"] }), zoneOf(...zone));
    await talk(
      chain,
      `Q: shop.example CNAME
       A: NXDOMAIN ra
       + shop.example. 60 IN SOA . . 1 86400 86400 86400 86400
       EDE 15`,
    );
    const allowing = blockPlugin({ names: ["tracker.example"], allow: ["shop.example"] });
    await talk(
      await startChain(world.reactor, allowing, zoneOf(...zone)),
      `Q: shop.example CNAME
       A: NOERROR aa
       shop.example. 60 IN CNAME cname.tracker.example.`,
    );
  }));

test("a list is read again when it changes; one that vanishes or is something else leaves the old one", () =>
  simulate({ faultsFail: false }, async (world) => {
    const tree = memoryTree({ list: "ads.example\n" }, { now: () => world.clock.wall() });
    const plugin = blockPlugin({ files: ["/list"], checkEveryMs: 1_000 });
    const chain = await startChain(withTree(world, tree), plugin);
    const blocked = async (name: string): Promise<boolean> => !(await saysRefused(chain, name));
    assert.deepEqual([await blocked("ads.example"), await blocked("more.example")], [true, false]);
    const faults = await faultsDuring(async () => {
      await tree.writeFile("list", "ads.example\nmore.example\n");
      await world.clock.sleep(1_500);
      assert.equal(await blocked("more.example"), true);
      await tree.writeFile("list", "<html>\nerror 502, try again\n");
      await world.clock.sleep(5_000);
      assert.equal(await blocked("more.example"), true);
      await assert.rejects(async () => chain.plugin.reload?.(), /no line has a name/);
      await tree.remove("list");
      await world.clock.sleep(5_000);
      assert.equal(await blocked("more.example"), true);
    });
    assert.equal(faults.length, 2, "each broken version is reported once");
    await chain.plugin.stopped?.();
  }));

test("a list that is not there keeps the server from starting, and so do too many names", () =>
  simulate({}, async (world) => {
    await assert.rejects(startChain(world.reactor, blockPlugin({ files: ["/list"] })), { code: "not-found" });
    const reactor = withFiles(world, { list: "a.example\nb.example\n" });
    await assert.rejects(startChain(reactor, blockPlugin({ files: ["/list"], namesMax: 1 })), /more than 1/);
  }));

async function saysRefused(chain: Parameters<typeof talk>[0], name: string): Promise<boolean> {
  return talk(chain, `Q: ${name} A\nA: REFUSED`).then(
    () => true,
    () => false,
  );
}

function withFiles(world: World, files: Readonly<Record<string, string>>): World["reactor"] {
  return world.host("dns", { files });
}

function withTree(world: World, tree: FileTree): World["reactor"] {
  return world.host("dns", { files: () => tree });
}
