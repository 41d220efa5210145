import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "@hawser/core";
import { parseDomainName, readZone } from "@hawser/dns";
import { dkimDnsRecord, generateDkimKey } from "../sender/dkim/keys.ts";
import { mailDnsText } from "./record.ts";
import { mailDnsRecords } from "./records.ts";
import { formatMailDnsZone } from "./zone-text.ts";

test("mailDnsRecords gives what a domain needs, and the reason for each", () => {
  const records = mailDnsRecords({
    domain: "Example.org",
    host: "mail.example.org",
    addresses: ["192.0.2.1", "2001:db8::1"],
    services: [{ name: "imaps", port: 1993 }],
    caaIssuer: "letsencrypt.org",
  });
  assert.deepEqual(
    records.map(({ name, type, data, need }) => `${need} ${name} ${type} ${data}`),
    [
      "required example.org MX 10 mail.example.org.",
      "required mail.example.org A 192.0.2.1",
      "required mail.example.org AAAA 2001:db8::1",
      "required 1.2.0.192.in-addr.arpa PTR mail.example.org.",
      `required ${"1.".padEnd(48, "0.")}8.b.d.0.1.0.0.2.ip6.arpa PTR mail.example.org.`,
      'required example.org TXT "v=spf1 mx ~all"',
      'advised mail.example.org TXT "v=spf1 a -all"',
      'required _dmarc.example.org TXT "v=DMARC1; p=quarantine; rua=mailto:postmaster@example.org"',
      "advised _imaps._tcp.example.org SRV 0 1 1993 mail.example.org.",
      'optional _smtp._tls.example.org TXT "v=TLSRPTv1; rua=mailto:postmaster@example.org"',
      'optional example.org CAA 0 issue "letsencrypt.org"',
    ],
  );
  assert.ok(records.every(({ why }) => why !== ""));
});

test("mailDnsRecords refuses what is no domain or address", () => {
  const good = { domain: "example.org", host: "mail.example.org" };
  for (const wrong of [{ domain: "org x" }, { host: "192.0.2.1 " }, { addresses: ["mail.example.org"] }])
    assert.throws(() => mailDnsRecords({ ...good, ...wrong }), UsageError);
});

test("formatMailDnsZone writes a zone that our own name server loads, with keys longer than one string", () => {
  const dkim = (["rsa", "ed25519"] as const).map((type) =>
    dkimDnsRecord({ domain: "example.org", selector: type, privateKey: generateDkimKey(type) }),
  );
  const setup = { domain: "example.org", host: "mail.example.org", addresses: ["192.0.2.1"], dkim };
  const text = formatMailDnsZone(mailDnsRecords(setup), "example.org", { nameServer: "mail.example.org" });
  const reading = readZone(text, parseDomainName("example.org"));
  assert.deepEqual(reading.findings, []);
  assert.match(text, /^; 1\.2\.0\.192\.in-addr\.arpa\. IN PTR mail\.example\.org\.$/m);
  assert.ok(text.includes(mailDnsText(dkim[0]!.text)));
});

test("mailDnsText cuts and escapes", () => {
  assert.equal(mailDnsText(""), '""');
  assert.equal(mailDnsText('a"\\ü'), '"a\\"\\\\\\195\\188"');
  assert.equal(mailDnsText("x".repeat(256)), `"${"x".repeat(255)}" "x"`);
});
