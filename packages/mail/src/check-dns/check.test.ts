import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { describe, test } from "node:test";
import { ManualClock } from "@hawser/core/testing";
import { dkimDnsRecord, generateDkimKey } from "../sender/dkim/keys.ts";
import { type DnsMemoryRecords, memoryLookups } from "../sender/lookups/memory-lookups.ts";
import { checkMailDns } from "./check.ts";
import type { MailDnsFinding } from "./finding.ts";
import type { MailDnsSetup } from "./setup.ts";

const key = dkimDnsRecord({ domain: "example.org", selector: "s1", privateKey: generateDkimKey("ed25519") });
const other = dkimDnsRecord({ domain: "example.org", selector: "s1", privateKey: generateDkimKey("ed25519") });
const small = dkimDnsRecord({
  domain: "example.org",
  selector: "s1",
  privateKey: generateDkimKey("rsa", { bits: 1024 }),
});

const setup: MailDnsSetup = {
  domain: "example.org",
  host: "mail.example.org",
  addresses: ["192.0.2.1", "2001:DB8::1"],
  dkim: [key],
};

const reverse6 = `1.${"0.".repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`;

/** A domain that has done everything right. */
const good: Readonly<Record<string, DnsMemoryRecords>> = {
  "example.org": { MX: ["mail.example.org"], TXT: ["v=spf1 mx ~all", "something else"] },
  "mail.example.org": { A: ["192.0.2.1"], AAAA: ["2001:db8::1"], TXT: ["v=spf1 a -all"] },
  "1.2.0.192.in-addr.arpa": { PTR: ["mail.example.org"] },
  [reverse6]: { PTR: ["mail.example.org"] },
  "s1._domainkey.example.org": { TXT: [key.text] },
  "_dmarc.example.org": { TXT: ["v=DMARC1; p=quarantine; rua=mailto:postmaster@example.org"] },
  "_submissions._tcp.example.org": { SRV: ["0 1 465 mail.example.org"] },
  "_imaps._tcp.example.org": { SRV: ["0 1 993 mail.example.org"] },
  "_pop3s._tcp.example.org": { SRV: ["0 1 995 mail.example.org"] },
  "_smtp._tls.example.org": { TXT: ["v=TLSRPTv1; rua=mailto:postmaster@example.org"] },
};

function check(
  changes: Readonly<Record<string, DnsMemoryRecords | undefined>> = {},
  given: Partial<MailDnsSetup> = {},
): Promise<readonly MailDnsFinding[]> {
  const names = Object.entries({ ...good, ...changes }).filter(([, records]) => records !== undefined);
  const lookups = memoryLookups(Object.fromEntries(names) as Record<string, DnsMemoryRecords>);
  return checkMailDns({ ...setup, ...given }, { lookups, clock: new ManualClock() });
}

test("a domain that has done everything right hears nothing but good", async () => {
  const findings = await check({}, { caaIssuer: "ca.example" });
  assert.deepEqual(
    findings.filter(({ verdict }) => verdict !== "good").map(({ about }) => about),
    ["CAA"],
  );
  assert.deepEqual(
    findings.map(({ about }) => about),
    ["MX", "host", "PTR", "PTR", "SPF", "SPF", "DKIM", "DMARC", "SRV", "SRV", "SRV", "TLS reports", "CAA"],
  );
});

test("a domain that has done nothing hears of all that it must do, and of the rest", async () => {
  const findings = await check(Object.fromEntries(Object.keys(good).map((name) => [name, undefined])));
  const of = (verdict: string) => findings.filter((one) => one.verdict === verdict).map(({ about }) => about);
  assert.deepEqual(of("missing"), ["MX", "host", "PTR", "PTR", "SPF", "DKIM", "DMARC"]);
  assert.deepEqual(of("advice"), ["SPF", "SRV", "SRV", "SRV", "TLS reports"]);
  assert.ok(findings.every(({ todo }) => todo !== undefined));
});

