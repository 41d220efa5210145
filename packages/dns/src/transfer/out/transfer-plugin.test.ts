import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ipAddress } from "@hawser/core";
import type { Zone } from "../../authority/zone.ts";
import { ZoneTable } from "../../authority/zone-table.ts";
import { encodeDnsMessage } from "../../message/encode.ts";
import { decodeDnsQuery } from "../../message/query.ts";
import { parseDomainName } from "../../name/domain-name.ts";
import { refuseAll } from "../../serving/plugin.ts";
import type { DnsReply } from "../../serving/reply.ts";
import type { DnsRequest } from "../../serving/request.ts";
import { decodeDnsSet } from "../../serving/sets.ts";
import { parseTsigKey } from "../../tsig/key.ts";
import { formatDnsRcode } from "../../words.ts";
import { changeZone, testOrigin, testRecords, testZone } from "../transfer.test.kit.ts";
import { type TransferPluginOptions, transferPlugin } from "./transfer-plugin.ts";

const key = parseTsigKey("transfer.example:c2VjcmV0");
const lines = "SOA 1\n@ NS ns\nns A 192.0.2.1\nwww A 192.0.2.80";

interface Asked extends Partial<Omit<DnsRequest, "query">> {
  readonly name?: string;
  readonly serial?: number;
}

/** A request for the zone, from 192.0.2.7 over TCP unless it says otherwise. */
function requestOf({ name = "example.org", serial, ...more }: Asked = {}): DnsRequest {
  const type = serial === undefined ? "AXFR" : "IXFR";
  const questions = [{ name: parseDomainName(name), type, class: 1 }] as const;
  const authorities = serial === undefined || serial < 0 ? [] : testRecords(`SOA ${serial}`);
  const query = decodeDnsQuery(encodeDnsMessage({ id: 1, questions, authorities }));
  const { signal } = new AbortController();
  const peer = ipAddress("192.0.2.7", 9);
  return { query, peer, transport: "tcp", octetsMax: 65_535, tsigKey: undefined, arrivedAt: 0, signal, ...more };
}

function answererOf(zones: readonly Zone[], options: Partial<TransferPluginOptions> = {}) {
  const answer = transferPlugin(new ZoneTable(zones), { allow: [{}], ...options }).wrap(refuseAll);
  return (asked: Asked = {}): DnsReply => answer(requestOf(asked)) as DnsReply;
}

/** `NOTAUTH`, or all records, one `TYPE value` each. */
function told(reply: DnsReply): string {
  if (reply.type === "drop") return "drop";
  if (reply.type === "response" && reply.answers.length === 0) return formatDnsRcode(reply.rcode);
  const sets = reply.type === "response" ? reply.answers : [...(reply.sets as Iterable<never>)];
  return sets.flatMap(decodeDnsSet).map(short).join(", ");
}

function short(record: ReturnType<typeof decodeDnsSet>[number]): string {
  if (record.type === "SOA") return `SOA ${record.data.serial}`;
  if (record.type === "A") return `${record.name.relativeTo(testOrigin)} A ${record.data.address}`;
  return record.type;
}

describe("a zone is given", () => {
  test("whole, its SOA first and last (RFC 5936 §2.2)", () =>
    assert.equal(told(answererOf([testZone(lines)])()), "SOA 1, NS, ns A 192.0.2.1, www A 192.0.2.80, SOA 1"));

  test("as it was when it was asked for, whatever becomes of it meanwhile", () => {
    const zone = testZone(lines);
    const reply = answererOf([zone])();
    assert.ok(reply.type === "transfer");
    changeZone(zone, "www A 192.0.2.80", "ftp A 192.0.2.21");
    const sets = (reply.sets as Iterable<never>)[Symbol.iterator]();
    const first = decodeDnsSet(sets.next().value!).map(short);
    changeZone(zone, "ns A 192.0.2.1", "ns A 192.0.2.2");
    const others = [...{ [Symbol.iterator]: () => sets }].flatMap(decodeDnsSet).map(short);
    assert.equal([...first, ...others].join(", "), "SOA 1, NS, ns A 192.0.2.1, www A 192.0.2.80, SOA 1");
  });

  test("as the steps from an older version (RFC 1995 §4)", () => {
    const zone = testZone(lines);
    changeZone(zone, "www A 192.0.2.80", "www A 192.0.2.81");
    changeZone(zone, "", "ftp A 192.0.2.21");
    const answer = answererOf([zone]);
    const [one, two] = ["SOA 1, www A 192.0.2.80, SOA 2, www A 192.0.2.81", "SOA 2, SOA 3, ftp A 192.0.2.21"];
    assert.equal(told(answer({ serial: 1 })), `SOA 3, ${one}, ${two}, SOA 3`);
    assert.equal(told(answer({ serial: 2 })), `SOA 3, ${two}, SOA 3`);
    assert.equal(told(answer({ serial: 3 })), "SOA 3");
    assert.equal(told(answer({ serial: 4 })), "SOA 3", "the asker has a newer one");
    assert.equal(told(answer({ serial: 2, transport: "udp" })), `SOA 3, ${two}, SOA 3`);
  });

  test("as one step, without what came and went again (RFC 1995 §6)", () => {
    const zone = testZone(`${lines}\na A 192.0.2.3\nb A 192.0.2.4`);
    changeZone(zone, "www A 192.0.2.80", "www A 192.0.2.81");
    changeZone(zone, "www A 192.0.2.81\na A 192.0.2.3", "www A 192.0.2.82");
    changeZone(zone, "", "a A 192.0.2.3");
    const expected = "SOA 4, SOA 1, www A 192.0.2.80, SOA 4, www A 192.0.2.82, SOA 4";
    assert.equal(told(answererOf([zone], { condense: true })({ serial: 1 })), expected);
  });

  test("in steps where TTLs change, since the last of them alone does not tell it", () => {
    const zone = testZone(`${lines}\na A 192.0.2.3\nb A 192.0.2.4`);
    changeZone(zone, "www A 192.0.2.80", "www 60 A 192.0.2.80");
    changeZone(zone, "", "ftp A 192.0.2.21");
    assert.match(told(answererOf([zone], { condense: true })({ serial: 1 })), /^SOA 3, SOA 1, .*SOA 2, .*SOA 2, SOA 3/);
  });

  test("whole where the steps are not known, or are more than the zone", () => {
    const zone = testZone(lines);
    const answer = answererOf([zone]);
    for (let i = 0; i < 5; i++) changeZone(zone, `www A 192.0.2.${80 + i}`, `www A 192.0.2.${81 + i}`);
    const whole = "SOA 6, NS, ns A 192.0.2.1, www A 192.0.2.85, SOA 6";
    assert.equal(told(answer({ serial: 1 })), whole);
    assert.equal(told(answer({ serial: 5 })), "SOA 6, SOA 5, www A 192.0.2.84, SOA 6, www A 192.0.2.85, SOA 6");
    assert.equal(told(answer({ serial: 4_000_000_000 })), whole);
    assert.equal(told(answer({ serial: 1, transport: "udp" })), "SOA 6", "come over TCP");
  });
});

