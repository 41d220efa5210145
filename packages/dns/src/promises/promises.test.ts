import assert from "node:assert/strict";
import nodeDns from "node:dns/promises";
import { after, before, describe, test } from "node:test";
import { type IpAddress, type Listener, listen } from "@hawser/core";
import { parseDomainName } from "../name/domain-name.ts";
import type { DnsRecord } from "../records/record.ts";
import { dnsTypeName } from "../records/types.ts";
import { dnsServer } from "../serving/dns-server.ts";
import { dnsResponse } from "../serving/reply.ts";
import { encodeDnsSets } from "../serving/sets.ts";
import { DnsRcode } from "../words.ts";
import { parseMasterFile } from "../zone/reader.ts";
import * as facade from "./index.ts";

// Node's own resolver is the reference: both ask one server of ours, and must come to the same.

const origin = parseDomainName("example");
const zone = String.raw`$TTL 300
@ SOA ns.example. host\.master.example. 2024010101 7200 900 1209600 60
@ NS ns
@ NS ns2.example.net.
@ MX 10 mail
@ MX 20 backup.example.net.
@ TXT "v=spf1 -all" "second string"
@ TXT "gr\195\188n" ""
@ CAA 0 issue "ca.example.net; policy=ev"
@ CAA 128 iodef "mailto:security@example.com"
www A 192.0.2.1
www 60 A 192.0.2.2
www AAAA 2001:db8::1
www AAAA ::ffff:192.0.2.9
alias CNAME www
chain CNAME alias
_sip._tcp SRV 10 20 5060 sip
_sip._tcp SRV 0 0 0 .
naptr NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .
naptr NAPTR 102 10 "s" "SIP+D2T" "" _sip._tcp
null MX 0 .
ptr PTR www
odd\.name A 192.0.2.3
_443._tcp.www TLSA 3 1 1 0011223344
lonely TXT x
1.2.0.192.in-addr.arpa. PTR www
1.2.0.192.in-addr.arpa. PTR other
`;
const records = [...parseMasterFile(zone, { origin })];

const server = dnsServer({
  name: "zone",
  wrap:
    () =>
    ({ query: { name, type } }) => {
      const forced = {
        "servfail.example.": DnsRcode.servFail,
        "refused.example.": DnsRcode.refused,
        "formerr.example.": DnsRcode.formErr,
        "notimp.example.": DnsRcode.notImp,
      }[String(name).toLowerCase()];
      if (forced !== undefined) return dnsResponse({ rcode: forced });
      const answers: DnsRecord[] = [];
      for (let at = name, hops = 0; hops < 8; hops++) {
        const here = records.filter((record) => record.name.equals(at));
        answers.push(
          ...here.filter(
            (record) => record.type === dnsTypeName(type) || dnsTypeName(type) === "ANY" || record.type === "CNAME",
          ),
        );
        const alias = here.find((record) => record.type === "CNAME");
        if (alias?.type !== "CNAME" || ["ANY", "CNAME"].includes(dnsTypeName(type))) break;
        at = alias.data.target;
      }
      const exists = records.some((record) => record.name.isWithin(name));
      const authorities = answers.length > 0 ? [] : encodeDnsSets(records.filter((record) => record.type === "SOA"));
      return dnsResponse({
        rcode: exists ? 0 : DnsRcode.nxDomain,
        answers: encodeDnsSets(answers),
        authorities,
        recursionAvailable: true,
      });
    },
});

const listeners: Listener[] = [];
const theirs = new nodeDns.Resolver();
const ours = new facade.Resolver();

before(async () => {
  const port = await listenOnBoth();
  theirs.setServers([`127.0.0.1:${port}`]);
  ours.setServers([`127.0.0.1:${port}`]);
});

/** A port that is free for TCP may be taken for UDP: then it is another one. */
async function listenOnBoth(): Promise<number> {
  for (let tries = 1; ; tries++) {
    const tcp = await listen("tcp:0:interface=127.0.0.1", server);
    const { port } = tcp.addresses[0] as IpAddress;
    try {
      listeners.push(await listen(`udp:${port}:interface=127.0.0.1`, server), tcp);
      return port;
    } catch (error) {
      await tcp.stop();
      if (tries === 10) throw error;
    }
  }
}

