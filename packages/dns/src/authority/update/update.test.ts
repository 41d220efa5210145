import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ipAddress } from "@hawser/core";
import { parseDomainName } from "../../name/domain-name.ts";
import type { DnsRecord } from "../../records/record.ts";
import { parseDnsRecord } from "../../records/text.ts";
import { dnsTypeNumber } from "../../records/types.ts";
import { parseTsigKey, type TsigKey } from "../../tsig/key.ts";
import { formatDnsRcode } from "../../words.ts";
import { linesOf, zoneOf } from "../authority.test.kit.ts";
import { updatePermits, type ZoneUpdateGrant } from "./update-policy.ts";
import { updateOf } from "./update-text.test.kit.ts";
import { updateZone } from "./update-zone.ts";

const zoneText =
  "@ SOA ns host 7 2 3 4 5\n@ NS ns\n@ NS ns2\nns A 192.0.2.1\na A 192.0.2.2\na A 192.0.2.3\nc CNAME a\nx.e TXT x";

/** Does an update; tells its rcode, what goes behind `-`, and what comes behind `+`. */
function updated(text: string, ...lines: readonly string[]): readonly string[] {
  const zone = zoneOf(text);
  const { rcode, change } = updateZone(zone, updateOf(...lines), () => true);
  if (change === undefined) return [formatDnsRcode(rcode)];
  zone.apply(change);
  const { deleted, added, newSoa } = change;
  const short = (line: string): string => line.replaceAll(".example.org.", "").replaceAll(" IN", "");
  const serial = linesOf([newSoa])[0]!.split(" ")[6];
  return [
    `${formatDnsRcode(rcode)} ${serial}`,
    ...linesOf(deleted).map((line) => `- ${short(line)}`),
    ...linesOf(added).map((line) => `+ ${short(line)}`),
  ];
}

describe("prerequisites (RFC 2136 §3.2)", () => {
  const cases: readonly (readonly [line: string, rcode: string])[] = [
    ["yxdomain a", "NOERROR"],
    ["yxdomain none", "NXDOMAIN"],
    ["yxdomain e", "NXDOMAIN"], // nothing stands there but names below
    ["nxdomain none", "NOERROR"],
    ["nxdomain A", "YXDOMAIN"],
    ["yxrrset a A", "NOERROR"],
    ["yxrrset a AAAA", "NXRRSET"],
    ["nxrrset a AAAA", "NOERROR"],
    ["nxrrset a A", "YXRRSET"],
    ["yxrrset c CNAME A", "NOERROR"],
    ["yxrrset a A 192.0.2.2", "NXRRSET"],
    ["yxdomain a.example.com.", "NOTZONE"],
  ];
  for (const [line, rcode] of cases)
    test(`${line}: ${rcode}`, () => assert.deepEqual(updated(zoneText, `prereq ${line}`), [rcode]));

  test("a set must be there wholly, in any order", () => {
    const exact = ["prereq yxrrset a A 192.0.2.3", "prereq yxrrset a A 192.0.2.2"];
    assert.deepEqual(updated(zoneText, ...exact), ["NOERROR"]);
    assert.deepEqual(updated(zoneText, ...exact, "prereq yxrrset a A 192.0.2.4"), ["NXRRSET"]);
  });
});

