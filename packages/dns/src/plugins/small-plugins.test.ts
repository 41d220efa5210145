import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { test } from "node:test";
import { simulate } from "@hawser/core/simulation";
import type { DnsPlugin } from "../serving/plugin.ts";
import { aclPlugin } from "./acl.ts";
import { anyPlugin } from "./any.ts";
import { dns64Plugin } from "./dns64.ts";
import { inZone, viewPlugin } from "./in-zone.ts";
import { logPlugin } from "./log.ts";
import { roundRobinPlugin } from "./round-robin.ts";
import { type DnsAnswerEvent, statisticsPlugin } from "./statistics.ts";
import { request, startChain, talk, zoneOf } from "./talk.test.kit.ts";

const www = ["www.example. 60 A 192.0.2.1", "www.example. 60 A 192.0.2.2", "www.example. 60 A 192.0.2.3"];

test("acl: the first rule that holds decides", () =>
  simulate({}, async (world) => {
    const acl = aclPlugin([
      { do: "allow", types: ["AXFR"], keys: "transfer.example" },
      { do: "refuse", types: ["AXFR", "IXFR"] },
      { do: "drop", from: "203.0.113.0/24" },
      { do: "refuse", types: ["TXT"], proven: false },
      { do: "allow", from: ["192.0.2.0/24", "2001:db8::/32"] },
      { do: "allow", zones: "public.example" },
      { do: "refuse" },
    ]);
    await talk(
      await startChain(world.reactor, acl, zoneOf("www.example. 60 A 192.0.2.1", "a.public.example. 60 A 192.0.2.2")),
      `Q: www.example A from 192.0.2.7
       A: NOERROR aa
       www.example. 60 IN A 192.0.2.1
       Q: www.example A from ::ffff:192.0.2.7
       A: NOERROR aa
       www.example. 60 IN A 192.0.2.1
       Q: www.example A from 2001:db8::7
       A: NOERROR aa
       www.example. 60 IN A 192.0.2.1
       Q: www.example A from 198.51.100.7
       A: REFUSED
       EDE 18
       Q: a.public.example A from 198.51.100.7
       A: NOERROR aa
       a.public.example. 60 IN A 192.0.2.2
       Q: a.public.example A from 203.0.113.7
       A: drop
       Q: www.example TXT from 192.0.2.7
       A: REFUSED
       EDE 18
       Q: www.example TXT from 192.0.2.7 over tcp
       A: NOERROR
       Q: www.example AXFR from 192.0.2.7
       A: REFUSED
       EDE 18
       Q: www.example AXFR from 192.0.2.7 signed other.example
       A: REFUSED
       EDE 18
       Q: www.example AXFR from 192.0.2.7 signed Transfer.example
       A: NOERROR`,
    );
    assert.throws(() => aclPlugin([{ do: "drop", from: "10.0.0.0/33" }]), RangeError);
  }));

test("any: one small record, over UDP alone if that is wanted (RFC 8482 §4.2)", () =>
  simulate({}, async (world) => {
    await talk(
      await startChain(world.reactor, anyPlugin({ over: "udp" }), zoneOf(...www)),
      `Q: www.example ANY
       A: NOERROR
       www.example. 3600 IN HINFO "RFC${8482}" ""
       Q: www.example ANY over tcp
       A: NOERROR
       Q: www.example A
       A: NOERROR aa
       www.example. 60 IN A 192.0.2.1
       www.example. 60 IN A 192.0.2.2
       www.example. 60 IN A 192.0.2.3`,
    );
  }));

test("round robin: each answer begins with another address", () =>
  simulate({}, async (world) => {
    await talk(
      await startChain(world.reactor, roundRobinPlugin(), zoneOf(...www)),
      `Q: www.example A
       A: NOERROR aa
       www.example. 60 IN A 192.0.2.2
       www.example. 60 IN A 192.0.2.3
       www.example. 60 IN A 192.0.2.1
       Q: www.example A
       A: NOERROR aa
       www.example. 60 IN A 192.0.2.3
       www.example. 60 IN A 192.0.2.1
       www.example. 60 IN A 192.0.2.2`,
    );
  }));

test("in a zone, its own chain answers, and what lies outside goes on", () =>
  simulate({}, async (world) => {
    const inner = inZone(["home.arpa", "168.192.in-addr.arpa"], [anyPlugin()]);
    const open = inZone("open.example", [anyPlugin()], { fallthrough: true });
    await talk(
      await startChain(world.reactor, inner, open, zoneOf("a.open.example. 60 A 192.0.2.1")),
      `Q: a.home.arpa ANY
       A: NOERROR
       a.home.arpa. 3600 IN HINFO "RFC${8482}" ""
       Q: a.home.arpa A
       A: REFUSED
       Q: a.open.example A
       A: NOERROR aa
       a.open.example. 60 IN A 192.0.2.1
       Q: ahome.arpa A
       A: NXDOMAIN`,
    );
  }));

test("views: some see what others do not; their plugins start, stop and reload with the chain", () =>
  simulate({}, async (world) => {
    const calls: string[] = [];
    const inside: DnsPlugin = {
      ...zoneOf("secret.example. 60 A 10.0.0.1"),
      started: () => void calls.push("started"),
      reload: () => void calls.push("reload"),
      stopped: () => void calls.push("stopped"),
    };
    const isInside = viewPlugin(({ peer }) => "host" in peer && peer.host.startsWith("10."), [inside]);
    const chain = await startChain(world.reactor, isInside, zoneOf());
    await talk(
      chain,
      `Q: secret.example A from 10.0.0.7
       A: NOERROR aa
       secret.example. 60 IN A 10.0.0.1
       Q: secret.example A from 192.0.2.7
       A: NXDOMAIN`,
    );
    await chain.plugin.reload?.();
    await chain.plugin.stopped?.();
    assert.deepEqual(calls, ["started", "reload", "stopped"]);
  }));

