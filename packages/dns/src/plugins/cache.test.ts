import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate, type World } from "@hawser/core/simulation";
import type { DnsPlugin } from "../serving/plugin.ts";
import { bareResponse, type DnsReply } from "../serving/reply.ts";
import type { DnsRequest } from "../serving/request.ts";
import { DnsRcode } from "../words.ts";
import { cachePlugin } from "./cache.ts";
import { faultsDuring, request, startChain, talk, zoneOf } from "./talk.test.kit.ts";

const records = [
  "example. 600 SOA ns host 1 2 3 4 300",
  "www.example. 60 A 192.0.2.1",
  "www.example. 60 AAAA 2001:db8::1",
];

test("the second who asks is answered from memory, whatever the case of the name", () =>
  simulate({}, async (world) => {
    const zone = zoneOf(...records);
    const chain = await startChain(world.reactor, cachePlugin(), zone);
    await talk(
      chain,
      `Q: www.example A
       A: NOERROR aa
       www.example. 60 IN A 192.0.2.1
       Q: WWW.example A
       A: NOERROR
       www.example. 60 IN A 192.0.2.1`,
    );
    await world.clock.sleep(20_000);
    await talk(
      chain,
      `Q: www.example A
       A: NOERROR
       www.example. 40 IN A 192.0.2.1`,
    );
    assert.equal(zone.asked.length, 1);
  }));

test("a name that does not exist is asked for once, whatever the type", () =>
  simulate({}, async (world) => {
    const zone = zoneOf(...records);
    const chain = await startChain(world.reactor, cachePlugin(), zone);
    await talk(
      chain,
      `Q: no.example A
       A: NXDOMAIN
       + example. 600 IN SOA ns. host. 1 2 3 4 300
       Q: no.example MX
       A: NXDOMAIN
       + example. 300 IN SOA ns. host. 1 2 3 4 300`,
    );
    assert.equal(zone.asked.length, 1);
  }));

test("what is at hand is answered without a promise", () =>
  simulate({}, async (world) => {
    const { answerer } = await startChain(world.reactor, cachePlugin(), zoneOf(...records));
    assert.ok(!(answerer(request("www.example A")) instanceof Promise), "a miss that the next answers at once");
    assert.equal(answerer(request("www.example A")), answerer(request("www.example A")), "a hit is one object");
  }));

test("a thousand who ask at once are one question", () =>
  simulate({}, async (world) => {
    const slow = slowly(world, zoneOf(...records), 100);
    const { answerer } = await startChain(world.reactor, cachePlugin(), slow);
    const replies = await Promise.all(Array.from({ length: 1000 }, () => answerer(request("www.example A"))));
    assert.equal(slow.asked.length, 1);
    assert.equal(new Set(replies).size, 1);
  }));

test("who goes away does not take the answer from those who joined", () =>
  simulate({}, async (world) => {
    const { answerer } = await startChain(world.reactor, cachePlugin(), slowly(world, zoneOf(...records), 100));
    const gone = new AbortController();
    void answerer(request("www.example A", { signal: gone.signal }));
    const reply = answerer(request("www.example A"));
    gone.abort();
    assert.equal((await reply).type, "response");
  }));

test("what depends on who asks is neither kept nor given", async (t) => {
  const passing = ["www.example A nord", "www.example A signed key.example", "www.example IXFR", "www.example AXFR"];
  for (const text of passing)
    await t.test(text, () =>
      simulate({}, async (world) => {
        const zone = zoneOf(...records);
        const { answerer } = await startChain(world.reactor, cachePlugin(), zone);
        await answerer(request(text));
        await answerer(request(text));
        assert.equal(zone.asked.length, 2);
      }),
    );
});

test("a refusal of one is not the refusal of all who wait with him", () =>
  simulate({}, async (world) => {
    const picky: DnsPlugin = {
      name: "picky",
      wrap: (next) => async (asked) => {
        await world.clock.sleep(10);
        return "host" in asked.peer && asked.peer.host === "192.0.2.1" ? bareResponse(DnsRcode.refused) : next(asked);
      },
    };
    const { answerer } = await startChain(world.reactor, cachePlugin(), picky, zoneOf(...records));
    const replies = await Promise.all(
      ["192.0.2.1", "192.0.2.2"].map((host) => answerer(request(`www.example A from ${host}`))),
    );
    assert.deepEqual(replies.map(rcodeOf), [DnsRcode.refused, DnsRcode.noError]);
  }));

test("who is told to come again over TCP is not the answer of those who have come", () =>
  simulate({}, async (world) => {
    const zone = slowly(world, zoneOf(...records), 10);
    const cutting: DnsPlugin = {
      name: "cutting",
      wrap: (next) => async (asked) => {
        const reply = await next(asked);
        return asked.transport === "udp" ? ({ ...reply, truncated: true } as DnsReply) : reply;
      },
    };
    const { answerer } = await startChain(world.reactor, cachePlugin(), cutting, zone);
    const replies = await Promise.all(["udp", "tcp"].map((over) => answerer(request(`www.example A over ${over}`))));
    assert.deepEqual(
      replies.map((reply) => reply.type === "response" && reply.truncated === true),
      [true, false],
    );
  }));

