import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dnsRecord } from "../../records/text.ts";
import { linesOf } from "../authority.test.kit.ts";
import { ZoneError } from "../errors.ts";
import { checkZone, zone } from "./check-zone.ts";
import { formatZoneFinding, zoneFindingsMax } from "./finding.ts";
import { head, zoneFaults } from "./zone-faults.test.kit.ts";

describe("checkZone", () => {
  for (const [text, ...codes] of zoneFaults) {
    test(`${JSON.stringify(text.replace(head, ""))}: ${codes.join(" ") || "nothing is wrong"}`, () => {
      const found = checkZone(text, "example.org").map(({ severity, code }) =>
        severity === "error" ? `!${code}` : code,
      );
      assert.deepEqual(found, codes);
    });
  }

  test("tells where a fault stands, also those that show at the end only", () => {
    const text = `${head}\na MX 10 (\n c )\nb A 1.2.3\n; nothing\nd CNAME e\nd A 192.0.2.1\n`;
    assert.deepEqual(checkZone(text, "example.org", { file: "z" }).map(formatZoneFinding), [
      'error in "z", line 8, column 5: Cannot read the record: "1.2.3" is wrong here: an IPv4 address is needed',
      'error in "z", line 10, column 1: d.example.org. CNAME stands beside other records',
      'warning in "z", line 6, column 1: a.example.org. MX points at c.example.org., which has no address',
    ]);
  });

  test("tells no more than people read, and still the error among them", () => {
    const text = `${head}${"a A 192.0.2.9\n".repeat(1000)}x CNAME y\nx TXT z\n`;
    const findings = checkZone(text, "example.org");
    assert.equal(findings.length, zoneFindingsMax);
    assert.equal(findings.filter(({ severity }) => severity === "error").length, 1);
  });
});

describe("zone", () => {
  test("is made of lines and records", () => {
    const made = zone("example.org", [
      "$TTL 1h",
      "@ SOA ns host (1 2",
      "3 4 5)",
      "@ NS ns",
      "ns A 192.0.2.1",
      dnsRecord("www.example.org", "A", { address: "192.0.2.2" }, { ttl: 5 }),
      "  AAAA 2001:db8::1",
    ]);
    assert.deepEqual(linesOf(made.sets()), [
      "example.org. 3600 IN SOA ns.example.org. host.example.org. 1 2 3 4 5",
      "example.org. 3600 IN NS ns.example.org.",
      "ns.example.org. 3600 IN A 192.0.2.1",
      "ns.example.org. 3600 IN AAAA 2001:db8::1",
      "www.example.org. 5 IN A 192.0.2.2",
    ]);
  });

  test("is not made of what is none", () => {
    assert.throws(
      () => zone("example.org", ["@ 60 SOA ns host 1 2 3 4 5", "a CNAME b", "a TXT c"]),
      (error) =>
        error instanceof ZoneError &&
        error.code === "not-loaded" &&
        error.message === 'Cannot load the zone "example.org.": error: there is no NS record at the apex, and 1 more',
    );
  });
});
