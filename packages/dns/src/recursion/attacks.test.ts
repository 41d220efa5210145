import assert from "node:assert/strict";
import { test } from "node:test";
import { ZoneTable } from "../authority/zone-table.ts";
import { zonesPlugin } from "../authority/zones-plugin.ts";
import { decodeDnsMessage } from "../message/decode.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import type { DnsMessage } from "../message/message.ts";
import { type DomainName, parseDomainName } from "../name/domain-name.ts";
import { DnsType } from "../records/types.ts";
import { bareResponse, type DnsReply, dnsResponse } from "../serving/reply.ts";
import { DnsRcode } from "../words.ts";
import type { ResolutionAsk } from "./exchange.ts";
import { addressOf, Play, said } from "./play.test.kit.ts";
import { plugin, sets, zoneWith } from "./tree.test.kit.ts";

/** The tree, where the server of `liar.example` says what an attacker would have it say. */
function attackedBy(
  answer: (name: DomainName, type: number) => DnsReply,
  options: ConstructorParameters<typeof Play>[0] = {},
): Play {
  const play = new Play(options);
  play.servers.set(
    addressOf("liar"),
    plugin(({ query }) => answer(query.name, query.type)),
  );
  return play;
}

const victims = (play: Play): number => play.askedOf("good1") + play.askedOf("good2");

function manyServers(count: number, of: (at: number) => string): DnsReply {
  return dnsResponse({
    authorities: sets(...Array.from({ length: count }, (_, at) => `x.liar.example. 86400 NS ${of(at)}.`)),
  });
}

test("NXNSAttack (CVE-2020-8616): a referral to a thousand servers in the victim's zone costs the victim a handful of questions", () => {
  const play = attackedBy(() => manyServers(1_000, (at) => `fake${at}.good.example`));
  const { lines, resolution } = play.resolve("a.x.liar.example");
  assert.deepEqual(lines.slice(0, 2), ["SERVFAIL", "EDE 22"]);
  assert.ok(victims(play) <= 6, `${victims(play)} questions to the victim`);
  assert.ok(resolution.exchanges <= 20, `${resolution.exchanges} exchanges`);
});

test("NXNSAttack, nested: referrals to servers whose zones refer again end at the limits of one question", () => {
  let count = 0;
  const play = attackedBy((name) => {
    const zone = name.suffix(3);
    const authorities = sets(...Array.from({ length: 50 }, () => `${zone} 86400 NS ns.z${++count}.liar.example.`));
    return dnsResponse({ authorities });
  });
  const { lines, resolution } = play.resolve("a.x.liar.example");
  assert.equal(lines[0], "SERVFAIL");
  assert.ok(resolution.exchanges <= 100, `${resolution.exchanges} exchanges`);
  assert.ok(play.now <= 1_010_000);
});

test("NRDelegationAttack (CVE-2022-3204): a referral to many servers that do not answer ends after a dozen attempts", () => {
  const play = attackedBy(() => {
    const names = Array.from({ length: 500 }, (_, at) => `n${at}.liar.example.`);
    const authorities = sets(...names.map((name) => `x.liar.example. 86400 NS ${name}`));
    const additionals = sets(...names.map((name, at) => `${name} 86400 A 203.0.113.${at % 250}`));
    return dnsResponse({ authorities, additionals });
  });
  const { lines, resolution } = play.resolve("a.x.liar.example");
  assert.equal(lines[0], "SERVFAIL");
  assert.ok(resolution.exchanges <= 16, `${resolution.exchanges} exchanges`);
});

test("TsuNAME: zones whose servers are in each other are found out, and asking again costs nothing", () => {
  const play = new Play();
  const first = play.resolve("x.ring-a.example");
  assert.deepEqual(first.lines, ["SERVFAIL", "EDE 22"]);
  assert.ok(first.resolution.exchanges <= 6);
  const tld = play.askedOf("tld1");
  for (let again = 0; again < 20; again++) play.resolve(`x${again}.ring-a.example`);
  assert.ok(play.askedOf("tld1") <= tld + 4, `${play.askedOf("tld1") - tld} more questions to the TLD`);
});

