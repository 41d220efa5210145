import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Reactor } from "@hawser/core";
import { simulate, simulation } from "@hawser/core/simulation";
import { ManualClock } from "@hawser/core/testing";
import { dnsResolver, dnsServer, ZoneTable, zone, zonesPlugin } from "@hawser/dns";
import { fieldBody, MailHeader } from "@hawser/mime";
import { ed25519Key, rsaKey, signedMessage, testMessage, testNow } from "./dkim/signing.test.kit.ts";
import {
  type AuthenticateOptions,
  authenticateMail,
  type DnsMemoryRecords,
  dkimDnsRecord,
  memoryLookups,
  parseAuthenticationResults,
  resolverLookups,
  SenderAuthentication,
  splitMessage,
} from "./index.ts";

const { random } = simulation({ seed: 1 });

const names: Readonly<Record<string, DnsMemoryRecords>> = {
  "example.org": { TXT: ["v=spf1 ip4:192.0.2.1 -all"] },
  "mx.example.org": { TXT: ["v=spf1 ip4:192.0.2.1 -all"] },
  "_dmarc.example.org": { TXT: ["v=DMARC1; p=reject"] },
  ...Object.fromEntries([rsaKey, ed25519Key].map(dkimDnsRecord).map(({ name, text }) => [name, { TXT: [text] }])),
};

const options: AuthenticateOptions = {
  lookups: memoryLookups(names),
  reactor: { clock: new ManualClock(testNow), random },
  authservId: "mx.example.net",
};

const check = { peer: "192.0.2.1", helo: "mx.example.org", mailFrom: "alice@example.org" };

const octets = (text: string): Uint8Array => Buffer.from(text, "latin1");

describe("authenticateMail", () => {
  test("a message that is what it claims to be", async () => {
    const message = octets(signedMessage(testMessage, { keys: [rsaKey, ed25519Key] }));
    const verdict = await authenticateMail({ message, ...check }, options);
    assert.deepEqual([verdict.dmarc.result, verdict.dmarc.disposition], ["pass", "none"]);
    const said = parseAuthenticationResults(fieldBody(verdict.field));
    assert.equal(said.authservId, "mx.example.net");
    assert.deepEqual(
      said.results.map(({ method, result, properties }) => [
        method,
        result,
        properties.find(({ name }) => ["d", "mailfrom", "helo", "from"].includes(name))?.value,
      ]),
      [
        ["dkim", "pass", "example.org"],
        ["dkim", "pass", "example.org"],
        ["spf", "pass", "alice@example.org"],
        ["spf", "pass", "mx.example.org"],
        ["dmarc", "pass", "example.org"],
      ],
    );
    assert.match(
      verdict.receivedSpf.octets,
      /^Received-SPF: pass client-ip=192\.0\.2\.1; envelope-from=alice@example\.org|^Received-SPF: pass/,
    );
  });

  test("a forged one, with the results it brought along", async () => {
    const message = octets(`Authentication-Results: mx.example.net; dmarc=pass\r\n${testMessage}`);
    const verdict = await authenticateMail({ message, ...check, peer: "203.0.113.9" }, options);
    const { dmarc, spf, dkim, header } = verdict;
    assert.deepEqual([dmarc.result, dmarc.disposition, spf.result, dkim], ["fail", "reject", "fail", []]);
    const [said, ...more] = header.all("authentication-results");
    assert.equal(more.length, 0);
    assert.deepEqual(
      parseAuthenticationResults(said!).results.map(({ method, result }) => `${method}=${result}`),
      ["dkim=none", "spf=fail", "spf=fail", "dmarc=fail"],
    );
  });

  test("pieces cut anywhere come to the same as the whole", async () => {
    const { header, body } = splitMessage(octets(signedMessage(testMessage)));
    const { field } = await authenticateMail({ header, body: [body], ...check }, options);
    for (let at = 0; at <= body.length; at += 3) {
      const sender = new SenderAuthentication(header, check, options);
      sender.receive(body.subarray(0, at));
      sender.receive(body.subarray(at));
      assert.deepEqual((await sender.finish()).field, field);
    }
  });

  test("a bounce is judged by the name of its peer", async () => {
    const verdict = await authenticateMail({ message: octets(testMessage), ...check, mailFrom: "" }, options);
    assert.deepEqual([verdict.spf.identity, verdict.spf.result], ["helo", "pass"]);
    assert.deepEqual(verdict.dmarc.alignedSpf, "mx.example.org");
    assert.equal((verdict.field.octets.match(/spf=/g) ?? []).length, 1);
  });

  test("a DNS that never answers ends in temporary errors, in virtual time", async () => {
    const clock = new ManualClock(testNow);
    const silent = { ...options, lookups: { lookUp: () => new Promise<never>(() => {}) }, reactor: { clock, random } };
    const judged = authenticateMail({ message: octets(signedMessage(testMessage)), ...check }, silent);
    for (let i = 0; i < 12; i++) await clock.elapse(10_000);
    const { spf, dkim, dmarc } = await judged;
    assert.deepEqual([spf.result, dkim[0]?.status, dmarc.result], ["temperror", "temperror", "temperror"]);
    assert.equal(clock.pending, 0);
  });

  test("whoever gives up leaves nothing behind", async () => {
    const clock = new ManualClock(testNow);
    const controller = new AbortController();
    const silent = { ...options, lookups: { lookUp: () => new Promise<never>(() => {}) }, reactor: { clock, random } };
    const judged = authenticateMail(
      { message: octets(testMessage), ...check },
      { ...silent, signal: controller.signal },
    );
    controller.abort(new Error("enough"));
    await assert.rejects(judged, /enough/);
    assert.equal(clock.pending, 0);
  });

  test("peers may say what they like: it stays one field", async () => {
    const odd = { peer: "192.0.2.1", helo: 'a"\r\nBcc: x\0é', mailFrom: '"a; dmarc=pass\r\n"@exa mple.org;x' };
    const { field, receivedSpf } = await authenticateMail({ message: octets("From: x\r\n\r\n"), ...odd }, options);
    for (const one of [field, receivedSpf]) assert.equal(MailHeader.parse(one.octets).fields.length, 1);
    const { results } = parseAuthenticationResults(fieldBody(field));
    assert.deepEqual(
      results.map(({ method, result }) => `${method}=${result}`),
      ["dkim=none", "spf=none", "spf=none", "dmarc=permerror"],
    );
  });
});

