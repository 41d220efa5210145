import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDomainName } from "../name/domain-name.ts";
import { DnsType } from "../records/types.ts";
import { dnsResponse } from "../serving/reply.ts";
import { DnsRcode } from "../words.ts";
import { knownResult } from "./known.ts";
import { addressOf, linesOf, Play } from "./play.test.kit.ts";
import { responseOf } from "./response.ts";
import { plugin, sets, treeServers } from "./tree.test.kit.ts";

const silence = plugin(() => ({ type: "drop" }));

function silenceAll(play: Play): void {
  for (const name of treeServers) play.servers.set(addressOf(name), silence);
}

test("what is out of date is given when nobody answers, for 30 s, and says so (RFC 8767)", () => {
  const play = new Play();
  play.resolve("alias.good.example");
  play.resolve("nowhere.good.example");
  silenceAll(play);
  play.now += 7_200_000;
  assert.deepEqual(play.resolve("alias.good.example").lines, [
    "NOERROR",
    "EDE 3",
    "alias.good.example. 30 IN CNAME www.good.example.",
    "www.good.example. 30 IN A 192.0.2.1",
  ]);
  assert.deepEqual(play.resolve("nowhere.good.example").lines, ["NXDOMAIN", "EDE 19"]);
  play.now += 86_400_000;
  assert.equal(play.resolve("alias.good.example").lines[0], "SERVFAIL");
});

test("a failure is remembered, longer each time, and forgotten when there is an answer (RFC 9520)", () => {
  const play = new Play();
  const name = parseDomainName("x.dead.example");
  play.resolve("x.dead.example");
  assert.ok(play.shared.failures.find(name, DnsType.A, play.now));
  assert.equal(play.shared.failures.find(name, DnsType.A, play.now + 5_001), undefined);
  play.now += 6_000;
  play.resolve("x.dead.example");
  assert.ok(play.shared.failures.find(name, DnsType.A, play.now + 9_000));
  play.now += 60_000;
  play.servers.set(
    addressOf("dead"),
    plugin(() => dnsResponse({ authoritative: true, answers: sets("x.dead.example. 60 A 192.0.2.4") })),
  );
  assert.equal(play.resolve("x.dead.example").lines[0], "NOERROR");
  assert.equal(play.shared.failures.find(name, DnsType.A, play.now), undefined);
});

test("servers that are silent again and again are left alone for a while, so that a dead zone fails at once", () => {
  const play = new Play();
  for (const name of ["a", "b", "c"]) play.resolve(`${name}.dead.example`);
  const before = play.now;
  const { lines, resolution } = play.resolve("d.dead.example");
  assert.deepEqual(lines, ["SERVFAIL", "EDE 22"]);
  assert.equal(resolution.exchanges, 0);
  assert.equal(play.now, before);
});

test("names below one that does not exist do not exist either, for those who want that (RFC 8020)", () => {
  const play = new Play({ cache: { nxdomainCut: true } });
  play.resolve("nowhere.good.example");
  const question = { name: parseDomainName("a.b.nowhere.good.example"), type: DnsType.MX };
  const known = knownResult(play.shared, question, play.now);
  assert.deepEqual(known && linesOf(responseOf(known, play.now)), ["NXDOMAIN", "EDE 29"]);
  assert.equal(play.resolve("a.b.nowhere.good.example MX").resolution.exchanges, 0);
});

test("without that, a name is asked for even below one that was denied: some servers deny what has no records", () => {
  const play = new Play();
  assert.equal(play.resolve("b.c.ents.example").lines[0], "NXDOMAIN");
  assert.equal(play.resolve("a.b.c.ents.example").lines[0], "NOERROR");
});

test("signatures and proofs stay with their sets, and go to those who want them (RFC 4035 §3.1)", () => {
  const play = new Play();
  const signed = (type: string) => `RRSIG ${type} 13 3 60 20300101000000 20200101000000 1 liar.example. AAAA`;
  play.servers.set(
    addressOf("liar"),
    plugin(({ query }) => {
      if (query.edns?.dnssecOk !== true) return dnsResponse({ rcode: DnsRcode.servFail });
      if (String(query.name).startsWith("no")) {
        const soa = "liar.example. 60 SOA ns. host. 1 1 1 1 60";
        const nsec = "liar.example. 60 NSEC ok.liar.example. NS SOA";
        return dnsResponse({
          rcode: 3,
          authoritative: true,
          authorities: sets(soa, `liar.example. 60 ${signed("SOA")}`, nsec, `liar.example. 60 ${signed("NSEC")}`),
        });
      }
      return dnsResponse({
        authoritative: true,
        answers: sets(
          `${query.name} 60 A 192.0.2.8`,
          `${query.name} 60 ${signed("A")}`,
          `${query.name} 60 ${signed("MX")}`,
        ),
      });
    }),
  );
  const found = play.resolve("ok.liar.example");
  assert.equal(found.lines.length, 2, "nobody asked for signatures");
  assert.equal(found.response.authenticData, false);
  const told = found.resolution.response(play.now, { dnssecOk: true })!;
  assert.deepEqual(
    told.answers.map((set) => set.type),
    [DnsType.A, DnsType.RRSIG],
  );
  assert.equal(told.answers[1]!.data.length, 1, "only the signature over the set");
  assert.equal(told.authenticData, false);
  const denied = play.resolve("no.liar.example").resolution.response(play.now, { dnssecOk: true })!;
  assert.deepEqual(
    denied.authorities.map((set) => set.type),
    [DnsType.SOA, DnsType.RRSIG, DnsType.NSEC, DnsType.RRSIG],
  );
});