after(() => Promise.all(listeners.map((listener) => listener.stop())));

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** The result; or what programs look at of an error. */
async function outcome(run: () => unknown, isAny = false): Promise<Outcome> {
  try {
    const value = await run();
    return { value: sorted(isAny ? value : withoutType(value)) };
  } catch (error) {
    const { name, message, code, syscall, hostname, errno } = error as facade.DnsFacadeError;
    return { error: { name, message, code, syscall, hostname, errno } };
  }
}

/** Since version 24 Node tells the type of some records where only one was asked for; the facade does not, as before. */
function withoutType(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutType);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== "type"));
}

/** Servers may tell the records of a set in any order, and c-ares sorts some by type. */
function sorted(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((one: unknown) => JSON.stringify(one, sortedKeys)).sort();
}

function sortedKeys(_key: string, value: unknown): unknown {
  const isPlain = typeof value === "object" && value !== null && !Array.isArray(value);
  return isPlain ? Object.fromEntries(Object.entries(value).sort()) : value;
}

const methods = [
  "resolve4",
  "resolve6",
  "resolveAny",
  "resolveCaa",
  "resolveCname",
  "resolveMx",
  "resolveNaptr",
  "resolveNs",
  "resolvePtr",
  "resolveSoa",
  "resolveSrv",
  "resolveTxt",
] as const;
const names = [
  "example",
  "www.example",
  "WWW.Example",
  "www.example.",
  "alias.example",
  "chain.example",
  "_sip._tcp.example",
  "naptr.example",
  "null.example",
  "ptr.example",
  "lonely.example",
  "none.example",
  "example.none",
  "servfail.example",
  "refused.example",
  "formerr.example",
  "notimp.example",
];

