import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionError } from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import type { DnsExchangeOptions, DnsExchanger } from "../client/exchanger.ts";
import { decodeDnsMessage } from "../message/decode.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import type { DnsMessage, DnsMessageInit } from "../message/message.ts";
import { parseDnsRecord } from "../records/text.ts";
import { dnsServer } from "../serving/dns-server.ts";
import type { DnsReply } from "../serving/reply.ts";
import { DnsRcode } from "../words.ts";
import { cachePlugin } from "./cache.ts";
import { forwardPlugin } from "./forward.ts";
import { request, startChain, talk, zoneOf } from "./talk.test.kit.ts";

const to = ["192.0.2.1", "192.0.2.2"];

test("passes a question on with RD, CD and DO, and the answer back with AD and its extended errors", () =>
  simulate({}, async (world) => {
    const servers = fakeServers(world, {
      "192.0.2.1": () => ({
        recursionAvailable: true,
        authenticData: true,
        answers: [parseDnsRecord("www.example. 60 A 192.0.2.80")],
        edns: { options: [{ type: "extended-error", infoCode: 29, text: "made up" }] },
      }),
    });
    const chain = await startChain(world.reactor, forwardPlugin({ to: "192.0.2.1", exchanger: servers }));
    await talk(
      chain,
      `Q: www.example A do cd
       A: NOERROR ra ad
       www.example. 60 IN A 192.0.2.80
       EDE 29 made up`,
    );
    const [{ message }] = servers.asked as [Asked];
    assert.deepEqual([message.recursionDesired, message.checkingDisabled, message.edns?.dnssecOk], [true, true, true]);
    assert.equal(message.authenticData, true);
    assert.deepEqual(message.edns?.options ?? [], []);
  }));

test("asks the next server when one is silent, and leaves it alone when it is silent again", () =>
  simulate({}, async (world) => {
    const servers = fakeServers(world, { "192.0.2.1": silent, "192.0.2.2": answer });
    const chain = await startChain(world.reactor, forwardPlugin({ to, policy: "in-order", exchanger: servers }));
    const waits: number[] = [];
    for (let i = 0; i < 3; i++) {
      const began = world.clock.now();
      assert.equal(rcodeOf(await chain.answerer(request("www.example A"))), DnsRcode.noError);
      waits.push(Math.round(world.clock.now() - began));
    }
    assert.deepEqual(waits, [2_000, 2_000, 0]);
  }));

test("a server that has come back is asked again before long", () =>
  simulate({}, async (world) => {
    const behaviour: Record<string, Behaviour> = { "192.0.2.1": refusing, "192.0.2.2": answer };
    const servers = fakeServers(world, behaviour);
    const { answerer } = await startChain(world.reactor, forwardPlugin({ to, policy: "in-order", exchanger: servers }));
    for (let i = 0; i < 20; i++) {
      await answerer(request("www.example A"));
      await world.clock.sleep(1_000);
    }
    const tries = servers.asked.filter(({ host }) => host === "192.0.2.1").length;
    assert.ok(tries < 9, `a dead server was tried ${tries} times in 20 s`);
    behaviour["192.0.2.1"] = answer;
    await world.clock.sleep(30_000);
    servers.asked.length = 0;
    for (let i = 0; i < 3; i++) await answerer(request("www.example A"));
    assert.deepEqual(
      servers.asked.map(({ host }) => host),
      ["192.0.2.1", "192.0.2.1", "192.0.2.1"],
    );
  }));

test("an error of one server is answered when no other knows better", () =>
  simulate({}, async (world) => {
    const servers = fakeServers(world, { "192.0.2.1": () => ({ rcode: DnsRcode.refused }), "192.0.2.2": silent });
    const chain = await startChain(world.reactor, forwardPlugin({ to, exchanger: servers }));
    await talk(
      chain,
      `Q: www.example A
       A: REFUSED`,
    );
  }));

test("when nobody answers it says so, before the client gives up (RFC 8914 §4.23)", () =>
  simulate({}, async (world) => {
    const servers = fakeServers(world, { "192.0.2.1": silent, "192.0.2.2": silent, "192.0.2.3": silent });
    const chain = await startChain(world.reactor, forwardPlugin({ to: [...to, "192.0.2.3"], exchanger: servers }));
    await talk(
      chain,
      `Q: www.example A
       A: SERVFAIL
       EDE 22`,
    );
    assert.equal(Math.round(world.clock.now()), 5_000);
  }));

