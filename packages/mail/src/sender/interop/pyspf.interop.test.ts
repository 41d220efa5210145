import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "@hawser/core/testing";
import fc from "fast-check";
import { checkSpf, type DnsMemoryRecords, memoryLookups } from "../index.ts";
import { askPython, missingPythonPackage } from "./python.test.kit.ts";

const program = `
import json, sys, ipaddress
import spf
zone = {}
def lookup(name, qtype, strict=True, timeout=20, **more):
    records = zone.get(name.rstrip(".").lower(), {})
    if records == "failed": raise spf.TempError("silent")
    for preference, value in enumerate(records.get(qtype, [])):
        if qtype == "TXT": value = (value.encode(),)
        elif qtype == "MX": value = (preference, value)
        elif qtype == "AAAA": value = ipaddress.ip_address(value).packed
        yield ((name, qtype), value)
spf.DNSLookup = lookup
for line in sys.stdin:
    request = json.loads(line)
    zone = request["zone"]
    q = spf.query(i=request["peer"], s=request["mailFrom"], h=request["helo"], receiver="mx.example.net", strict=True)
    result, code, text = q.check()
    print(json.dumps(result), flush=True)
`;

const missing = missingPythonPackage("spf", "python3-spf");

const hosts = ["example.org", "a.example.org", "b.example.org", "mx.example.net"];
const host = fc.constantFrom(...hosts);
const ipv4 = fc.constantFrom("192.0.2.1", "192.0.2.2", "192.0.2.77", "198.51.100.3");
const qualifier = fc.constantFrom("", "-", "~", "?");

const term = fc.oneof(
  fc.tuple(qualifier, fc.constantFrom("a", "mx", "ptr")).map((pair) => pair.join("")),
  fc
    .tuple(qualifier, fc.constantFrom("a:", "mx:", "include:", "exists:", "exists:%{l}.", "a:%{d1r}.", "ptr:"), host)
    .map((all) => all.join("")),
  fc.tuple(qualifier, fc.constant("ip4:"), ipv4, fc.constantFrom("", "/24", "/30", "/0")).map((all) => all.join("")),
  fc
    .tuple(qualifier, fc.constantFrom("a", "mx", "a:a.example.org"), fc.constantFrom("/24", "/24//64"))
    .map((all) => all.join("")),
  fc.tuple(fc.constant("redirect="), host).map((pair) => pair.join("")),
  fc.constantFrom("-all", "~all", "+all", "?all", "ip4:1.2.3", "a/33", "foo", "odd=%{s}", "exists:%{x}", "all:x"),
);

/** Modifiers that nobody knows stand once: it refuses them twice, which RFC 7208 §6 does not. */
const policy = fc
  .uniqueArray(term, { maxLength: 5, comparator: (one, other) => one === other && one.startsWith("odd=") })
  .map((terms) => ["v=spf1", ...terms].join(" "));
const texts = fc.oneof(
  { weight: 8, arbitrary: policy.map((one) => [one]) },
  { weight: 1, arbitrary: fc.constant([] as string[]) },
  { weight: 1, arbitrary: fc.tuple(policy, policy).map((both) => [...both]) },
);

const records: fc.Arbitrary<DnsMemoryRecords> = fc.record(
  {
    TXT: texts,
    A: fc.array(ipv4, { minLength: 1, maxLength: 2 }),
    MX: fc.array(host, { minLength: 1, maxLength: 2 }),
  },
  { noNullPrototype: true },
);

const question = fc.record({
  peer: ipv4,
  mailFrom: fc.constantFrom("alice@example.org", "bob@a.example.org", "", "a.b-c@example.org"),
  helo: host,
  zone: fc
    .tuple(records, records, records, records, fc.uniqueArray(host, { minLength: 1, maxLength: 3 }))
    .map(([one, two, three, four, names]) => ({
      "example.org": one,
      "a.example.org": two,
      "b.example.org": three,
      "mx.example.net": four,
      "alice.example.org": { A: ["127.0.0.2"] },
      "1.2.0.192.in-addr.arpa": { PTR: names },
      "77.2.0.192.in-addr.arpa": { PTR: names },
    })),
});

describe("SPF: with Debian's python3-spf", () => {
  test("the same result for policies by chance", async (t) => {
    if (missing !== undefined) return t.skip(missing);
    const questions = fc.sample(question, { numRuns: process.env["HAWSER_SOAK"] === "1" ? 50_000 : 3000, seed: 1 });
    const theirs = askPython(program, questions);
    const counts: Record<string, number> = {};
    for (const [i, { zone, ...check }] of questions.entries()) {
      if (isRecursive(zone)) continue;
      const { result } = await checkSpf(check, { lookups: memoryLookups(zone), clock: new ManualClock() });
      assert.equal(result, theirs[i], JSON.stringify(questions[i], null, 1));
      counts[result] = (counts[result] ?? 0) + 1;
    }
    for (const result of ["pass", "fail", "softfail", "neutral", "none", "permerror"])
      assert.ok((counts[result] ?? 0) > 20, result);
  });
});

/** It refuses a policy that includes itself before it looks whether anything matches before that. */
function isRecursive(zone: Readonly<Record<string, DnsMemoryRecords>>): boolean {
  return Object.entries(zone).some(
    ([name, records]) =>
      records !== "failed" &&
      records.TXT?.some((text) => new RegExp(`(?:include:|redirect=)${name}(?: |$)`).test(text)),
  );
}
