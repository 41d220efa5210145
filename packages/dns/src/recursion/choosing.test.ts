import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@hawser/core/simulation";
import { parseDomainName } from "../name/domain-name.ts";
import { dnsResponse } from "../serving/reply.ts";
import { recursionBounds } from "./limits.ts";
import { addressOf, infrastructure, Play } from "./play.test.kit.ts";
import { ServerTable } from "./server-table.ts";
import { plugin, sets } from "./tree.test.kit.ts";

const places = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map((host) => ({ transport: "udp", host, port: 53 }) as const);
const candidates = places.map((place) => ({ place, handicapMs: 0 }));

function tableOf(ms: readonly number[]): ServerTable {
  const table = new ServerTable(new SeededRandom("choosing"), recursionBounds());
  for (const [at, place] of places.entries()) table.answered(place, ms[at]!, { asked: true, given: true }, 0);
  return table;
}

function shares(table: ServerTable, of = candidates): readonly number[] {
  const counts = new Map(places.map((place) => [place.host, 0]));
  for (let time = 0; time < 2_000; time++) {
    const { host } = table.choose(of).place;
    counts.set(host as (typeof places)[number]["host"], counts.get(host as (typeof places)[number]["host"])! + 1);
  }
  return [...counts.values()].map((count) => count / 2_000);
}

test("the fastest server is asked most, those as fast share, and the others are tried now and then", () => {
  const [first, second, third] = shares(tableOf([10, 20, 400]));
  assert.ok(first! > 0.4 && second! > 0.4, `${first} ${second}`);
  assert.ok(third! > 0.005 && third! < 0.05, `${third}`);
});

test("a server that became fast is found out", () => {
  const table = tableOf([100, 100, 400]);
  for (let time = 0; time < 30; time++) table.answered(places[2]!, 10, { asked: true, given: true }, 0);
  assert.ok(shares(table)[2]! > 0.9);
});

test("IPv6 has the advantage that the operator gives it", () => {
  const handicapped = candidates.map((one, at) => ({ ...one, handicapMs: at === 2 ? 0 : 500 }));
  assert.ok(shares(tableOf([10, 10, 400]), handicapped)[2]! > 0.9);
});

test("patience grows with what is known of a server, and with each attempt", () => {
  const table = tableOf([20, 200, 2_000]);
  assert.deepEqual(
    places.map((place) => Math.round(table.patienceMs(place, 0))),
    [400, 600, 3_000],
  );
  assert.equal(table.patienceMs(places[0]!, 2), 1_600);
  assert.equal(table.patienceMs({ transport: "udp", host: "192.0.2.9", port: 53 }, 0), 1_000);
});

test("servers of one family only, where the operator says so", () => {
  const glue = (...addresses: string[]) =>
    addresses.map((address) => `a.nic.example. 60 ${address.includes(":") ? "AAAA" : "A"} ${address}`);
  for (const [families, host] of [
    ["ipv4", "198.18.0.3"],
    ["ipv6", "2001:db8::3"],
  ] as const) {
    const play = new Play({
      families,
      rootHints: new Map([[parseDomainName("a.root"), ["198.18.0.1", "2001:db8::1"]]]),
    });
    const root = plugin(() =>
      dnsResponse({
        authorities: sets("example. 60 NS a.nic.example."),
        additionals: sets(...glue("198.18.0.3", "2001:db8::3")),
      }),
    );
    play.servers.set("198.18.0.1", root);
    play.servers.set("2001:db8::1", root);
    play.resolve("x.example");
    assert.ok(
      play.asked.some((line) => line.startsWith(`${host} `)),
      play.asked.join("\n"),
    );
    assert.ok(play.asked.every((line) => line.includes(":") === (families === "ipv6")));
  }
});

test("addresses of both families are looked for side by side, and the first that comes is used", () => {
  const play = new Play({ families: "both" });
  assert.deepEqual(play.resolve("www.other.org").lines, ["NOERROR", "www.other.org. 3600 IN A 192.0.2.3"]);
  assert.deepEqual(play.resolve("x.ring-b.example").lines, ["SERVFAIL", "EDE 22"]);
  const { lines, resolution } = play.resolve("x.orphan.org");
  assert.equal(lines[0], "SERVFAIL");
  assert.ok(resolution.exchanges <= 20, `${resolution.exchanges} exchanges`);
});

test("no server is asked at this host's own address, unless the operator says so", () => {
  const play = new Play();
  play.servers.set(
    "127.0.0.1",
    plugin(() => dnsResponse({ authoritative: true, answers: sets("a.x.liar.example. 60 A 192.0.2.1") })),
  );
  play.servers.set(
    addressOf("liar"),
    plugin(() =>
      dnsResponse({
        authorities: sets("x.liar.example. 60 NS ns.x.liar.example."),
        additionals: sets("ns.x.liar.example. 60 A 127.0.0.1"),
      }),
    ),
  );
  assert.equal(play.resolve("a.x.liar.example").lines[0], "SERVFAIL");
  assert.ok(play.asked.every((line) => !line.startsWith("127.")));
  play.shared = infrastructure({ neverAsked: [] });
  assert.equal(play.resolve("a.x.liar.example").lines[0], "NOERROR");
});