test("log: a line for each answer, whatever a name holds", () =>
  simulate({}, async (world) => {
    const lines: string[] = [];
    const slow: DnsPlugin = {
      name: "slow",
      wrap: (next) => async (asked) => {
        await world.clock.sleep(12);
        if (asked.query.name.labelCount > 3) throw new Error("it breaks");
        return next(asked);
      },
    };
    const log = logPlugin((line) => lines.push(line));
    const { answerer } = await startChain(
      world.reactor,
      log,
      aclPlugin([{ do: "drop", from: "10.0.0.1" }]),
      slow,
      zoneOf(...www),
    );
    await answerer(request("www.example A do cd from 192.0.2.7"));
    await answerer(request("a\\010b\\127.example TXT over tcp nord"));
    await answerer(request("www.example A from 10.0.0.1"));
    await assert.rejects(async () => answerer(request("a.b.c.example A from 2001:db8::1")));
    assert.deepEqual(lines, [
      "192.0.2.7:5353 udp www.example. IN A rd,cd,do NOERROR aa 3/0/0 88 12ms",
      "192.0.2.99:5353 tcp a\\010b\\127.example. IN TXT - NXDOMAIN - 0/0/0 41 12ms",
      "10.0.0.1:5353 udp www.example. IN A rd dropped 0.0ms",
      "[2001:db8::1]:5353 udp a.b.c.example. IN A rd failed 12ms",
    ]);
  }));

test("log: only what is wanted", () =>
  simulate({}, async (world) => {
    const lines: string[] = [];
    const log = logPlugin((line) => lines.push(line), {
      only: (_, reply) => reply.type === "response" && reply.rcode !== 0,
    });
    const { answerer } = await startChain(world.reactor, log, zoneOf(...www));
    await answerer(request("www.example A"));
    await answerer(request("no.example A"));
    assert.equal(lines.length, 1);
  }));

test("statistics: counts, buckets, and an event for whoever listens", () =>
  simulate({}, async (world) => {
    const slow: DnsPlugin = {
      name: "slow",
      wrap: (next) => (asked) =>
        asked.transport === "tcp" ? world.clock.sleep(20).then(() => next(asked)) : next(asked),
    };
    const events: DnsAnswerEvent[] = [];
    const note = (event: unknown): void => void events.push(event as DnsAnswerEvent);
    const counting = statisticsPlugin();
    const { answerer } = await startChain(world.reactor, counting, slow, zoneOf(...www));
    await answerer(request("www.example A"));
    await answerer(request("www.example TYPE65280"));
    subscribe("hawser:dns", note);
    await answerer(request("no.example MX over tcp"));
    unsubscribe("hawser:dns", note);
    const { answers, byRcode, byType, byTransport, latency, latencySumMs } = counting.statistics;
    assert.deepEqual(
      [answers, ...[byRcode, byType, byTransport].map((counts) => Object.fromEntries(counts))],
      [3, { NOERROR: 2, NXDOMAIN: 1 }, { A: 1, other: 1, MX: 1 }, { udp: 2, tcp: 1 }],
    );
    assert.deepEqual([latency.at(0)?.answers, latency.at(-1)?.answers, Math.round(latencySumMs)], [2, 3, 20]);
    assert.deepEqual(
      events.map(({ type, rcode }) => [type, rcode]),
      [["MX", "NXDOMAIN"]],
    );
  }));

test("dns64: addresses for those that have none, but not for who validates (RFC 6147)", () =>
  simulate({}, async (world) => {
    const zone = zoneOf(
      "four.example. 60 A 192.0.2.1",
      "both.example. 60 A 192.0.2.1",
      "both.example. 60 AAAA 2001:db8::1",
      "odd.example. 60 A 192.0.2.1",
      "odd.example. 60 AAAA ::ffff:192.0.2.1",
      "text.example. 60 TXT none",
    );
    await talk(
      await startChain(world.reactor, dns64Plugin(), zone),
      `Q: four.example AAAA
       A: NOERROR aa
       four.example. 60 IN AAAA 64:ff9b::c000:201
       Q: both.example AAAA
       A: NOERROR aa
       both.example. 60 IN AAAA 2001:db8::1
       Q: odd.example AAAA
       A: NOERROR aa
       odd.example. 60 IN AAAA 64:ff9b::c000:201
       Q: text.example AAAA
       A: NOERROR
       Q: no.example AAAA
       A: NXDOMAIN
       Q: four.example AAAA do cd
       A: NOERROR`,
    );
    assert.throws(() => dns64Plugin({ prefix: "64:ff9b::/64" }), RangeError);
  }));

test("what is at hand stays at hand through every plugin", () =>
  simulate({}, async (world) => {
    const { answerer } = await startChain(
      world.reactor,
      statisticsPlugin(),
      logPlugin(() => {}),
      aclPlugin([{ do: "allow", from: "192.0.2.0/24" }]),
      anyPlugin(),
      roundRobinPlugin(),
      dns64Plugin(),
      viewPlugin(() => true, [inZone("example", [], { fallthrough: true })], { fallthrough: true }),
      zoneOf(...www),
    );
    for (const type of ["A", "AAAA", "ANY", "MX"])
      assert.ok(!(answerer(request(`www.example ${type}`)) instanceof Promise), type);
  }));
