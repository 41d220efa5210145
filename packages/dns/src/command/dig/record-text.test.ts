import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseDnsRecord } from "../../records/text.ts";
import { digDataText, digQuestionLine, digRecordText } from "./record-text.ts";
import { type DigSettings, digDefaults } from "./settings.ts";

const key = "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==";

/** A record, what is said of it on the command line, and what BIND's dig 9.18 prints. */
const printed: readonly (readonly [record: string, settings: Partial<DigSettings>, text: string])[] = [
  ["www.example. 300 IN CNAME web.example.", {}, "www.example.\t\t300\tIN\tCNAME\tweb.example."],
  ["web.example. 5400 IN A 192.0.2.1", { ttlUnits: true }, "web.example.\t\t1h30m\tIN\tA\t192.0.2.1"],
  ["web.example. 90 IN A 192.0.2.1", { ttl: false, showClass: false }, "web.example.\t\tA\t192.0.2.1"],
  ["odd.example. 3600 IN TYPE65280 \\# 4 0A000001", {}, "odd.example.\t\t3600\tIN\tTYPE65280 \\# 4 0A000001"],
  ["web.example. 90 IN A 192.0.2.80", { unknownFormat: true }, "web.example.\t\t90\tCLASS1\tTYPE1\t\\# 4 C0000250"],
  [
    `key.example. 3600 IN DNSKEY 257 3 13 ${key}`,
    {},
    `key.example.\t\t3600\tIN\tDNSKEY\t257 3 13 ${key.slice(0, 56)} ${key.slice(56)}`,
  ],
  [
    `key.example. 3600 IN DNSKEY 257 3 13 ${key}`,
    { crypto: false },
    "key.example.\t\t3600\tIN\tDNSKEY\t257 3 13 [key id = 2371]",
  ],
  [
    `key.example. 3600 IN DNSKEY 257 3 13 ${key}`,
    { multiline: true },
    `key.example.\t\t3600 IN\tDNSKEY 257 3 13 (\n\t\t\t\t${key.slice(0, 44)}\n\t\t\t\t${key.slice(44)}\n\t\t\t\t) ; KSK; alg = ECDSAP256SHA256 ; key id = 2371`,
  ],
  [
    "example. 3600 IN SOA ns.example. host.example. 2024010101 7200 900 1209600 300",
    { multiline: true },
    [
      "example.\t\t3600 IN\tSOA ns.example. host.example. (",
      "2024010101 ; serial",
      "7200       ; refresh (2 hours)",
      "900        ; retry (15 minutes)",
      "1209600    ; expire (2 weeks)",
      "300        ; minimum (5 minutes)",
      ")",
    ].join("\n\t\t\t\t"),
  ],
  [
    `sig.example. 3600 IN RRSIG A 13 2 3600 20330101000000 20230101000000 1234 example. ${key}`,
    { multiline: true },
    `sig.example.\t\t3600 IN\tRRSIG A 13 2 3600 (\n\t\t\t\t20330101000000 20230101000000 1234 example.\n\t\t\t\t${key.slice(0, 44)}\n\t\t\t\t${key.slice(44)} )`,
  ],
  [
    "dhcid.example. 3600 IN DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
    { multiline: true },
    "dhcid.example.\t\t3600 IN\tDHCID ( AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2k\n\t\t\t\tjEA= ) ; 2 1 32",
  ],
  [
    "ipsec.example. 3600 IN IPSECKEY 10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
    { multiline: true },
    "ipsec.example.\t\t3600 IN\tIPSECKEY ( 10 1 2 192.0.2.38\n\t\t\t\tAQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4\n\t\t\t\tAQ== )",
  ],
  [
    "cert.example. 60 IN CERT PKIX 1 ECDSAP256SHA256 AQNR",
    {},
    "cert.example.\t\t60\tIN\tCERT\tPKIX 1 ECDSAP256SHA256 AQNR",
  ],
  [
    "svc.example. 60 IN HTTPS 1 . alpn=h2,h3 port=8443",
    {},
    'svc.example.\t\t60\tIN\tHTTPS\t1 . alpn="h2,h3" port=8443',
  ],
];

describe("digRecordText", () => {
  for (const [record, settings, text] of printed)
    test(`${record} ${JSON.stringify(settings)}`, () => {
      assert.equal(digRecordText(parseDnsRecord(record), { ...digDefaults, ...settings }), text);
    });

  test("shows IPv6 addresses in full, and names in Unicode, when asked to", () => {
    const record = parseDnsRecord("xn--bcher-kva.example. 60 IN AAAA 2001:db8::1");
    const settings = { ...digDefaults, expandAaaa: true, unicode: true };
    assert.equal(
      digRecordText(record, settings),
      "bücher.example.\t\t60\tIN\tAAAA\t2001:0db8:0000:0000:0000:0000:0000:0001",
    );
  });

  test("goes one blank further where a name is longer than its column", () => {
    const record = parseDnsRecord("a-name-that-is-quite-long.example. 60 IN A 192.0.2.1");
    assert.equal(digRecordText(record, digDefaults), "a-name-that-is-quite-long.example. 60 IN A\t192.0.2.1");
    assert.equal(digDataText(record, digDefaults), "192.0.2.1");
  });

  test("shows a question below a semicolon that does not count", () => {
    const { name } = parseDnsRecord("www.example. 60 IN A 192.0.2.1");
    assert.equal(digQuestionLine({ name, type: "A", class: 1 }, digDefaults), ";www.example.\t\t\tIN\tA");
  });
});