test("CacheFlush: huge referrals and answers do not drive out what is wanted", () => {
  const play = attackedBy(
    (name) => {
      const zone = name.suffix(3);
      const names = Array.from({ length: 400 }, (_, at) => `n${at}.${zone}`);
      const authorities = sets(...names.map((one) => `${zone} 86400 NS ${one}`));
      return dnsResponse({ authorities, additionals: sets(...names.map((one) => `${one} 86400 A 203.0.113.1`)) });
    },
    { cache: { entriesMax: 50 } },
  );
  play.resolve("www.good.example AAAA");
  play.resolve("www.good.example AAAA");
  const { size } = play.shared.cache;
  for (let at = 0; at < 30; at++) play.resolve(`a.z${at}.liar.example`, { deadlineMs: 500 });
  assert.ok(play.shared.cache.size <= size + 1, "referrals fill no cache of answers");
  assert.equal(play.resolve("www.good.example AAAA").resolution.exchanges, 0);
});

test("iDNS (CVE-2014-8500): delegations without end, each to servers of another, end at the limits of one question", () => {
  let depth = 0;
  const play = attackedBy((name) => {
    const authorities = sets(`${name.suffix(3)} 86400 NS ns.d${++depth}.liar.example.`);
    return dnsResponse({ authorities });
  });
  const { lines, resolution } = play.resolve("a.d0.liar.example");
  assert.equal(lines[0], "SERVFAIL");
  assert.ok(resolution.exchanges <= 40, `${resolution.exchanges} exchanges`);
});

test("iDNS, downwards: a server that refers from each label to the next ends with the labels", () => {
  const play = attackedBy((name, type) => {
    const server = addressOf("liar");
    if (type === DnsType.TXT) return dnsResponse({ authoritative: true, answers: sets(`${name} 60 TXT "end"`) });
    if (String(name) === "ns.liar.example.")
      return dnsResponse({ authoritative: true, answers: sets(`${name} 60 A ${server}`) });
    return dnsResponse({ authorities: sets(`${name} 86400 NS ns.liar.example.`) });
  });
  const { lines, resolution } = play.resolve(`${"a.".repeat(60)}liar.example TXT`);
  assert.equal(lines[0], "NOERROR");
  assert.ok(resolution.exchanges <= 20, `${resolution.exchanges} exchanges`);
});

test("Kaminsky (CVE-2008-1447): no answer about one name changes who serves its zone, or another's address", () => {
  const play = new Play();
  play.resolve("www.good.example");
  const evil = addressOf("liar");
  const forged = (ask: ResolutionAsk): DnsMessage | undefined =>
    said(
      plugin(() =>
        dnsResponse({
          authoritative: true,
          answers: sets(`${ask.name} 60 A ${evil}`),
          authorities: sets("good.example. 86400 NS ns.liar.example.", "example. 86400 NS ns.liar.example."),
          additionals: sets(`www.good.example. 86400 A ${evil}`, `ns1.good.example. 86400 A ${evil}`),
        }),
      ),
      ask,
    );
  const honest = ["good1", "good2"].map((name) => [addressOf(name), play.servers.get(addressOf(name))!] as const);
  for (const [address] of honest) play.servers.set(address, forged);
  assert.deepEqual(play.resolve("r4nd0m.good.example").lines, ["NOERROR", `r4nd0m.good.example. 60 IN A ${evil}`]);
  for (const [address, server] of honest) play.servers.set(address, server);
  play.now += 61_000;
  assert.deepEqual(play.resolve("www.good.example").lines, ["NOERROR", "www.good.example. 60 IN A 192.0.2.1"]);
  assert.equal(play.askedOf("liar"), 0);
});

test("ghost domains (CVE-2012-1033, CVE-2022-30698): what the parent took away is gone when its word is out of date", () => {
  const play = new Play();
  assert.equal(play.resolve("www.good.example").lines[0], "NOERROR");
  const without = zoneWith("example", `@ NS a.nic\na.nic A ${addressOf("tld1")}`);
  play.servers.set(addressOf("tld1"), zonesPlugin(new ZoneTable([without])));
  play.now += 3_000_000;
  assert.equal(play.resolve("good.example NS refresh").lines[0], "NOERROR"); // the child says it lives for another hour
  assert.equal(play.resolve("www.sub.good.example").lines[0], "NOERROR"); // and so does what it delegates
  play.now += 700_000;
  assert.deepEqual(play.resolve("other.good.example").lines, ["NXDOMAIN"]);
  assert.deepEqual(play.resolve("other.sub.good.example").lines, ["NXDOMAIN"]);
});