describe("updates (RFC 2136 §3.4)", () => {
  const cases: readonly (readonly [what: string, lines: readonly string[], told: readonly string[]])[] = [
    ["a record is added", ["add n 60 A 192.0.2.9"], ["NOERROR 8", "+ n 60 A 192.0.2.9"]],
    ["what is there already changes nothing", ["add A 3600 A 192.0.2.2"], ["NOERROR"]],
    [
      "a TTL is that of the whole set",
      ["add a 60 A 192.0.2.2"],
      ["NOERROR 8", "- a 3600 A 192.0.2.2", "- a 3600 A 192.0.2.3", "+ a 60 A 192.0.2.2", "+ a 60 A 192.0.2.3"],
    ],
    ["nothing stands beside a CNAME", ["add c 60 A 192.0.2.9", "add a 60 CNAME c"], ["NOERROR"]],
    [
      "a CNAME takes the place of another",
      ["add c 3600 CNAME ns"],
      ["NOERROR 8", "- c 3600 CNAME a", "+ c 3600 CNAME ns"],
    ],
    ["a set is deleted", ["delete a A"], ["NOERROR 8", "- a 3600 A 192.0.2.2", "- a 3600 A 192.0.2.3"]],
    ["a name is deleted", ["delete x.e"], ["NOERROR 8", '- x.e 3600 TXT "x"']],
    ["a record is deleted", ["delete a A 192.0.2.3", "delete a A 192.0.2.4"], ["NOERROR 8", "- a 3600 A 192.0.2.3"]],
    [
      "a CNAME goes, and an address comes",
      ["delete c CNAME", "add c 60 A 192.0.2.9"],
      ["NOERROR 8", "- c 3600 CNAME a", "+ c 60 A 192.0.2.9"],
    ],
    ["the apex keeps its SOA and servers", ["delete @", "delete @ NS", "delete @ SOA"], ["NOERROR"]],
    ["the last server stays", ["delete @ NS ns", "delete @ NS ns2"], ["NOERROR 8", "- example.org. 3600 NS ns"]],
    ["a later SOA counts", ["add @ 3600 SOA ns host 50 2 3 4 5"], ["NOERROR 50"]],
    ["the same serial goes on", ["add @ 3600 SOA ns host 7 2 3 4 6"], ["NOERROR 8"]],
    [
      "an older SOA does not, nor one elsewhere",
      ["add @ 3600 SOA ns host 6 2 3 4 5", "add a 60 SOA ns host 9 2 3 4 5"],
      ["NOERROR"],
    ],
    [
      "names outside are refused, and nothing is done",
      ["add n 60 A 192.0.2.9", "add n.com. 60 A 192.0.2.9"],
      ["NOTZONE"],
    ],
    ["a DNAME takes the place of another", ["add d 60 DNAME a", "add d 60 DNAME b"], ["NOERROR 8", "+ d 60 DNAME b"]],
  ];
  for (const [what, lines, told] of cases) test(what, () => assert.deepEqual(updated(zoneText, ...lines), told));

  const soa = parseDnsRecord("example.org. 0 IN A 192.0.2.1");
  const malformed: readonly (readonly [what: string, record: DnsRecord])[] = [
    ["a class of another zone", { ...soa, class: 3 }],
    ["a deletion with a TTL", { ...soa, class: 254, ttl: 5 }],
    ["a deleted set with data", { ...soa, class: 255 }],
    ["a type of questions", { ...soa, type: "TYPE252", data: { octets: new Uint8Array(1) } } as DnsRecord],
  ];
  for (const [what, record] of malformed) {
    test(`${what} is malformed`, () => {
      const message = { ...updateOf(), authorities: [record] };
      assert.equal(formatDnsRcode(updateZone(zoneOf(zoneText), message, () => true).rcode), "FORMERR");
    });
  }

  test("serials go round and never are 0 (RFC 1982 §3.1)", () => {
    const text = "@ SOA ns host 4294967295 2 3 4 5\n@ NS ns";
    assert.equal(updated(text, "add n 60 A 192.0.2.9")[0], "NOERROR 1");
  });
});

describe("policies", () => {
  const key = (name: string): TsigKey => parseTsigKey(`${name}:c2VjcmV0`);
  const origin = parseDomainName("example.org");
  const may = (
    grants: readonly ZoneUpdateGrant[],
    who: TsigKey | string,
    name: string,
    type = "A",
  ): boolean | undefined => {
    const peer = ipAddress(typeof who === "string" ? who : "198.51.100.1", 53);
    const tsigKey = typeof who === "string" ? undefined : who;
    return updatePermits(grants, origin)({ peer, tsigKey })?.(parseDomainName(name, origin), dnsTypeNumber(type));
  };

  test("speak of keys, addresses, names and types", () => {
    const host = key("host1.example.org");
    const self: ZoneUpdateGrant[] = [{ key: "*", names: "self", types: ["A", "AAAA"] }];
    assert.equal(may(self, host, "host1"), true);
    assert.equal(may(self, host, "host2"), false);
    assert.equal(may(self, host, "host1", "TXT"), false);
    assert.equal(may(self, "192.0.2.1", "host1"), undefined);
    assert.equal(may([{ key: "host1.example.org", names: "selfsub" }], host, "a.host1"), true);
    assert.equal(may([{ from: ["192.0.2.0/24"] }], "192.0.2.77", "any.name"), true);
    assert.equal(may([{ from: ["192.0.2.0/24"] }], "192.0.3.77", "any.name"), undefined);
    assert.equal(may([{ key: "*", from: ["192.0.2.0/24"] }], "192.0.2.77", "a"), undefined);
    assert.equal(may([{ key: "*", names: "subdomain", name: "dyn" }], host, "a.b.dyn"), true);
    assert.equal(may([{ key: "*", names: "subdomain", name: "dyn" }], host, "xdyn"), false);
    assert.equal(may([{ key: "*", names: "wildcard", name: "*.dyn" }], host, "dyn"), false);
    assert.equal(
      may([{ key: "*", names: "name", name: "_acme-challenge", types: ["TXT"] }], host, "_acme-challenge", "TXT"),
      true,
    );
    assert.equal(may([{ key: "*" }], host, "@", "NS"), false);
    assert.equal(may([{ key: "*", types: ["ANY"] }], host, "@", "NS"), true);
    const denied: ZoneUpdateGrant[] = [{ key: "*", names: "name", name: "www", deny: true }, { key: "*" }];
    assert.deepEqual([may(denied, host, "www"), may(denied, host, "w")], [false, true]);
  });

  test("are about somebody, and complete", () => {
    for (const grant of [
      {},
      { key: "*", names: "name" },
      { from: ["::/0"], names: "self" },
      { key: "*", names: "wildcard", name: "a" },
    ] as const)
      assert.throws(() => updatePermits([grant], origin), TypeError);
  });

  test("are asked for every set that goes with a name", () => {
    const zone = zoneOf(`${zoneText}\na TXT x`);
    const update = updateOf("delete a");
    const permit = (_: unknown, type: number): boolean => type === dnsTypeNumber("A");
    assert.equal(formatDnsRcode(updateZone(zone, update, permit).rcode), "REFUSED");
    assert.equal(updateZone(zone, update, () => true).change?.deleted.length, 2);
  });
});