test("addresses of private networks are refused where the operator says so (DNS rebinding)", () => {
  const lan = plugin(({ query }) => dnsResponse({ authoritative: true, answers: sets(`${query.name} 60 A 10.1.2.3`) }));
  const open = new Play();
  const shut = new Play({ refusePrivate: { except: ["lan.liar.example"] } });
  for (const play of [open, shut]) play.servers.set(addressOf("liar"), lan);
  assert.equal(open.resolve("a.liar.example").lines[0], "NOERROR");
  assert.deepEqual(shut.resolve("a.liar.example").lines, ["SERVFAIL", "EDE 15"]);
  assert.equal(shut.resolve("a.lan.liar.example").lines[0], "NOERROR");
});

test("zones are asked about where the operator says: by forwarding, and as stubs (split DNS)", () => {
  const play = new Play({
    zones: [
      { zone: "corp.example", servers: [addressOf("forwarder")] },
      { zone: "good.example", servers: [addressOf("stub")], mode: "stub" },
      { zone: "10.in-addr.arpa", servers: [addressOf("forwarder")] },
    ],
    refusePrivate: true,
  });
  play.servers.set(
    addressOf("forwarder"),
    plugin(({ query }) => {
      const type = query.name.isWithin(parseDomainName("arpa")) ? "PTR host.corp.example." : "A 10.1.2.3";
      return dnsResponse({ recursionAvailable: true, answers: sets(`${query.name} 60 ${type}`) });
    }),
  );
  play.servers.set(
    addressOf("stub"),
    plugin(({ query }) =>
      query.name.isWithin(parseDomainName("deep.good.example"))
        ? dnsResponse({
            authorities: sets("deep.good.example. 60 NS ns.deep.good.example."),
            additionals: sets(`ns.deep.good.example. 60 A ${addressOf("liar")}`),
          })
        : dnsResponse({ authoritative: true, answers: sets(`${query.name} 60 A 192.0.2.77`) }),
    ),
  );
  assert.deepEqual(play.resolve("www.corp.example").lines, ["NOERROR", "www.corp.example. 60 IN A 10.1.2.3"]);
  assert.deepEqual(play.asked, [`${addressOf("forwarder")} www.corp.example. A`], "the whole name, at once");
  assert.deepEqual(play.resolve("www.good.example").lines, ["NOERROR", "www.good.example. 60 IN A 192.0.2.77"]);
  assert.deepEqual(play.resolve("x.deep.good.example").lines, ["NOERROR", "x.deep.good.example. 300 IN A 192.0.2.66"]);
  assert.equal(play.resolve("1.0.0.10.in-addr.arpa PTR").lines[0], "NOERROR");
  assert.deepEqual(play.resolve("1.0.168.192.in-addr.arpa PTR").lines, ["NXDOMAIN"]);
});

test("zones that nobody is asked about may be excluded", () => {
  const play = new Play({ notLocal: ["test"] });
  play.resolve("x.test");
  assert.ok(play.asked.length > 0);
  assert.equal(play.resolve("x.invalid").resolution.exchanges, 0);
});

test("where there is no way out by IPv6, servers are soon asked by IPv4 at once", () => {
  const table = new ServerTable(new SeededRandom("families"), recursionBounds());
  const place = (host: string) => ({ transport: "udp", host, port: 53 }) as const;
  for (const host of ["2001:db8::1", "2001:db8::2", "2001:db8::3"]) table.unreachable(place(host), 0);
  assert.equal(table.isFamilyDown(place("2001:db8::4"), 59_000), true);
  assert.equal(table.isFamilyDown(place("192.0.2.1"), 59_000), false);
  assert.equal(table.isFamilyDown(place("2001:db8::4"), 60_000), false);
});

test("an alias into a zone of the operator's, or of this host, is followed there, whatever came along with it", () => {
  const play = new Play({ zones: [{ zone: "corp.liar.example", servers: [addressOf("forwarder")] }] });
  play.servers.set(
    addressOf("forwarder"),
    plugin(({ query }) => dnsResponse({ recursionAvailable: true, answers: sets(`${query.name} 60 A 10.1.2.3`) })),
  );
  play.servers.set(
    addressOf("liar"),
    plugin(({ query }) => {
      const target = `host.corp.liar.example.`;
      return dnsResponse({
        authoritative: true,
        answers: sets(`${query.name} 60 CNAME ${target}`, `${target} 60 A 192.0.2.66`),
      });
    }),
  );
  assert.deepEqual(play.resolve("a.liar.example").lines, [
    "NOERROR",
    "a.liar.example. 60 IN CNAME host.corp.liar.example.",
    "host.corp.liar.example. 60 IN A 10.1.2.3",
  ]);
});