test("servers take turns, or the fastest is asked, and the others now and then", async (t) => {
  const hostsOf = async (
    world: World,
    policy: "fastest" | "random" | "round-robin",
    count: number,
  ): Promise<string[]> => {
    const servers = fakeServers(world, { "192.0.2.1": after(world, 30), "192.0.2.2": after(world, 10) });
    const { answerer } = await startChain(world.reactor, forwardPlugin({ to, policy, exchanger: servers }));
    for (let i = 0; i < count; i++) await answerer(request("www.example A"));
    return servers.asked.map(({ host }) => host.slice(-1));
  };
  await t.test("round-robin", () =>
    simulate({}, async (world) => assert.deepEqual(await hostsOf(world, "round-robin", 4), ["1", "2", "1", "2"])),
  );
  await t.test("random", () =>
    simulate({}, async (world) => assert.deepEqual(new Set(await hostsOf(world, "random", 40)), new Set(["1", "2"]))),
  );
  await t.test("fastest", () =>
    simulate({}, async (world) => {
      const fast = (await hostsOf(world, "fastest", 200)).filter((host) => host === "2").length;
      assert.ok(fast > 180 && fast < 199, `the fast one was asked ${fast} times of 200`);
    }),
  );
});

test("a server has no more questions at a time than it may", () =>
  simulate({}, async (world) => {
    const servers = fakeServers(world, { "192.0.2.1": after(world, 100) });
    const plugin = forwardPlugin({ to: "192.0.2.1", concurrentMax: 2, exchanger: servers });
    const chain = await startChain(world.reactor, plugin);
    const waiting = ["a", "b"].map((name) => chain.answerer(request(`${name}.example A`)));
    await talk(
      chain,
      `Q: c.example A
       A: SERVFAIL
       EDE 0 Too many questions wait for an answer`,
    );
    assert.deepEqual((await Promise.all(waiting)).map(rcodeOf), [0, 0]);
  }));

test("its own question that comes back is answered at once, so circles come to an end", () =>
  simulate({}, async (world) => {
    const servers = fakeServers(world, {
      "192.0.2.1": async ({ name }) => ({ rcode: rcodeOf(await chain.answerer(request(`${name} A from 192.0.2.1`)))! }),
      "192.0.2.2": async ({ name }) => ({ rcode: rcodeOf(await far.answerer(request(`${name} A from 192.0.2.77`)))! }),
    });
    const chain = await startChain(world.reactor, forwardPlugin({ to: "192.0.2.1", exchanger: servers }));
    await talk(
      chain,
      `Q: www.example A
       A: SERVFAIL`,
    );
    assert.equal(servers.asked.length, 1);
    const far = await startChain(world.reactor, forwardPlugin({ to: "192.0.2.2", exchanger: servers }));
    await far.answerer(request("www.example A"));
    assert.ok(servers.asked.length < 40, "a circle over others ends as well");
  }));

test("gives up when the client does", () =>
  simulate({}, async (world) => {
    const servers = fakeServers(world, { "192.0.2.1": silent });
    const { answerer } = await startChain(world.reactor, forwardPlugin({ to: "192.0.2.1", exchanger: servers }));
    const gone = new AbortController();
    const reply = answerer(request("www.example A", { signal: gone.signal })) as Promise<DnsReply>;
    gone.abort(new Error("gone"));
    await assert.rejects(reply, /gone/);
  }));

test("behind a cache nobody sees an error while one of two servers lives, and afterwards what is stale", () =>
  simulate({}, async (world) => {
    const alive = new Set(to);
    const turns: Behaviour = (asked) => (alive.has(asked.host) ? answer(asked) : silent(asked));
    const servers = fakeServers(world, { "192.0.2.1": turns, "192.0.2.2": turns });
    const cache = cachePlugin();
    const { answerer } = await startChain(world.reactor, cache, forwardPlugin({ to, exchanger: servers }));
    const askAll = (): Promise<(number | undefined)[]> =>
      Promise.all(Array.from({ length: 20 }, async (_, i) => rcodeOf(await answerer(request(`h${i}.example A`)))));
    for (let minute = 0; minute < 60; minute++) {
      alive.clear();
      alive.add(to[world.random.integer(0, 2)]!);
      assert.deepEqual(new Set(await askAll()), new Set([DnsRcode.noError]), `minute ${minute}`);
      await world.clock.sleep(world.random.integer(5_000, 70_000));
    }
    alive.clear();
    await world.clock.sleep(61_000);
    const began = world.clock.now();
    assert.deepEqual(new Set(await askAll()), new Set([DnsRcode.noError]));
    assert.ok(world.clock.now() - began <= 1_801, "and nobody waits long for it");
    assert.ok(cache.cache.statistics.staleHits > 0);
  }));