describe("resolverLookups: a resolver over a network", () => {
  const records = [
    "@ 60 IN SOA ns host 1 1 1 1 60",
    "@ 60 IN NS first",
    '@ 60 IN TXT "v=spf1 mx ptr:example.org " "-all"',
    "@ 60 IN MX 20 second",
    "@ 60 IN MX 10 first",
    "first 60 IN A 192.0.2.7",
    "first 60 IN AAAA 2001:db8::7",
    "second 60 IN CNAME first",
    '_dmarc 60 IN TXT "v=DMARC1; p=none"',
  ];

  function withLookups(body: (lookups: ReturnType<typeof resolverLookups>, reactor: Reactor) => Promise<void>) {
    return simulate({}, async (world) => {
      const server = world.host("server");
      await world.listen("udp:53", dnsServer(zonesPlugin(new ZoneTable([zone("example.org", records)]))), {
        reactor: server,
      });
      const reactor = world.host("client");
      await using dns = dnsResolver({ reactor, servers: [server.address] });
      await body(resolverLookups(dns), reactor);
    });
  }

  test("every type, and what there is not", () =>
    withLookups(async (lookups) => {
      const ask = (name: string, type: "A" | "AAAA" | "MX" | "TXT") => lookups.lookUp(name, type);
      assert.deepEqual(await ask("example.org", "TXT"), { type: "found", values: ["v=spf1 mx ptr:example.org -all"] });
      assert.deepEqual(await ask("EXAMPLE.org", "MX"), {
        type: "found",
        values: ["first.example.org", "second.example.org"],
      });
      assert.deepEqual(await ask("second.example.org", "A"), { type: "found", values: ["192.0.2.7"] });
      assert.deepEqual(await ask("first.example.org", "AAAA"), { type: "found", values: ["2001:db8::7"] });
      assert.deepEqual(await ask("first.example.org", "MX"), { type: "none", nameExists: true });
      assert.deepEqual(await ask("gone.example.org", "A"), { type: "none", nameExists: false });
      assert.deepEqual(await ask(`${"x".repeat(64)}.example.org`, "A"), { type: "none", nameExists: false });
      assert.deepEqual(await ask("a..example.org", "A"), { type: "none", nameExists: false });
      assert.deepEqual(await ask('odd "name\\.example.org', "A"), { type: "none", nameExists: false });
      assert.equal((await ask("elsewhere.example", "A")).type, "failed");
    }));

  test("a whole judgement", () =>
    withLookups(async (lookups, reactor) => {
      const verdict = await authenticateMail(
        { message: octets(testMessage), ...check, peer: "192.0.2.7" },
        { lookups, reactor, authservId: "mx.example.net" },
      );
      assert.deepEqual([verdict.spf.result, verdict.spf.matched, verdict.dmarc.result], ["pass", "mx", "pass"]);
    }));
});
