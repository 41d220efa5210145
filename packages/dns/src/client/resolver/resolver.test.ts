import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConnectionError, connect, connection, connectTo, memoryTree, StateError } from "@hawser/core";
import { type SimulatedHost, simulate, type World } from "@hawser/core/simulation";
import { DnsCache } from "../../cache/dns-cache.ts";
import { DnsTextError } from "../../errors.ts";
import { parseDnsRecord } from "../../records/text.ts";
import { dnsTypeName } from "../../records/types.ts";
import { dnsServer } from "../../serving/dns-server.ts";
import type { DnsPlugin } from "../../serving/plugin.ts";
import { dnsResponse } from "../../serving/reply.ts";
import { encodeDnsSets } from "../../serving/sets.ts";
import { DnsRcode } from "../../words.ts";
import { dnsResolver } from "./default-resolver.ts";
import type { DnsResolver } from "./dns-resolver.ts";
import { DnsLookupError, type DnsLookupErrorCode } from "./errors.ts";
import { resolverNames } from "./names.ts";
import type { DnsResolverOptions } from "./options.ts";
import { reactorWithNames } from "./reactor-with-names.ts";

const soa = parseDnsRecord("example. 300 IN SOA ns.example. host.example. 1 1 1 1 60");

const records = [
  "www.example. 300 IN A 192.0.2.1",
  "www.example. 300 IN AAAA 2001:db8::1",
  "www.example. 300 IN TXT hello",
  "alias.example. 300 IN CNAME www.example.",
  "far.example. 300 IN CNAME near.test.",
  "near.test. 60 IN A 192.0.2.9",
  "circle.example. 300 IN CNAME round.example.",
  "round.example. 300 IN CNAME circle.example.",
  "v4.example. 300 IN A 192.0.2.4",
  "1.2.0.192.in-addr.arpa. 300 IN PTR www.example.",
  "xn--bcher-kva.example. 300 IN A 192.0.2.5",
  "host.corp.example. 300 IN A 192.0.2.6",
  "moved.example. 300 IN DNAME example.",
].map((text) => parseDnsRecord(text));

/** Answers from the records, without following aliases out of `example.`; counts who asks what. */
function zone(asked: string[], rcodes: Record<string, number> = {}): DnsPlugin {
  return {
    name: "zone",
    wrap: () => (request) => {
      const { name, type } = request.query;
      asked.push(`${name.key.length > 1 ? String(name).toLowerCase() : "."} ${dnsTypeName(type)}`);
      const forced = rcodes[String(name).toLowerCase()];
      if (forced !== undefined) return dnsResponse({ rcode: forced });
      const at = records.filter((record) => record.name.equals(name));
      const dname = records.find((record) => record.type === "DNAME" && name.isBelow(record.name));
      if (dname !== undefined) return dnsResponse({ answers: encodeDnsSets([dname]) });
      const found = at.filter((record) => record.type === dnsTypeName(type) || record.type === "CNAME");
      const authorities = found.length > 0 ? [] : encodeDnsSets([soa]);
      const rcode = at.length > 0 ? DnsRcode.noError : DnsRcode.nxDomain;
      return dnsResponse({ rcode, answers: encodeDnsSets(found), authorities });
    },
  };
}

interface Stage {
  readonly world: World;
  readonly client: SimulatedHost;
  readonly dns: DnsResolver;
  readonly asked: string[];
}

/** A resolver on one host and its server on another. */
function withResolver(
  options: DnsResolverOptions,
  body: (stage: Stage) => Promise<void>,
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  return simulate({}, async (world) => {
    const asked: string[] = [];
    const server = world.host("server");
    await world.listen("udp:53", dnsServer(zone(asked, { "fails.example.": 2, "refused.example.": 5 })), {
      reactor: server,
    });
    const client = world.host("client", { files });
    await using dns = dnsResolver({ reactor: client, servers: [server.address], ...options });
    await body({ world, client, dns, asked });
  });
}

const fails = (code: DnsLookupErrorCode) => (error: unknown) => error instanceof DnsLookupError && error.code === code;