test("forwards over the network: a client, a forwarder with a cache, and two servers of which one is lost", () =>
  simulate({}, async (world) => {
    const zone = zoneOf("example. 600 SOA ns host 1 2 3 4 300", "www.example. 60 A 192.0.2.80");
    const host = world.host("authority");
    await world.listen("udp:53", dnsServer(zone), { reactor: host });
    const places = ["10.9.9.9", host.address];
    const chain = await startChain(world.reactor, cachePlugin(), forwardPlugin({ to: places, policy: "in-order" }));
    await talk(
      chain,
      `Q: www.example A
       A: NOERROR aa
       www.example. 60 IN A 192.0.2.80
       Q: www.example A
       A: NOERROR
       www.example. 60 IN A 192.0.2.80
       Q: no.example A
       A: NXDOMAIN
       + example. 600 IN SOA ns. host. 1 2 3 4 300`,
    );
    await chain.plugin.stopped?.();
  }));

/** A network that loses, doubles and overtakes; servers that are lost in turns, and in the end both. */
const bad = { latencyMs: [1, 80], datagramLoss: 0.02, datagramDuplicates: 0.1, datagramReordering: 0.1 } as const;

for (const seed of seeds({ count: 6, soakCount: 500 }))
  test(`on a bad network, while servers are lost in turns, everybody is answered (seed ${seed})`, () =>
    simulate({ seed, ...bad }, async (world) => {
      const names = Array.from({ length: 10 }, (_, i) => `h${i}.example`);
      const authorities = ["one", "two"].map((name) => world.host(name));
      for (const reactor of authorities)
        await world.listen("udp:53", dnsServer(zoneOf(...names.map((name) => `${name}. 5 A 192.0.2.1`))), { reactor });
      const forward = forwardPlugin({ to: authorities.map(({ address }) => address) });
      const chain = await startChain(world.reactor, cachePlugin(), forward);
      const round = async (): Promise<void> => {
        const replies = await Promise.all(names.map(async (name) => chain.answerer(request(`${name} A`))));
        assert.deepEqual(new Set(replies.map(rcodeOf)), new Set([DnsRcode.noError]));
        await world.clock.sleep(world.random.integer(1, 12_000));
      };
      await round();
      for (let turn = 0; turn < 20; turn++) {
        world.heal();
        world.partition("home", world.random.number() < 0.5 ? "one" : "two");
        await round();
      }
      for (const { name } of authorities) world.partition("home", name);
      for (let turn = 0; turn < 5; turn++) await round();
      await chain.plugin.stopped?.();
    }));

interface Asked {
  readonly host: string;
  readonly name: string;
  readonly message: DnsMessageInit;
  readonly options: DnsExchangeOptions;
}

type Behaviour = (asked: Asked & { readonly world: World }) => DnsMessageInit | Promise<DnsMessageInit>;

/** Servers that behave as told. */
function fakeServers(world: World, behaviours: Readonly<Record<string, Behaviour>>): DnsExchanger & { asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    async exchange(message, { host }, options = {}): Promise<DnsMessage> {
      const one = { host, name: String(message.questions?.[0]?.name), message, options };
      asked.push(one);
      const init = await behaviours[host]!({ ...one, world });
      const { questions } = message;
      return decodeDnsMessage(encodeDnsMessage({ questions, response: true, edns: {}, ...init }));
    },
  };
}

const answer: Behaviour = ({ name }) => ({ answers: [parseDnsRecord(`${name} 60 A 192.0.2.80`)] });

const refusing: Behaviour = () => Promise.reject(new ConnectionError("refused", "Cannot connect: refused"));

const silent: Behaviour = async ({ world, options: { timeoutMs = 5_000, signal } }) => {
  await world.clock.sleep(timeoutMs, { signal });
  throw new ConnectionError("timed-out", "Cannot finish: it took too long");
};

function after(world: World, ms: number): Behaviour {
  return async (asked) => {
    await world.clock.sleep(ms);
    return answer(asked);
  };
}

function rcodeOf(reply: DnsReply): number | undefined {
  return reply.type === "response" ? reply.rcode : undefined;
}
