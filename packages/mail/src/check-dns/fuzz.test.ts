import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@hawser/core/simulation";
import { ManualClock, seeds } from "@hawser/core/testing";
import type { DnsLookups } from "../sender/lookups/lookups.ts";
import { checkMailDns } from "./check.ts";

const pieces: readonly string[] = [
  ...' ;=:,."\\\0\xff',
  ...[
    "v=spf1 ",
    "v=DMARC1",
    "v=DKIM1",
    "v=TLSRPTv1",
    "v=STSv1",
    "id=",
    "p=",
    "k=rsa",
    "rua=mailto:",
    "include:",
    "redirect=",
    "%{i}",
    "-all",
    "mx",
    "a:",
  ],
  ...["example.org", "mail.example.org", "192.0.2.1", "0 1 993 ", "0 issue ", "__proto__", "x".repeat(100)],
];

for (const seed of seeds({ count: 20 }))
  test(`whatever a domain publishes, it is told of (seed ${seed})`, async () => {
    const random = new SeededRandom(String(seed));
    let asked = 0;
    const lookups: DnsLookups = {
      async lookUp(_, type) {
        asked++;
        const kind = random.integer(0, 9);
        if (kind === 0) return { type: "failed", reason: "no server answered" };
        if (kind === 1) return { type: "none", nameExists: random.integer(0, 1) === 0 };
        if (type === "A") return { type: "found", values: [`192.0.2.${random.integer(0, 3)}`] };
        if (type === "AAAA") return { type: "found", values: [`2001:db8::${random.integer(0, 3)}`] };
        const text = (): string =>
          Array.from({ length: random.integer(1, 8) }, () => pieces[random.integer(0, pieces.length - 1)]!).join("");
        return { type: "found", values: Array.from({ length: random.integer(1, 3) }, text) };
      },
    };
    for (let i = 0; i < 20; i++) {
      const setup = { domain: "example.org", host: "mail.example.org", caaIssuer: "ca.example" };
      const findings = await checkMailDns(setup, { lookups, clock: new ManualClock() });
      assert.ok(findings.length >= 5);
      for (const { text } of findings) assert.notEqual(text, "");
    }
    assert.ok(asked <= 20 * 500);
  });
