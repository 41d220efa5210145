import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConnectionError } from "@hawser/core";
import { simulate, simulation } from "@hawser/core/simulation";
import { parseDomainName } from "../../name/domain-name.ts";
import { parseDnsRecord } from "../../records/text.ts";
import { dnsTypeName } from "../../records/types.ts";
import { dnsServer } from "../../serving/dns-server.ts";
import { dnsResponse } from "../../serving/reply.ts";
import { encodeDnsSets } from "../../serving/sets.ts";
import { DnsRcode } from "../../words.ts";
import { dnsResolver } from "../resolver/default-resolver.ts";
import type { DnsResolver } from "../resolver/dns-resolver.ts";
import { DnsLookupError, type DnsLookupErrorCode } from "../resolver/errors.ts";
import { resolveMailExchangers } from "./mx.ts";
import { orderSrv } from "./order.ts";
import { connectService, resolveService } from "./srv.ts";
import { httpsRecordName, resolveServiceBindings } from "./svcb.ts";

const { random } = simulation({ seed: 1 });

const records = `
_imap._tcp.example. 60 IN SRV 20 0 143 backup.example.
_imap._tcp.example. 60 IN SRV 10 0 143 main.example.
_pop._tcp.example. 60 IN SRV 0 0 0 .
example. 60 IN MX 20 backup.example.
example. 60 IN MX 10 mail.example.
quiet.example. 60 IN MX 0 .
plain.example. 60 IN A 192.0.2.1
www.example. 60 IN HTTPS 2 backup.example. port=8443
www.example. 60 IN HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1
strange.example. 60 IN HTTPS 1 . mandatory=key65333 key65333=x
strange.example. 60 IN HTTPS 2 . alpn=h2 no-default-alpn
alias.example. 60 IN HTTPS 0 www.example.
bare.example. 60 IN HTTPS 0 plain.example.
never.example. 60 IN HTTPS 0 .
circle.example. 60 IN HTTPS 0 circle.example.
_8443._https.www.example. 60 IN HTTPS 1 other.example.
`
  .trim()
  .split("\n")
  .map((text) => parseDnsRecord(text));

const soa = parseDnsRecord("example. 60 IN SOA ns.example. host.example. 1 1 1 1 60");

function withResolver(body: (dns: DnsResolver) => Promise<void>): Promise<void> {
  return simulate({}, async (world) => {
    const zone = dnsServer({
      name: "zone",
      wrap:
        () =>
        ({ query: { name, type } }) => {
          const at = records.filter((record) => record.name.equals(name));
          const found = at.filter((record) => record.type === dnsTypeName(type));
          const rcode = at.length > 0 ? DnsRcode.noError : DnsRcode.nxDomain;
          const authorities = found.length > 0 ? [] : encodeDnsSets([soa]);
          return dnsResponse({ rcode, answers: encodeDnsSets(found), authorities });
        },
    });
    const server = world.host("server");
    await world.listen("udp:53", zone, { reactor: server });
    await using dns = dnsResolver({ reactor: world.host("client"), servers: [server.address] });
    await body(dns);
  });
}

const fails = (code: DnsLookupErrorCode) => (error: unknown) => error instanceof DnsLookupError && error.code === code;