describe("a zone is not given", () => {
  const answer = answererOf([testZone(lines)]);

  test("over UDP, if it was asked for whole (RFC 5936 §4.2)", () =>
    assert.equal(told(answer({ transport: "udp" })), "FORMERR"));

  test("if it is not ours: NOTAUTH", () => {
    for (const name of ["example.net", "www.example.org", "org", "."]) assert.equal(told(answer({ name })), "NOTAUTH");
  });

  test("if the version is missing from the question: FORMERR", () =>
    assert.equal(told(answer({ serial: -1 })), "FORMERR"));

  test("to those whom no rule allows", () => {
    const rules: readonly [TransferPluginOptions["allow"], Asked, string][] = [
      [[], {}, "REFUSED"],
      [[{ from: ["192.0.2.0/24"] }], {}, "SOA"],
      [[{ from: ["192.0.2.0/29"] }], { peer: ipAddress("::ffff:192.0.2.7", 1) }, "SOA"],
      [[{ from: ["198.51.100.0/24", "2001:db8::/32"] }], {}, "REFUSED"],
      [[{ from: ["2001:db8::/32"] }], { peer: ipAddress("2001:db8::1", 1) }, "SOA"],
      [[{ from: ["0.0.0.0/0"] }], { peer: { family: "unix", path: "/x" } }, "REFUSED"],
      [[{ keys: [key.name] }], {}, "REFUSED"],
      [[{ keys: ["transfer.example"] }], { tsigKey: key }, "SOA"],
      [[{ keys: ["other.example"] }], { tsigKey: key }, "REFUSED"],
      [[{ keys: [key.name], from: ["198.51.100.0/24"] }], { tsigKey: key }, "REFUSED"],
      [[{ keys: [key.name] }, { from: ["192.0.2.7"] }], {}, "SOA"],
      [[{ over: ["tls"] }], {}, "REFUSED"],
      [[{ over: ["tls"] }], { transport: "tls" }, "SOA"],
      [[{ zones: ["example.org"] }], {}, "SOA"],
      [[{ zones: ["example.net", "www.example.org"] }], {}, "REFUSED"],
    ];
    for (const [allow, asked, expected] of rules)
      assert.match(
        told(answererOf([testZone(lines)], { allow })(asked)),
        new RegExp(`^${expected}`),
        JSON.stringify(allow),
      );
  });

  test("to more peers at once than may be, or more often to one", () => {
    const limited = answererOf([testZone(lines)], { transfersMax: 3, transfersPerPeerMax: 2 });
    const [mine, yours] = [{}, { peer: ipAddress("192.0.2.8", 1) }];
    const [first, second] = [limited(mine), limited(mine)];
    assert.equal(told(limited(mine)), "REFUSED");
    const gone = new AbortController();
    assert.equal(limited({ ...yours, signal: gone.signal }).type, "transfer");
    assert.equal(told(limited({ peer: ipAddress("192.0.2.9", 1) })), "REFUSED");
    gone.abort();
    assert.match(told(limited(yours)), /^SOA/, "a peer that went away makes room");
    assert.match(told(first), /^SOA/);
    assert.match(told(limited(mine)), /^SOA/, "what was sent to its end makes room");
    assert.ok(second.type === "transfer");
    for (const _ of second.sets as Iterable<never>) break;
    assert.match(told(limited(mine)), /^SOA/, "what was given up makes room");
  });

  test("other questions are the next one's", () => {
    const query = decodeDnsQuery(encodeDnsMessage({ id: 1, questions: [{ name: testOrigin, type: "SOA", class: 1 }] }));
    const plugin = transferPlugin(new ZoneTable([testZone(lines)]), { allow: [{}] });
    assert.deepEqual(plugin.wrap(() => ({ type: "drop" }))({ ...requestOf(), query }), { type: "drop" });
  });
});