test("an answer without authority does not take the place of one with it (RFC 2181 §5.4.1)", () => {
  const play = new Play();
  const name = parseDomainName("www.good.example");
  play.resolve("www.good.example");
  const good = play.shared.cache.find(name, DnsType.A, play.now)!;
  const other = { ...good, credibility: 1, set: sets("www.good.example. 60 A 192.0.2.66")[0]! } as typeof good;
  play.shared.cache.put(name, DnsType.A, other, play.now);
  assert.equal(play.shared.cache.find(name, DnsType.A, play.now), good);
  play.now += 61_000;
  play.shared.cache.put(name, DnsType.A, { ...other, expiresAt: play.now + 1 }, play.now);
  assert.notEqual(play.shared.cache.find(name, DnsType.A, play.now), good);
});

test("what may not be kept is given and not kept", () => {
  const play = new Play();
  play.servers.set(
    addressOf("liar"),
    plugin(({ query }) => dnsResponse({ authoritative: true, answers: sets(`${query.name} 0 A 192.0.2.8`) })),
  );
  assert.deepEqual(play.resolve("ok.liar.example").lines, ["NOERROR", "ok.liar.example. 0 IN A 192.0.2.8"]);
  assert.equal(play.resolve("ok.liar.example").resolution.exchanges, 1);
});

test("the root's servers are those that they name themselves, until that is out of date (RFC 9609)", () => {
  const play = new Play();
  assert.equal(play.shared.cuts.isPrimed(play.now), false);
  play.resolve(". NS");
  assert.equal(play.shared.cuts.isPrimed(play.now), true);
  assert.deepEqual(play.shared.cuts.root(play.now).names.map(String).sort(), [
    "a.root-servers.net.",
    "b.root-servers.net.",
  ]);
  assert.deepEqual([...play.shared.cuts.root(play.now).glue.values()].flat().sort(), [
    addressOf("root1"),
    addressOf("root2"),
  ]);
  play.now += 3_601_000;
  assert.equal(play.shared.cuts.isPrimed(play.now), false);
  assert.equal(play.resolve("www.good.example").lines[0], "NOERROR");
});

test("a zone that moved is found by asking its parent again, when none of the servers known answers", () => {
  const play = new Play();
  play.resolve("www.good.example");
  play.servers.set(addressOf("moved"), play.servers.get(addressOf("good1"))!);
  for (const name of ["good1", "good2"]) play.servers.set(addressOf(name), silence);
  play.servers.set(
    addressOf("tld1"),
    plugin(({ query }) => {
      if (!query.name.isWithin(parseDomainName("good.example"))) throw new TypeError(`Cannot answer ${query.name}`);
      const authorities = sets("good.example. 3600 NS ns9.good.example.");
      return dnsResponse({ authorities, additionals: sets(`ns9.good.example. 3600 A ${addressOf("moved")}`) });
    }),
  );
  play.now += 120_000;
  assert.deepEqual(play.resolve("www.good.example").lines, ["NOERROR", "www.good.example. 60 IN A 192.0.2.1"]);
});

test("an answer about the root's servers without any address leaves the hints in their place", () => {
  const play = new Play();
  const bare = plugin(() => dnsResponse({ authoritative: true, answers: sets(". 3600 NS a.root-servers.net.") }));
  const roots = ["root1", "root2"].map((name) => [addressOf(name), play.servers.get(addressOf(name))!] as const);
  for (const [address] of roots) play.servers.set(address, bare);
  assert.equal(play.resolve(". NS").lines[0], "NOERROR");
  for (const [address, root] of roots) play.servers.set(address, root);
  assert.equal(play.shared.cuts.isPrimed(play.now), false);
  assert.equal(play.resolve("www.good.example").lines[0], "NOERROR");
});

test("a refreshed answer is asked for again, its aliases and all", () => {
  const play = new Play();
  play.resolve("far.good.example");
  play.now += 30_000;
  const { lines, resolution } = play.resolve("far.good.example A refresh");
  assert.equal(resolution.exchanges, 2);
  assert.deepEqual(lines.slice(1), [
    "far.good.example. 3600 IN CNAME www.other.org.",
    "www.other.org. 3600 IN A 192.0.2.3",
  ]);
});