test("nobody waits longer than 1.8 s where there is a stale answer, and the fresh one is kept when it comes (RFC 8767 §5)", () =>
  simulate({}, async (world) => {
    const slow = slowly(world, zoneOf(...records), 5_000);
    const chain = await startChain(world.reactor, cachePlugin(), slow);
    await chain.answerer(request("www.example A"));
    await world.clock.sleep(61_000);
    const began = world.clock.now();
    const stale = `Q: www.example A
       A: NOERROR
       www.example. 30 IN A 192.0.2.1
       EDE 3`;
    await talk(chain, stale);
    assert.equal(Math.round(world.clock.now() - began), 1_800);
    await world.clock.sleep(5_000);
    await talk(
      chain,
      `Q: www.example A
       A: NOERROR
       www.example. 59 IN A 192.0.2.1`,
    );
    assert.equal(slow.asked.length, 2);
  }));

test("what fails is answered with what is stale, and not asked again for half a minute", () =>
  simulate({}, async (world) => {
    const flaky = failing(zoneOf(...records));
    const chain = await startChain(world.reactor, cachePlugin(), flaky);
    await chain.answerer(request("www.example A"));
    flaky.isBroken = true;
    await world.clock.sleep(61_000);
    for (let i = 0; i < 3; i++)
      await talk(
        chain,
        `Q: www.example A
         A: NOERROR
         www.example. 30 IN A 192.0.2.1
         EDE 3`,
      );
    assert.equal(flaky.asked, 2);
  }));

test("a plugin that throws is a failure: what is stale is given, and the fault is reported", () =>
  simulate({ faultsFail: false }, async (world) => {
    let isBroken = false;
    const throwing: DnsPlugin = {
      name: "throwing",
      wrap: (next) => (asked) => {
        if (isBroken) throw new Error("a bug");
        return next(asked);
      },
    };
    const { answerer } = await startChain(world.reactor, cachePlugin(), throwing, zoneOf(...records));
    await answerer(request("www.example A"));
    isBroken = true;
    await world.clock.sleep(61_000);
    const faults = await faultsDuring(async () => {
      assert.equal(rcodeOf(await answerer(request("www.example A"))), DnsRcode.noError);
      await assert.rejects(async () => answerer(request("other.example A")), /a bug/);
    });
    assert.equal(faults.length, 1);
  }));

test("without anything stale a failure is one, and is remembered for five seconds (RFC 9520 §3.2)", () =>
  simulate({}, async (world) => {
    const flaky = failing(zoneOf(...records));
    flaky.isBroken = true;
    const chain = await startChain(world.reactor, cachePlugin(), flaky);
    await talk(
      chain,
      `Q: www.example A
       A: SERVFAIL
       Q: www.example A
       A: SERVFAIL
       EDE 13`,
    );
    flaky.isBroken = false;
    await world.clock.sleep(5_000);
    await talk(
      chain,
      `Q: www.example A
       A: NOERROR aa
       www.example. 60 IN A 192.0.2.1`,
    );
  }));

test("what is popular is asked for before its time is over, and nobody waits", () =>
  simulate({}, async (world) => {
    const slow = slowly(world, zoneOf(...records), 100);
    const { answerer } = await startChain(world.reactor, cachePlugin(), slow);
    await answerer(request("www.example A"));
    for (let i = 0; i < 3; i++) answerer(request("www.example A"));
    await world.clock.sleep(55_000);
    assert.ok(!(answerer(request("www.example A")) instanceof Promise));
    assert.ok(!(answerer(request("www.example A")) instanceof Promise));
    await world.clock.sleep(10_000);
    assert.ok(!(answerer(request("www.example A")) instanceof Promise), "it was renewed in time");
    assert.equal(slow.asked.length, 2);
  }));

test("what takes too long is SERVFAIL, and so is one too many who would wait", () =>
  simulate({}, async (world) => {
    const never: DnsPlugin = { name: "never", wrap: () => () => new Promise<DnsReply>(() => {}) };
    const { answerer } = await startChain(world.reactor, cachePlugin({ waitingMax: 2 }), never);
    const waiting = [answerer(request("a.example A")), answerer(request("a.example A"))];
    assert.equal(rcodeOf(await answerer(request("b.example A"))), DnsRcode.servFail);
    assert.equal(world.clock.now(), 0);
    assert.deepEqual((await Promise.all(waiting)).map(rcodeOf), [DnsRcode.servFail, DnsRcode.servFail]);
    assert.equal(Math.round(world.clock.now()), 10_000);
  }));

test("when the server stops, nothing is left waiting", () =>
  simulate({}, async (world) => {
    let signal: AbortSignal | undefined;
    const never: DnsPlugin = {
      name: "never",
      wrap: () => (asked) => {
        signal = asked.signal;
        return new Promise<DnsReply>(() => {});
      },
    };
    const { answerer, plugin } = await startChain(world.reactor, cachePlugin(), never);
    const reply = answerer(request("a.example A")) as Promise<DnsReply>;
    await plugin.stopped?.();
    await assert.rejects(reply, { name: "AbortError" });
    assert.equal(signal?.aborted, true);
  }));

function slowly(world: World, zone: ReturnType<typeof zoneOf>, ms: number): ReturnType<typeof zoneOf> {
  const answer = zone.wrap(undefined as never);
  const late = async (asked: DnsRequest): Promise<DnsReply> => {
    await world.clock.sleep(ms);
    return answer(asked);
  };
  return { ...zone, wrap: () => late };
}

function failing(zone: DnsPlugin): DnsPlugin & { isBroken: boolean; asked: number } {
  const plugin = {
    name: "failing",
    isBroken: false,
    asked: 0,
    wrap: () => (asked: DnsRequest) => {
      plugin.asked++;
      return plugin.isBroken ? bareResponse(DnsRcode.servFail) : zone.wrap(undefined as never)(asked);
    },
  };
  return plugin;
}

function rcodeOf(reply: DnsReply): number | undefined {
  return reply.type === "response" ? reply.rcode : undefined;
}