test("glue of another zone is not heard, and glue counts for its own delegation only (RFC 2181 §5.4.1)", () => {
  const evil = addressOf("liar");
  const play = attackedBy((name) =>
    dnsResponse({
      authorities: sets(
        `${name.suffix(3)} 86400 NS ns1.good.example.`,
        `${name.suffix(3)} 86400 NS ns.mine.liar.example.`,
      ),
      additionals: sets(`ns1.good.example. 86400 A ${evil}`, "ns.mine.liar.example. 86400 A 203.0.113.9"),
    }),
  );
  play.resolve("a.x.liar.example");
  const asked = play.askedOf("liar");
  assert.deepEqual(play.resolve("ns1.good.example").lines.slice(1), [
    `ns1.good.example. 3600 IN A ${addressOf("good1")}`,
  ]);
  assert.deepEqual(play.resolve("ns.mine.liar.example").lines[0], "SERVFAIL"); // glue is no answer
  assert.ok(play.askedOf("liar") > asked);
});

for (const question of ["upward", "sideways", "self"])
  test(`a referral that leads ${question} makes a server lame for its zone, and nothing is believed of it`, () => {
    const play = new Play();
    assert.deepEqual(play.resolve(`${question}.liar.example`).lines, ["SERVFAIL", "EDE 22", "EDE 23"]);
    assert.equal(play.resolve("www.good.example").lines[1], "www.good.example. 60 IN A 192.0.2.1");
    assert.ok(play.asked.every((line) => !(line.startsWith(addressOf("liar")) && line.includes("good"))));
  });

test("what an answer brings along unasked is left out, and not remembered", () => {
  const play = new Play();
  assert.deepEqual(play.resolve("extra.liar.example").lines, ["NOERROR", "extra.liar.example. 300 IN A 192.0.2.66"]);
  assert.deepEqual(play.resolve("extra.liar.example").response.authorities, []);
  assert.equal(play.resolve("www.good.example").lines[1], "www.good.example. 60 IN A 192.0.2.1");
  assert.ok(play.resolve("unasked.liar.example").resolution.exchanges > 0);
});

test("an alias is followed to those who may say what is there", () => {
  const play = new Play();
  assert.deepEqual(play.resolve("poison.liar.example").lines, [
    "NOERROR",
    "poison.liar.example. 300 IN CNAME www.good.example.",
    "www.good.example. 60 IN A 192.0.2.1",
  ]);
});

test("aliases that grow without end are given up after a dozen", () => {
  const { lines, resolution } = new Play().resolve("endless.liar.example");
  assert.deepEqual(lines, ["SERVFAIL", "EDE 0"]);
  assert.ok(resolution.exchanges <= 30, `${resolution.exchanges} exchanges`);
});

test("a denial with the SOA of a zone above is for this name alone, and is not kept", () => {
  const play = new Play();
  assert.equal(play.resolve("denied.liar.example").lines[0], "NXDOMAIN");
  assert.deepEqual(play.resolve("denied.liar.example").response.authorities, []);
  assert.equal(play.resolve("www.good.example").lines[0], "NOERROR");
});

test("servers that drop, or refuse, questions with EDNS are asked without", () => {
  for (const refuse of [undefined, DnsRcode.formErr, DnsRcode.notImp]) {
    const play = new Play();
    const inner = plugin(({ query }) =>
      dnsResponse({ authoritative: true, answers: sets(`${query.name} 60 A 192.0.2.8`) }),
    );
    play.servers.set(addressOf("liar"), (ask) => {
      if (!ask.withEdns) return said(inner, ask);
      return refuse === undefined ? undefined : bare(ask, refuse);
    });
    assert.deepEqual(play.resolve("ok.liar.example").lines, ["NOERROR", "ok.liar.example. 60 IN A 192.0.2.8"]);
    const before = play.asked.length;
    play.resolve("ok2.liar.example");
    assert.equal(play.asked.length, before + 1, "it is remembered");
  }
});

test("servers that refuse letters of mixed case are asked in plain ones, about that zone only", () => {
  const play = new Play();
  const inner = plugin(({ query }) =>
    dnsResponse({ authoritative: true, answers: sets(`${query.name} 60 A 192.0.2.8`) }),
  );
  const refusing = plugin(() => bareResponse(DnsRcode.refused));
  play.servers.set(addressOf("liar"), (ask) => said(ask.mixedCase ? refusing : inner, ask));
  assert.equal(play.resolve("ok.liar.example").lines[0], "NOERROR");
  const place = { transport: "udp", host: addressOf("liar"), port: 53 } as const;
  assert.equal(play.shared.servers.takesCase(place, parseDomainName("liar.example"), play.now), false);
  assert.equal(play.shared.servers.takesCase(place, parseDomainName("good.example"), play.now), true);
});

function bare(ask: ResolutionAsk, rcode: number): DnsMessage {
  return decodeDnsMessage(encodeDnsMessage({ id: 1, response: true, rcode, questions: ask.message.questions }));
}