describe("a resolver", () => {
  test("gives typed data, and whole answers with TTLs", () =>
    withResolver({}, async ({ dns }) => {
      const { address } = (await dns.resolve("www.example", "A"))[0]!;
      assert.equal(address, "192.0.2.1");
      const answer = await dns.query("alias.example", "A");
      assert.deepEqual(
        [answer.ttl, String(answer.canonicalName), answer.records.length, answer.aliases.length],
        [300, "www.example.", 1, 1],
      );
      assert.equal(answer.records[0]!.data.address, "192.0.2.1");
      assert.equal((await dns.query("v4.example", "A")).server?.host, "10.0.0.2");
      assert.deepEqual((await dns.reverse("192.0.2.1")).map(String), ["www.example."]);
      assert.deepEqual((await dns.resolve("bücher.example", "A"))[0], { address: "192.0.2.5" });
    }));

  test("tells why there is nothing, with name, type, rcode and servers", () =>
    withResolver({}, async ({ dns }) => {
      await assert.rejects(dns.resolve("none.example", "A"), (error) => {
        assert.ok(error instanceof DnsLookupError);
        assert.deepEqual(
          [error.code, String(error.dnsName), error.type, error.rcode, error.servers.length, error.temporary],
          ["name-not-found", "none.example.", "A", 3, 1, false],
        );
        assert.equal(error.message, 'Cannot look up A of "none.example.": there is no such name; asked udp://10.0.0.2');
        return true;
      });
      await assert.rejects(dns.resolve("www.example", "MX"), fails("no-data"));
      await assert.rejects(dns.resolve("fails.example", "A"), fails("server-failed"));
      await assert.rejects(dns.resolve("refused.example", "A"), fails("refused"));
      await assert.rejects(dns.resolve("circle.example", "A"), fails("bad-answer"));
      await assert.rejects(dns.resolve("a..b", "A"), DnsTextError);
    }));

  test("asks on where an answer only tells the way, also along DNAME (RFC 6672)", () =>
    withResolver({}, async ({ dns, asked }) => {
      assert.deepEqual(await dns.resolve("far.example", "A"), [{ address: "192.0.2.9" }]);
      assert.deepEqual(asked, ["far.example. A", "near.test. A"]);
      const answer = await dns.query("www.moved.example", "A");
      assert.deepEqual([String(answer.canonicalName), answer.aliases[0]?.type], ["www.example.", "DNAME"]);
    }));

  test("asks once for all who wait for the same, and remembers answers and denials (RFC 2308)", () =>
    withResolver({}, async ({ world, dns, asked }) => {
      await Promise.all([1, 2, 3].map(() => dns.resolve("www.example", "A")));
      await assert.rejects(dns.resolve("none.example", "A"), fails("name-not-found"));
      await assert.rejects(dns.resolve("none.example", "MX"), fails("name-not-found"));
      assert.deepEqual(asked, ["www.example. A", "none.example. A"]);
      assert.equal((await dns.query("www.example", "A")).server, undefined);
      await world.clock.sleep(61_000);
      await assert.rejects(dns.resolve("none.example", "A"), fails("name-not-found"));
      assert.equal((await dns.query("www.example", "A")).ttl, 239);
      assert.equal(asked.length, 3);
    }));

  test("gives what is over when its servers are gone, within 1.8 s (RFC 8767 §5)", () =>
    withResolver({}, async ({ world, dns }) => {
      await dns.resolve("www.example", "A");
      await world.clock.sleep(301_000);
      world.partition("client", "server");
      const begun = world.clock.now();
      const answer = await dns.query("www.example", "A");
      assert.deepEqual([answer.isStale, world.clock.now() - begun], [true, 1_800]);
      await assert.rejects(dns.resolve("v4.example", "A"), fails("timed-out"));
    }));

  test("one who gives up leaves the others their answer", () =>
    withResolver({}, async ({ dns, asked }) => {
      const controller = new AbortController();
      const given = assert.rejects(dns.resolve("www.example", "A", { signal: controller.signal }), /enough/);
      const kept = dns.resolve("www.example", "A");
      controller.abort(new Error("enough"));
      await given;
      assert.equal((await kept).length, 1);
      assert.equal(asked.length, 1);
      const cancelled = assert.rejects(dns.resolve("v4.example", "A"), ConnectionError);
      dns.cancel();
      await cancelled;
      await dns[Symbol.asyncDispose]();
      await assert.rejects(dns.resolve("v4.example", "A"), StateError);
    }));

  test("tries short names in the domains of the search list, and long ones as they are first", () =>
    withResolver({ search: ["corp.example", "example"] }, async ({ dns, asked }) => {
      assert.deepEqual(await dns.resolve("host", "A"), [{ address: "192.0.2.6" }]);
      assert.equal(String((await dns.query("www", "A")).name), "www.example.");
      await assert.rejects(dns.resolve("www.", "A"), fails("name-not-found"));
      assert.equal(String((await dns.query("host.corp", "A")).name), "host.corp.example.");
      await assert.rejects(dns.resolve("host", "A", { search: false }), fails("name-not-found"));
      assert.deepEqual(asked, [
        ...["host.corp.example. A", "www.corp.example. A", "www.example. A", "www. A"],
        ...["host.corp. A", "host.corp.corp.example. A", "host. A"],
      ]);
    }));

  test("gives both families of a host, in the order of RFC 6724, and one when there is one", () =>
    withResolver({}, async ({ dns }) => {
      assert.deepEqual(await dns.addresses("www.example"), [
        { family: "ipv6", host: "2001:db8::1" },
        { family: "ipv4", host: "192.0.2.1" },
      ]);
      assert.deepEqual(await dns.addresses("v4.example"), [{ family: "ipv4", host: "192.0.2.4" }]);
      assert.deepEqual(await dns.addresses("::1"), [{ family: "ipv6", host: "::1" }]);
      await assert.rejects(dns.addresses("none.example"), fails("name-not-found"));
    }));

  test("does not ask for special names (RFC 6761, RFC 6762, RFC 7686)", () =>
    withResolver({}, async ({ dns, asked }) => {
      assert.deepEqual(await dns.addresses("a.localhost"), [
        { family: "ipv6", host: "::1" },
        { family: "ipv4", host: "127.0.0.1" },
      ]);
      assert.deepEqual((await dns.reverse("127.0.0.1")).map(String), ["localhost."]);
      for (const name of ["x.invalid", "x.onion", "printer.local"])
        await assert.rejects(dns.addresses(name), fails("name-not-found"));
      await assert.rejects(dns.resolve("localhost", "MX"), fails("no-data"));
      assert.deepEqual(asked, []);
    }));

  test("reads resolv.conf and hosts, and reads them again when they change", () => {
    const files = {
      "etc/hosts": "192.0.2.77 box.example box # mine\n::1 localhost\nnonsense\n",
      "etc/resolv.conf": "# comment\nsearch example\nnameserver 10.0.0.2\nnameserver what\noptions ndots:2 timeout:1\n",
    };
    return withResolver(
      { servers: undefined },
      async ({ world, client, dns, asked }) => {
        assert.deepEqual(await dns.addresses("BOX.example"), [{ family: "ipv4", host: "192.0.2.77" }]);
        assert.deepEqual((await dns.reverse("192.0.2.77")).map(String), ["box.example.", "box."]);
        await assert.rejects(dns.resolve("box.example", "A", { hosts: false }), fails("name-not-found"));
        assert.equal(String((await dns.query("www", "A")).name), "www.example.");
        assert.deepEqual(
          asked,
          ["box.example.example. A", "box.example. A", "www.example. A"],
          "the hosts file knows the name as it is given",
        );
        await client.files("/etc").writeFile("hosts", "192.0.2.78 box.example\n");
        await client.files("/etc").writeFile("resolv.conf", "nameserver 10.0.0.99\n");
        assert.deepEqual(await dns.resolve("box.example", "A"), [{ address: "192.0.2.77" }]);
        await world.clock.sleep(3_000);
        assert.deepEqual(await dns.resolve("box.example", "A"), [{ address: "192.0.2.78" }]);
        assert.deepEqual(
          (await dns.servers()).map(({ host }) => host),
          ["10.0.0.99"],
        );
      },
      files,
    );
  });

  test("goes on to the next server when one is silent, and leaves it alone for a while", () =>
    withResolver({ servers: ["10.0.0.99", "10.0.0.2"] }, async ({ world, dns }) => {
      const begun = world.clock.now();
      assert.equal((await dns.resolve("www.example", "A")).length, 1);
      assert.equal(world.clock.now() - begun, 2_002);
      assert.equal((await dns.resolve("v4.example", "A")).length, 1);
      assert.equal(world.clock.now() - begun, 2_004);
    }));

  test("ends within its time, whatever the servers do", () =>
    withResolver({ servers: ["10.0.0.98", "10.0.0.99"], timeoutMs: 3_000 }, async ({ world, dns }) => {
      const begun = world.clock.now();
      await assert.rejects(
        dns.resolve("www.example", "A"),
        (error) => fails("timed-out")(error) && (error as DnsLookupError).servers.length === 2,
      );
      assert.equal(world.clock.now() - begun, 3_000);
      dns.setServers(["10.0.0.2"]);
      assert.equal((await dns.resolve("www.example", "A")).length, 1);
      assert.throws(() => dns.setServers(["nonsense"]), DnsTextError);
    }));

  test("shares a cache with others", () => {
    const cache = new DnsCache();
    return withResolver({ cache }, async ({ client, dns, asked }) => {
      await dns.resolve("www.example", "A");
      await using other = dnsResolver({ reactor: client, servers: ["10.0.0.99"], cache });
      assert.equal((await other.resolve("www.example", "A")).length, 1);
      assert.equal(asked.length, 1);
      assert.equal(cache.statistics.entries, 1);
    });
  });

  test("is what connect finds hosts by", () =>
    withResolver(
      { hostsFile: "/hosts" },
      async ({ world, client, dns }) => {
        await world.listen(
          "tcp:80",
          connection(async (peer) => void (await peer.isAtEnd())),
          { reactor: world.host("server") },
        );
        const found = [{ family: "ipv4", host: "10.0.0.2" }] as const;
        const names = resolverNames(dns, { localNames: { lookup: async () => found } });
        assert.equal(await names.lookup("printer.LOCAL"), found);
        const reactor = reactorWithNames(client, names);
        await (await connectTo("tcp:web.example:80", { reactor })).close();
        await assert.rejects(
          connect("tcp:none.example:80", undefined, { reactor }),
          (error) => error instanceof ConnectionError && error.code === "name-not-found",
        );
      },
      { hosts: "10.0.0.2 web.example\n" },
    ));
});

test("files that are not there leave the server on this machine, as in glibc", () =>
  simulate({}, async (world) => {
    await using dns = dnsResolver({ reactor: world.host("client", { files: () => memoryTree() }) });
    assert.deepEqual(await dns.servers(), [{ transport: "udp", host: "127.0.0.1", port: 53 }]);
  }));