describe("the facade and node:dns/promises give the same", () => {
  for (const method of methods)
    test(method, async () => {
      for (const name of names) {
        const [expected, found] = await Promise.all([
          outcome(() => theirs[method](name), method === "resolveAny"),
          outcome(() => ours[method](name), method === "resolveAny"),
        ]);
        assert.deepEqual(found, expected, `${method}(${JSON.stringify(name)})`);
      }
    });

  test("resolve, by type", async () => {
    for (const type of ["A", "AAAA", "ANY", "CAA", "CNAME", "MX", "NAPTR", "NS", "PTR", "SOA", "SRV", "TXT"]) {
      const expected = await outcome(() => theirs.resolve("example", type), type === "ANY");
      assert.deepEqual(await outcome(() => ours.resolve("example", type), type === "ANY"), expected, type);
    }
    assert.deepEqual(
      await outcome(() => ours.resolve("www.example")),
      await outcome(() => theirs.resolve("www.example")),
    );
  });

  test("resolve4 and resolve6 with TTLs", async () => {
    await using fresh = new (class extends facade.Resolver {
      async [Symbol.asyncDispose]() {
        this.cancel();
      }
    })();
    fresh.setServers(ours.getServers());
    const options = { ttl: true } as const;
    for (const method of ["resolve4", "resolve6"] as const)
      assert.deepEqual(
        await outcome(() => fresh[method]("lonelier.example", options)),
        await outcome(() => theirs[method]("lonelier.example", options)),
      );
    const found = await fresh.resolve6("www.example", options);
    assert.deepEqual(found, await theirs.resolve6("www.example", options));
  });

  test("reverse", async () => {
    for (const address of ["192.0.2.1", "192.0.2.99", "2001:db8::1", "nonsense"])
      assert.deepEqual(
        await outcome(() => ours.reverse(address)),
        await outcome(() => theirs.reverse(address)),
        address,
      );
  });

  test("arguments of the wrong kind are refused at once, with node's codes", () => {
    const refuses = (resolver: typeof theirs | facade.Resolver) =>
      [
        () => resolver.resolve4(7 as never),
        () => resolver.resolve("example", "WHAT" as never),
        () => resolver.resolve("example", 7 as never),
        () => resolver.setServers(["nonsense"]),
        () => resolver.setServers("127.0.0.1" as never),
      ].map((run) => {
        try {
          run();
          return "nothing thrown";
        } catch (error) {
          return (error as { code?: string }).code;
        }
      });
    assert.deepEqual(refuses(ours), refuses(theirs));
  });

  test("servers, as they are spelled", () => {
    const [one, other] = [new nodeDns.Resolver(), new facade.Resolver()];
    for (const servers of [["192.0.2.1"], ["192.0.2.1:5353", "[2001:DB8:0::1]:5353"], ["2001:db8::1", "[::1]:53"]]) {
      one.setServers(servers);
      other.setServers(servers);
      assert.deepEqual(other.getServers(), one.getServers());
    }
    other.setServers(["tls://dns.example"]);
    assert.deepEqual(other.getServers(), ["tls://dns.example"]);
  });

  test("what is cancelled, and what nobody answers in time", async () => {
    const silent = await listen(
      "udp:0:interface=127.0.0.1",
      dnsServer({ name: "silent", wrap: () => () => ({ type: "drop" }) }),
    );
    const where = [`127.0.0.1:${(silent.addresses[0] as IpAddress).port}`];
    const outcomes = [nodeDns.Resolver, facade.Resolver].map(async (Resolver) => {
      const resolver = new Resolver({ timeout: 100, tries: 1 });
      resolver.setServers(where);
      const late = await outcome(() => resolver.resolve4("www.example"));
      const asked = outcome(() => resolver.resolveMx("www.example"));
      resolver.cancel();
      return [late, await asked];
    });
    const [expected, found] = await Promise.all(outcomes);
    assert.deepEqual(found, expected);
    await silent.stop();
  });

  test("a local address to ask from", async () => {
    const resolver = new facade.Resolver();
    resolver.setServers(ours.getServers());
    resolver.setLocalAddress("127.0.0.2");
    assert.deepEqual((await resolver.resolve4("www.example")).sort(), ["192.0.2.1", "192.0.2.2"]);
    assert.throws(() => resolver.setLocalAddress("nonsense"), { code: "ERR_INVALID_ARG_VALUE" });
  });

  test("lookup and lookupService", async () => {
    const calls: readonly ((dns: typeof nodeDns | typeof facade) => unknown)[] = [
      (dns) => dns.lookup("127.0.0.1"),
      (dns) => dns.lookup("::1", { all: true }),
      (dns) => dns.lookup("localhost", { family: 4 }),
      (dns) => dns.lookup("localhost", { family: 4, all: true }),
      (dns) => dns.lookup("nothing.invalid"),
      (dns) => dns.lookup("localhost", { family: 5 as never }),
      (dns) => dns.lookupService("127.0.0.1", 80),
      (dns) => dns.lookupService("127.0.0.1", 65_000),
      (dns) => dns.lookupService("nonsense", 80),
      (dns) => dns.lookupService("127.0.0.1", 65_536),
    ];
    for (const call of calls) {
      const [expected, found] = [await outcome(() => call(nodeDns)), await outcome(() => call(facade))];
      const codeOnly = "error" in expected && (expected.error as { syscall?: string }).syscall === undefined;
      if (codeOnly)
        assert.equal(
          ((found as { error: unknown }).error as { code: string }).code,
          (expected.error as { code: string }).code,
          String(call),
        );
      else if (
        String(call).includes("invalid") &&
        (expected as { error?: { code?: string } }).error?.code === "EAI_AGAIN"
      )
        continue; // no resolver on this machine
      else assert.deepEqual(found, expected, String(call));
    }
    assert.equal(facade.getDefaultResultOrder(), nodeDns.getDefaultResultOrder());
    facade.setDefaultResultOrder("ipv4first");
    assert.equal(facade.getDefaultResultOrder(), "ipv4first");
    facade.setDefaultResultOrder("verbatim");
  });

  test("every name of the module is there with a type that fits, and every code is the same", () => {
    const fitting: Omit<typeof nodeDns, "getDefaultResultOrder" | "Resolver"> = facade; // the compiler finds what does not fit
    const fittingToo: Omit<nodeDns.Resolver, never> = ours;
    assert.deepEqual([typeof fitting.lookup, typeof fittingToo.resolve4], ["function", "function"]);
    for (const [name, value] of Object.entries(nodeDns)) {
      assert.equal(typeof (facade as Record<string, unknown>)[name], typeof value, name);
      if (typeof value === "string") assert.equal((facade as Record<string, unknown>)[name], value);
    }
    const methodsOf = (type: { readonly prototype: object }) => Object.getOwnPropertyNames(type.prototype);
    const missing = [...methodsOf(nodeDns.Resolver), "setServers", "getServers", "cancel", "setLocalAddress"].filter(
      (name) => !methodsOf(facade.Resolver).includes(name),
    );
    assert.deepEqual(missing, []);
  });
});
