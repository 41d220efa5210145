import assert from "node:assert/strict";
import { test } from "node:test";
import { ipAddress } from "@hawser/core";
import { simulate } from "@hawser/core/simulation";
import { decodeDnsMessage } from "../message/decode.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import type { DnsMessage } from "../message/message.ts";
import type { DnsQuery } from "../message/query.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { dnsServer } from "../serving/dns-server.ts";
import { refuseAll } from "../serving/plugin.ts";
import type { DnsRequest } from "../serving/request.ts";
import { contentsOf, queryOf, told, zoneOf } from "./authority.test.kit.ts";
import { Zone } from "./zone.ts";
import { ZoneTable } from "./zone-table.ts";
import { zonesPlugin } from "./zones-plugin.ts";

function requestOf(query: DnsQuery): DnsRequest {
  const peer = ipAddress("192.0.2.99", 53);
  const { signal } = new AbortController();
  return { query, peer, transport: "udp", octetsMax: 1232, tsigKey: undefined, arrivedAt: 0, signal };
}

async function asked(table: ZoneTable, question: string, more: Partial<DnsQuery> = {}): Promise<readonly string[]> {
  const reply = await zonesPlugin(table).wrap(refuseAll)(requestOf({ ...queryOf(question), ...more }));
  assert.equal(reply.type, "response");
  return told(reply);
}

const table = new ZoneTable([
  zoneOf(
    "www CNAME web.example.net.\nsub NS ns.sub\nsub DS 1 8 2 00\nloop CNAME loop.example.net.\ndown CNAME a.sub\nall DNAME example.net.",
  ),
  zoneOf("web A 192.0.2.1\nloop CNAME loop.example.org.\nend CNAME nowhere", { origin: "example.net" }),
  zoneOf("a A 192.0.2.2", { origin: "sub.example.org" }),
]);

test("chains lead from zone to zone, and end where they come round", async () => {
  assert.deepEqual(await asked(table, "www.example.org"), [
    "NOERROR aa",
    "= www.example.org. 3600 IN CNAME web.example.net.",
    "= web.example.net. 3600 IN A 192.0.2.1",
  ]);
  assert.deepEqual(await asked(table, "down.example.org"), [
    "NOERROR aa",
    "= down.example.org. 3600 IN CNAME a.sub.example.org.",
    "= a.sub.example.org. 3600 IN A 192.0.2.2",
  ]);
  assert.deepEqual(await asked(table, "end.all.example.org"), [
    "NXDOMAIN aa",
    "= all.example.org. 3600 IN DNAME example.net.",
    "= end.all.example.org. 3600 IN CNAME end.example.net.",
    "= end.example.net. 3600 IN CNAME nowhere.example.net.",
    "^ example.net. 300 IN SOA ns.example.net. host.example.net. 1 7200 900 1209600 300",
  ]);
  const loop = await asked(table, "loop.example.org");
  assert.equal(loop[0], "NOERROR aa");
  assert.ok(loop.length <= 4, loop.join("\n"));
});

test("the zone above answers for DS, the closest one for all else", async () => {
  assert.deepEqual(await asked(table, "sub.example.org DS"), ["NOERROR aa", "= sub.example.org. 3600 IN DS 1 8 2 00"]);
  assert.match((await asked(table, "sub.example.org NS"))[0]!, /aa/);
});

test("what no zone answers goes to the next", async () => {
  assert.deepEqual(await asked(table, "www.example.com"), ["REFUSED"]);
  assert.deepEqual(await asked(table, "example.org AXFR"), ["REFUSED"]);
  assert.deepEqual(await asked(table, "www.example.org", { class: 3 }), ["REFUSED"]);
  assert.equal((await asked(table, "www.example.org", { class: 255 }))[0], "NOERROR");
  assert.deepEqual(await asked(table, "www.example.org OPT"), ["FORMERR"]);
});

test("an update that nobody takes is refused for our zones, and unknown for others (RFC 2136 §3.1.2)", async () => {
  assert.deepEqual(await asked(table, "example.org SOA", { opcode: 5 }), ["REFUSED"]);
  assert.deepEqual(await asked(table, "www.example.org SOA", { opcode: 5 }), ["NOTAUTH"]);
});

test("a table finds the closest zone, the root's too", () => {
  const zones = new ZoneTable([new Zone(contentsOf("@ SOA ns host 1 2 3 4 5", ".")), zoneOf("")]);
  const found = (name: string) => String(zones.find(parseDomainName(name))?.origin);
  assert.deepEqual(["a.b.c.example.org", "example.org", "org", ".", "notexample.org"].map(found), [
    "example.org.",
    "example.org.",
    ".",
    ".",
    ".",
  ]);
  assert.throws(() => zones.add(zoneOf("")), /there is one of this name/);
  assert.equal(zones.remove(parseDomainName("EXAMPLE.org")), true);
  assert.equal(found("example.org"), ".");
});

test("glue that a delegation needs and does not fit makes people ask again, other addresses do not (RFC 9471 §3.1)", async () => {
  const servers = Array.from(
    { length: 12 },
    (_, i) => `sub NS ns${i}.sub\nns${i}.sub A 192.0.2.${i}\nns${i}.sub AAAA 2001:db8::${i}`,
  );
  const mails = Array.from(
    { length: 12 },
    (_, i) => `mx MX ${i} m${i}\nm${i} A 192.0.2.${i}\nm${i} AAAA 2001:db8::${i}`,
  );
  const zones = new ZoneTable([zoneOf([...servers, ...mails].join("\n"))]);
  await simulate({}, async (world) => {
    await world.listen("udp:53", dnsServer(zonesPlugin(zones)), { reactor: world.host("server") });
    const client = world.host("client");
    const ask = async (name: string, type: "A" | "MX"): Promise<DnsMessage> => {
      const socket = await client.network.bind(ipAddress("0.0.0.0", 0));
      const reply = new Promise<DnsMessage>((resolve) =>
        socket.start({ datagram: (payload) => resolve(decodeDnsMessage(payload)), closed: () => {} }),
      );
      const [server] = await client.names.lookup("server");
      socket.send(
        encodeDnsMessage({ id: 7, questions: [{ name: parseDomainName(name), type, class: 1 }] }),
        ipAddress(server!.host, 53),
      );
      return reply.finally(() => socket.close());
    };
    const referral = await ask("x.sub.example.org", "A");
    assert.deepEqual([referral.truncated, referral.authorities.length], [true, 12]);
    assert.ok(referral.additionals.length > 0 && referral.additionals.length < 24);
    const mail = await ask("mx.example.org", "MX");
    assert.deepEqual([mail.truncated, mail.answers.length], [false, 12]);
    assert.ok(mail.additionals.length < 24);
  });
});