describe("SRV (RFC 2782)", () => {
  test("records are drawn by weight within a priority, and zero has a small chance", () => {
    const first = { light: 0, heavy: 0, none: 0 };
    const set = [
      { priority: 1, weight: 10, name: "light" },
      { priority: 1, weight: 90, name: "heavy" },
      { priority: 1, weight: 0, name: "none" },
      { priority: 2, weight: 100, name: "later" },
    ] as const;
    for (let i = 0; i < 10_000; i++) {
      const ordered = orderSrv(set, random);
      assert.equal(ordered[3]!.name, "later");
      first[ordered[0]!.name as keyof typeof first]++;
    }
    assert.ok(first.heavy > 8_500 && first.heavy < 9_200, JSON.stringify(first));
    assert.ok(first.none > 30 && first.none < 300, JSON.stringify(first));
  });

  test("targets are tried in their order until one takes us", () =>
    withResolver(async (dns) => {
      const targets = await resolveService(dns, "_imap._tcp.example", { random });
      assert.deepEqual(
        targets.map(({ host, port }) => `${host}${port}`),
        ["main.example.143", "backup.example.143"],
      );
      const tried: string[] = [];
      const connect =
        (refuse: number) =>
        async ({ host }: { host: unknown }) => {
          tried.push(String(host));
          if (tried.length <= refuse) throw new ConnectionError("refused", `${host} refuses`);
          return String(host);
        };
      assert.equal(await connectService(dns, "_imap._tcp.example", connect(1), { random }), "backup.example.");
      tried.length = 0;
      await assert.rejects(
        connectService(dns, "_imap._tcp.example", connect(2), { random }),
        /main.example. refuses; backup.example. refuses/,
      );
    }));

  test("the root means that there is no such service", () =>
    withResolver(async (dns) => {
      await assert.rejects(resolveService(dns, "_pop._tcp.example", { random }), fails("not-offered"));
      await assert.rejects(resolveService(dns, "_ldap._tcp.example", { random }), fails("name-not-found"));
    }));
});

test("MX: by preference, none (RFC 7505), and the domain itself (RFC 5321 §5.1)", () =>
  withResolver(async (dns) => {
    const hosts = async (domain: string) =>
      (await resolveMailExchangers(dns, domain, { random })).map(
        ({ host, isImplicit }) => `${host}${isImplicit ? " implicit" : ""}`,
      );
    assert.deepEqual(await hosts("example"), ["mail.example.", "backup.example."]);
    assert.deepEqual(await hosts("plain.example"), ["plain.example. implicit"]);
    await assert.rejects(hosts("quiet.example"), fails("not-offered"));
    await assert.rejects(hosts("none.example"), fails("name-not-found"));
  }));

describe("SVCB and HTTPS (RFC 9460)", () => {
  const bindings = async (dns: DnsResolver, name: string) =>
    (await resolveServiceBindings(dns, name, "HTTPS", { random })).map(({ target, port, alpn, hints }) =>
      [target, port ?? "-", alpn.join(","), hints.join(",")].join(" ").trim(),
    );

  test("bindings come by priority, with hints, and the protocol that goes without saying", () =>
    withResolver(async (dns) => {
      const www = ["www.example. - h2,h3,http/1.1 2001:db8::1,192.0.2.1", "backup.example. 8443 http/1.1"];
      assert.deepEqual(await bindings(dns, "www.example"), www);
      assert.deepEqual(await bindings(dns, "alias.example"), www);
      assert.deepEqual(await bindings(dns, "bare.example"), ["plain.example. - http/1.1"]);
      assert.deepEqual(await bindings(dns, "plain.example"), []);
    }));

  test("what has mandatory parameters that nobody heeds is left alone (§8)", () =>
    withResolver(async (dns) => {
      assert.deepEqual(await bindings(dns, "strange.example"), ["strange.example. - h2"]);
    }));

  test("an alias may lead to nothing, and nowhere", () =>
    withResolver(async (dns) => {
      await assert.rejects(bindings(dns, "never.example"), fails("not-offered"));
      await assert.rejects(bindings(dns, "circle.example"), fails("bad-answer"));
    }));

  test("other ports have names of their own (§9.1)", () =>
    withResolver(async (dns) => {
      assert.equal(String(httpsRecordName("www.example", 8_443)), "_8443._https.www.example.");
      assert.ok(httpsRecordName("www.example").equals(parseDomainName("www.example")));
      const [binding] = await resolveServiceBindings(dns, httpsRecordName("www.example", 8_443), "HTTPS", { random });
      assert.equal(String(binding?.target), "other.example.");
    }));
});