describe("what is told of", () => {
  type Row = readonly [
    what: string,
    changes: Readonly<Record<string, DnsMemoryRecords | undefined>>,
    expected: readonly (readonly [verdict: string, about: string, text: RegExp])[],
    given?: Partial<MailDnsSetup>,
  ];
  const apex = (record: {
    readonly MX?: readonly string[];
    readonly TXT?: readonly string[];
  }): Record<string, DnsMemoryRecords> => ({
    "example.org": { MX: ["mail.example.org"], TXT: ["v=spf1 mx ~all"], ...record },
  });
  const spf = (...texts: readonly string[]) => apex({ TXT: texts });
  const dmarc = (...texts: readonly string[]) => ({ "_dmarc.example.org": { TXT: texts } });
  const dkim = (...texts: readonly string[]) => ({ "s1._domainkey.example.org": { TXT: texts } });

  const rows: readonly Row[] = [
    [
      "a null MX",
      apex({ MX: ["."] }),
      [
        ["wrong", "MX", /null MX/],
        ["wrong", "SPF", /may not send/],
        ["wrong", "SPF", /may not send/],
      ],
    ],
    [
      "no MX, and a domain that is there",
      { "example.org": { TXT: ["v=spf1 a:mail.example.org -all"] } },
      [["missing", "MX", /nothing says/]],
    ],
    [
      "an MX that is an address",
      apex({ MX: ["mail.example.org", "192.0.2.1"] }),
      [["wrong", "MX", /this is an address/]],
    ],
    [
      "an MX that is an alias",
      {
        ...apex({ MX: ["mail.example.org", "mx.example.org"] }),
        "mx.example.org": { CNAME: ["mail.example.org"], A: ["192.0.2.1"] },
      },
      [["wrong", "MX", /CNAME/]],
    ],
    [
      "an MX without an address",
      apex({ MX: ["mail.example.org", "gone.example.org"] }),
      [["wrong", "MX", /no address/]],
    ],
    [
      "an MX elsewhere",
      {
        ...apex({ MX: ["mx.example.net"], TXT: ["v=spf1 a:mail.example.org ~all"] }),
        "mx.example.net": { A: ["198.51.100.1"] },
      },
      [["wrong", "MX", /mail goes to mx\.example\.net/]],
    ],
    [
      "a server at another address",
      { "mail.example.org": { A: ["192.0.2.9"], AAAA: ["2001:db8::1"] } },
      [
        ["missing", "host", /192\.0\.2\.1 is not published/],
        ["wrong", "host", /192\.0\.2\.9 is published/],
        ["wrong", "PTR", /does not lead back/],
        ["wrong", "SPF", /192\.0\.2\.1 may not send: softfail, by ~all/],
        ["advice", "SPF", /nothing says who may call itself/],
      ],
    ],
    [
      "a private address",
      {
        "mail.example.org": { A: ["10.1.2.3"], TXT: ["v=spf1 a -all"] },
        "3.2.1.10.in-addr.arpa": { PTR: ["mail.example.org"] },
      },
      [["wrong", "host", /nobody outside reaches 10\.1\.2\.3/]],
      { addresses: [] },
    ],
    [
      "no IPv4",
      { "mail.example.org": { AAAA: ["2001:db8::1"], TXT: ["v=spf1 a -all"] } },
      [["advice", "host", /no IPv4/]],
      { addresses: [] },
    ],
    ["an address without a name", { "1.2.0.192.in-addr.arpa": undefined }, [["missing", "PTR", /has no name/]]],
    [
      "a name that does not lead back",
      { "1.2.0.192.in-addr.arpa": { PTR: ["host-1.example.net"] } },
      [["wrong", "PTR", /does not lead back/]],
    ],
    [
      "another name that leads back",
      { "1.2.0.192.in-addr.arpa": { PTR: ["host.example.net"] }, "host.example.net": { A: ["192.0.2.1"] } },
      [["advice", "PTR", /calls itself mail\.example\.org/]],
    ],
    ["no SPF", spf("v=spf10"), [["missing", "SPF", /nothing says/]]],
    ["two records of SPF", spf("v=spf1 mx ~all", "v=spf1 -all"), [["wrong", "SPF", /2 records/]]],
    ["a mistake in SPF", spf("v=spf1 mx ipv4:192.0.2.1 ~all"), [["wrong", "SPF", /is no term/]]],
    [
      "SPF that leaves us out",
      spf("v=spf1 ip4:192.0.2.1 -all"),
      [["wrong", "SPF", /2001:DB8::1 may not send: fail, by -all/]],
    ],
    ["SPF that refuses nobody", spf("v=spf1 +all"), [["advice", "SPF", /refuses nobody/]]],
    ["SPF with ptr", spf("v=spf1 mx ptr ~all"), [["advice", "SPF", /"ptr"/]]],
    ["SPF that is long", spf(`v=spf1 mx ${"ip4:198.51.100.1 ".repeat(30)}~all`), [["advice", "SPF", /octets/]]],
    [
      "SPF with eleven terms that ask",
      spf(`v=spf1 mx ${"a:mail.example.org ".repeat(10)}~all`),
      [["wrong", "SPF", /11 of its terms ask/]],
    ],
    [
      "SPF with eleven terms, in what it includes",
      {
        ...spf("v=spf1 mx include:a.example.net ~all"),
        "a.example.net": { TXT: [`v=spf1 ${"a:b.example.net ".repeat(8)}redirect=c.example.net`] },
        "b.example.net": { A: ["198.51.100.1"] },
        "c.example.net": { TXT: ["v=spf1 -all"] },
      },
      [["wrong", "SPF", /11 of its terms ask/]],
    ],
    ["SPF that includes itself", spf("v=spf1 mx include:example.org ~all"), [["wrong", "SPF", /of its terms ask/]]],
    [
      "SPF that includes what has none",
      spf("v=spf1 include:none.example.net mx ~all"),
      [
        ["wrong", "SPF", /may not send/],
        ["wrong", "SPF", /may not send/],
      ],
    ],
    [
      "SPF of the server that leaves it out",
      { "mail.example.org": { A: ["192.0.2.1"], AAAA: ["2001:db8::1"], TXT: ["v=spf1 -all"] } },
      [["wrong", "SPF", /may not call itself so/]],
    ],
    ["a key that is not published", { "s1._domainkey.example.org": undefined }, [["missing", "DKIM", /not published/]]],
    ["another key", dkim(other.text), [["wrong", "DKIM", /another key/]]],
    ["a key of another kind", dkim(small.text), [["wrong", "DKIM", /another key/]]],
    ["a small key", dkim(small.text), [["advice", "DKIM", /1024 bits/]], { dkim: [small] }],
    ["two keys", dkim(key.text, other.text), [["wrong", "DKIM", /2 records/]]],
    ["a revoked key", dkim("v=DKIM1; k=ed25519; p="), [["wrong", "DKIM", /revoked/]]],
    ["a torn key", dkim(key.text.slice(0, -10)), [["wrong", "DKIM", /Cannot read the DKIM key/]]],
    ["a key on trial", dkim(`${key.text}; t=y`), [["advice", "DKIM", /only trying/]]],
    ["a key for SHA-1 alone", dkim(`${key.text}; h=sha1`), [["wrong", "DKIM", /SHA-256/]]],
    ["no key at all", {}, [["advice", "DKIM", /no key was named/]], { dkim: [] }],
    ["no DMARC", { "_dmarc.example.org": undefined }, [["missing", "DMARC", /nothing says/]]],
    ["two policies of DMARC", dmarc("v=DMARC1; p=none", "v=DMARC1; p=reject"), [["wrong", "DMARC", /2 policies/]]],
    ["DMARC that is spelt otherwise", dmarc("v=dmarc1; p=none"), [["wrong", "DMARC", /does not begin/]]],
    ["DMARC without a policy", dmarc("v=DMARC1; rua=mailto:postmaster@example.org"), [["wrong", "DMARC", /no p=/]]],
    [
      "DMARC with a policy that is none",
      dmarc("v=DMARC1; p=refuse; adkim=x; pct=101; huh"),
      [
        ["wrong", "DMARC", /p=refuse means nothing/],
        ["wrong", "DMARC", /adkim=x/],
        ["wrong", "DMARC", /pct=101/],
        ["wrong", "DMARC", /"huh" says nothing/],
      ],
    ],
    ["DMARC with a tag twice", dmarc("v=DMARC1; p=none; p=reject"), [["wrong", "DMARC", /p= is there twice/]]],
    [
      "DMARC with an address that is no URI",
      dmarc("v=DMARC1; p=reject; rua=postmaster@example.org"),
      [["wrong", "DMARC", /rua=postmaster@example\.org means nothing/]],
    ],
    [
      "DMARC that does nothing",
      dmarc("v=DMARC1; p=none"),
      [
        ["advice", "DMARC", /p=none/],
        ["advice", "DMARC", /nobody gets reports/],
      ],
    ],
    [
      "reports for somebody else",
      dmarc("v=DMARC1; p=reject; rua=mailto:x@reports.example,mailto:y@sub.example.org"),
      [["wrong", "DMARC", /reports\.example has not said/]],
    ],
    [
      "reports for somebody else who wants them",
      {
        ...dmarc("v=DMARC1; p=reject; rua=mailto:x@reports.example!10m"),
        "example.org._report._dmarc.reports.example": { TXT: ["v=DMARC1"] },
      },
      [],
    ],
    [
      "a service elsewhere",
      { "_imaps._tcp.example.org": { SRV: ["0 1 993 imap.example.net"] }, "imap.example.net": { A: ["198.51.100.1"] } },
      [["advice", "SRV", /sent to imap\.example\.net:993/]],
    ],
    ["a service nowhere", { "_pop3s._tcp.example.org": { SRV: ["0 0 0 ."] } }, [["advice", "SRV", /sent to nowhere/]]],
    [
      "a service without an address",
      { "_imaps._tcp.example.org": { SRV: ["0 1 993 gone.example.org"] } },
      [
        ["wrong", "SRV", /no address/],
        ["advice", "SRV", /sent to gone/],
      ],
    ],
    [
      "TLS reports for nobody",
      { "_smtp._tls.example.org": { TXT: ["v=TLSRPTv1; rua=postmaster@example.org"] } },
      [["wrong", "TLS reports", /who gets/]],
    ],
    [
      "MTA-STS without an identifier",
      { "_mta-sts.example.org": { TXT: ["v=STSv1;"] } },
      [["wrong", "MTA-STS", /no id=/]],
    ],
    [
      "MTA-STS twice",
      { "_mta-sts.example.org": { TXT: ["v=STSv1; id=1", "v=STSv1; id=2"] } },
      [["wrong", "MTA-STS", /2 records/]],
    ],
    [
      "an authority that may not",
      { "example.org": { ...(good["example.org"] as object), CAA: ['0 issue "other.example; x=1"'] } },
      [["wrong", "CAA", /may give out no certificate/]],
      { caaIssuer: "ca.example" },
    ],
    [
      "an authority that may",
      { "example.org": { ...(good["example.org"] as object), CAA: ['0 issue "ca.example"'] } },
      [],
      { caaIssuer: "ca.example" },
    ],
    [
      "name servers that do not answer",
      { "_dmarc.example.org": "failed", "1.2.0.192.in-addr.arpa": "failed" },
      [
        ["unknown", "PTR", /no server answered/],
        ["unknown", "DMARC", /no server answered/],
      ],
    ],
  ];
  for (const [what, changes, expected, given] of rows)
    test(what, async () => {
      const found = (await check(changes, given)).filter(({ verdict }) => verdict !== "good");
      assert.deepEqual(
        found.map(({ verdict, about }) => `${verdict} ${about}`),
        expected.map(([verdict, about]) => `${verdict} ${about}`),
        JSON.stringify(found, undefined, 1),
      );
      for (const [i, [, , text]] of expected.entries()) assert.match(found[i]!.text, text);
      for (const { verdict, todo } of found) assert.ok(verdict === "unknown" || todo !== undefined);
    });
});

test("a domain below another has the policy of that one", async () => {
  const findings = await check(
    { "sub.example.org": { MX: ["mail.example.org"], TXT: ["v=spf1 mx ~all"] } },
    { domain: "sub.example.org", dkim: [], services: [] },
  );
  assert.match(findings.find(({ about }) => about === "DMARC")!.text, /the policy of example\.org counts: quarantine/);
});

test("a server that has the domain's own name needs no second record", async () => {
  const findings = await check(
    { "example.org": { MX: ["example.org"], A: ["192.0.2.1"], TXT: ["v=spf1 a -all"] } },
    { host: "example.org", addresses: ["192.0.2.1"] },
  );
  assert.equal(findings.filter(({ about }) => about === "SPF").length, 1);
});

test("keys of two types are compared without a trace in OpenSSL, which would spoil the next private key", async () => {
  await check({ "s1._domainkey.example.org": { TXT: [small.text] } });
  createPrivateKey(generateDkimKey("ed25519"));
});
