import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MailHeader } from "@hawser/mime";
import {
  checkDmarc,
  type DkimResult,
  type DkimSignature,
  type DmarcOptions,
  type DmarcOutcome,
  type DnsMemoryRecords,
  memoryLookups,
  parseDmarcRecord,
  SenderError,
  type SpfResult,
} from "../index.ts";
import { organizationOf, type PublishedDmarc, walkDmarcTree } from "./tree-walk.ts";

describe("DMARC: records (RFC 7489 §6.3, RFC 9989 §4.7)", () => {
  test("all tags", () => {
    const text =
      "v=DMARC1; p=reject; sp=Quarantine; np=none; adkim=s; aspf=r; pct=20; t=y; psd=n; fo=1:d; rua=mailto:a@example.org!10m, mailto:b@example.org; ruf=mailto:c@example.org; ri=3600; x=y";
    assert.deepEqual(parseDmarcRecord(text), {
      policy: "reject",
      subdomainPolicy: "quarantine",
      absentPolicy: "none",
      dkimAlignment: "strict",
      spfAlignment: "relaxed",
      percent: 20,
      isTesting: true,
      isPublicSuffix: false,
      failureOptions: ["1", "d"],
      reportsTo: ["mailto:a@example.org", "mailto:b@example.org"],
      failureReportsTo: ["mailto:c@example.org"],
    });
  });

  test("what is wrong counts as not said, and a policy that is none as none where reports go somewhere", () => {
    const odd = parseDmarcRecord("v=DMARC1;p=reject;;adkim=x;pct=lots;=;t");
    assert.deepEqual([odd.policy, odd.dkimAlignment, odd.percent, odd.isTesting], ["reject", "relaxed", 100, false]);
    assert.equal(parseDmarcRecord("v=DMARC1; p=rejct; rua=mailto:a@example.org").policy, "none");
    assert.equal(parseDmarcRecord("v=DMARC1; p=reject; sp=x; rua=mailto:a@example.org").policy, "none");
    assert.equal(parseDmarcRecord("v=DMARC1").policy, "none");
    for (const text of [
      "v=DMARC1; p=rejct",
      "v=DMARC2; p=reject",
      "p=reject; v=DMARC1",
      "v=dmarc1; p=reject",
      "v=DMARC11",
    ])
      assert.throws(() => parseDmarcRecord(text), SenderError, text);
  });
});

describe("DMARC: the tree walk (RFC 9989 §4.10)", () => {
  test("eight questions at most, the middle of long names left out", async () => {
    const asked: string[] = [];
    const lookups = {
      async lookUp(name: string) {
        asked.push(name.replace("_dmarc.", ""));
        return { type: "none", nameExists: false } as const;
      },
    };
    await walkDmarcTree("a.b.c.d.e.f.g.h.i.j.mail.example.com", lookups, {});
    assert.deepEqual(asked, [
      "a.b.c.d.e.f.g.h.i.j.mail.example.com",
      "g.h.i.j.mail.example.com",
      "h.i.j.mail.example.com",
      "i.j.mail.example.com",
      "j.mail.example.com",
      "mail.example.com",
      "example.com",
      "com",
    ]);
    asked.length = 0;
    await walkDmarcTree("a.example.com", lookups, {});
    assert.deepEqual(asked, ["a.example.com", "example.com", "com"]);
  });

  const at = (domain: string, psd = ""): PublishedDmarc => ({
    domain,
    record: parseDmarcRecord(`v=DMARC1; p=none${psd}`),
  });
  const cases: readonly [domain: string, walk: readonly PublishedDmarc[], organization: string][] = [
    ["a.b.example.com", [at("b.example.com"), at("example.com")], "example.com"],
    ["a.b.example.com", [at("a.b.example.com")], "a.b.example.com"],
    ["a.b.example.com", [], "a.b.example.com"],
    ["a.b.example.com", [at("b.example.com", "; psd=n")], "b.example.com"],
    ["a.bank.example", [at("a.bank.example"), at("example", "; psd=y")], "bank.example"],
    ["co.example", [at("co.example", "; psd=y")], "co.example"],
  ];
  for (const [domain, walk, organization] of cases)
    test(`${domain} with ${walk.map((one) => one.domain).join(", ") || "nothing"} is of ${organization}`, () =>
      assert.equal(organizationOf(domain, walk), organization));
});

const signedBy = (domain: string, status: DkimResult["status"] = "pass"): DkimResult => ({
  status,
  signature: { domain } as DkimSignature,
  isTesting: false,
  unsignedOctets: 0,
});

interface Case {
  readonly from?: string;
  readonly dkim?: readonly DkimResult[];
  readonly spf?: readonly [result: SpfResult, domain: string];
  readonly names?: Readonly<Record<string, DnsMemoryRecords>>;
  readonly record?: string;
  readonly options?: Partial<DmarcOptions>;
}

function judge({ from = "alice@example.org", dkim = [], spf, names, record, options }: Case): Promise<DmarcOutcome> {
  const published = names ?? { "_dmarc.example.org": { TXT: [record ?? "v=DMARC1; p=reject"] } };
  const header = MailHeader.parse(`From: ${from}\r\n`);
  const [result, domain] = spf ?? ["none", "example.net"];
  const lookups = memoryLookups(published);
  return checkDmarc({ header, dkim, spf: { result, domain } }, { lookups, chance: () => 0.5, ...options });
}

describe("DMARC: alignment (RFC 7489 §3.1)", () => {
  const strict = "v=DMARC1; p=reject; adkim=s; aspf=s";
  const cases: readonly [what: string, given: Case, verdict: string][] = [
    ["nothing proven", {}, "fail reject"],
    ["the same domain signed", { dkim: [signedBy("example.org")] }, "pass none"],
    ["one of the organization signed", { dkim: [signedBy("mail.example.org")] }, "pass none"],
    [
      "the organization signed for one below",
      { from: "a@news.example.org", dkim: [signedBy("example.org")] },
      "pass none",
    ],
    ["siblings", { from: "a@news.example.org", dkim: [signedBy("mail.example.org")] }, "pass none"],
    ["somebody else signed", { dkim: [signedBy("example.net"), signedBy("example.org.evil.net")] }, "fail reject"],
    ["a name that ends alike", { dkim: [signedBy("notexample.org")] }, "fail reject"],
    ["a signature that failed", { dkim: [signedBy("example.org", "fail")] }, "fail reject"],
    ["a signature by policy refused", { dkim: [signedBy("example.org", "policy")] }, "fail reject"],
    ["SPF of the organization", { spf: ["pass", "bounce.example.org"] }, "pass none"],
    ["SPF of somebody else", { spf: ["pass", "example.net"] }, "fail reject"],
    ["SPF that is soft", { spf: ["softfail", "example.org"] }, "fail reject"],
    ["strict, the same domain", { record: strict, dkim: [signedBy("example.org")] }, "pass none"],
    ["strict, one below signed", { record: strict, dkim: [signedBy("mail.example.org")] }, "fail reject"],
    ["strict, SPF of one below", { record: strict, spf: ["pass", "mail.example.org"] }, "fail reject"],
    ["strict, SPF of the same", { record: strict, spf: ["pass", "example.org"] }, "pass none"],
    ["strict for SPF alone", { record: "v=DMARC1; p=reject; aspf=s", dkim: [signedBy("m.example.org")] }, "pass none"],
    ["SPF unknown", { spf: ["temperror", "example.org"] }, "temperror none"],
    ["a key unknown", { dkim: [signedBy("example.org", "temperror")] }, "temperror none"],
    ["a key unknown, another known", { dkim: [signedBy("x.net", "temperror"), signedBy("example.org")] }, "pass none"],
  ];
  for (const [what, given, verdict] of cases)
    test(what, async () => {
      const { result, disposition } = await judge(given);
      assert.equal(`${result} ${disposition}`, verdict);
    });

  test("two customers of one suffix are not of one organization (RFC 9989 §4.10.2)", async () => {
    const names = {
      "_dmarc.bank": { TXT: ["v=DMARC1; p=reject; psd=y"] },
      "_dmarc.good.bank": { TXT: ["v=DMARC1; p=quarantine"] },
    };
    const forged = await judge({ from: "a@good.bank", names, dkim: [signedBy("evil.bank")] });
    assert.deepEqual([forged.result, forged.disposition], ["fail", "quarantine"]);
    const unlisted = await judge({ from: "a@new.bank", names, dkim: [signedBy("evil.bank")] });
    assert.deepEqual([unlisted.result, unlisted.published?.domain], ["fail", "bank"]);
  });

  test("with a list of suffixes in the place of the walk (RFC 7489 §3.2)", async () => {
    const organizationalDomain = (domain: string): string | null =>
      domain === "co.example" ? null : domain.split(".").slice(-3).join(".");
    const names = { "_dmarc.good.co.example": { TXT: ["v=DMARC1; p=reject"] } };
    const options = { organizationalDomain };
    const judged = async (from: string, signer: string) =>
      (await judge({ from: `a@${from}`, names, options, dkim: [signedBy(signer)] })).result;
    assert.equal(await judged("x.good.co.example", "y.good.co.example"), "pass");
    assert.equal(await judged("good.co.example", "evil.co.example"), "fail");
    assert.equal(await judged("co.example", "evil.co.example"), "none");
  });
});

describe("DMARC: which policy counts (RFC 7489 §6.6.3, RFC 9989 §4.10.1)", () => {
  const organization = { "_dmarc.example.org": { TXT: ["v=DMARC1; p=reject; sp=quarantine; np=none"] } };
  const existing = { ...organization, "news.example.org": { A: ["192.0.2.1"] } };
  const cases: readonly [what: string, given: Case, verdict: string][] = [
    ["p= for the domain", { names: organization }, "fail reject"],
    ["sp= for one below", { names: existing, from: "a@news.example.org" }, "fail quarantine"],
    ["np= for one that is not there", { names: existing, from: "a@gone.example.org" }, "fail none"],
    [
      "its own, if it has one",
      { names: { ...existing, "_dmarc.news.example.org": { TXT: ["v=DMARC1; p=none"] } }, from: "a@news.example.org" },
      "fail none",
    ],
    ["none", { names: {} }, "none none"],
    [
      "two are none",
      { names: { "_dmarc.example.org": { TXT: ["v=DMARC1; p=none", "v=DMARC1; p=reject"] } } },
      "none none",
    ],
    [
      "others' texts do not count",
      { names: { "_dmarc.example.org": { TXT: ["v=spf1 -all", "v=DMARC1; p=reject"] } } },
      "fail reject",
    ],
    ["a silent DNS", { names: { "_dmarc.example.org": "failed" } }, "temperror none"],
    ["pct= spares half", { record: "v=DMARC1; p=reject; pct=50" }, "fail quarantine"],
    ["pct= spares 49 of a hundred", { record: "v=DMARC1; p=quarantine; pct=51" }, "fail quarantine"],
    ["pct=0 spares all", { record: "v=DMARC1; p=quarantine; pct=0" }, "fail none"],
    ["t=y is milder", { record: "v=DMARC1; p=reject; t=y" }, "fail quarantine"],
  ];
  for (const [what, given, verdict] of cases)
    test(what, async () => {
      const { result, disposition } = await judge(given);
      assert.equal(`${result} ${disposition}`, verdict);
    });

  test("fo= says of which failures its owner wants to hear", async () => {
    const record = (fo: string) => `v=DMARC1; p=none; ruf=mailto:a@example.org; fo=${fo}`;
    const wants = async (given: Case) => (await judge(given)).wantsFailureReport;
    assert.equal(await wants({ record: record("0") }), true);
    assert.equal(await wants({ record: record("0"), dkim: [signedBy("example.org")] }), false);
    assert.equal(await wants({ record: record("1"), dkim: [signedBy("example.org")] }), true);
    assert.equal(await wants({ record: record("d"), dkim: [signedBy("example.net", "fail")] }), true);
    assert.equal(await wants({ record: record("s"), spf: ["fail", "example.org"] }), true);
    assert.equal(await wants({ record: "v=DMARC1; p=none; fo=1" }), false);
  });
});

describe("DMARC: the author (RFC 7489 §6.6.1)", () => {
  const cases: readonly [from: string, verdict: string][] = [
    ["alice@example.org", "fail"],
    ['"ceo@example.net" <alice@example.org>', "fail"],
    ["Alice <alice@EXAMPLE.org>, Bob <bob@example.org>", "fail"],
    ["alice@example.org, mallory@example.net", "permerror"],
    ["Team: alice@example.org, mallory@example.net;", "permerror"],
    ["undisclosed-recipients:;", "permerror"],
    ["alice", "permerror"],
    ["alice@[192.0.2.1]", "permerror"],
    ["", "permerror"],
    ["alice@example.org\r\nFrom: mallory@example.net", "permerror"],
  ];
  for (const [from, verdict] of cases)
    test(JSON.stringify(from), async () => assert.equal((await judge({ from })).result, verdict));

  test("several From are refused, even where one is signed for", async () => {
    const outcome = await judge({ from: "a@example.org\r\nFrom: b@example.org", dkim: [signedBy("example.org")] });
    assert.deepEqual([outcome.result, outcome.problem], ["permerror", "there are several From"]);
  });

  test("Unicode domains are compared as A-labels (RFC 8616 §5)", async () => {
    const names = { "_dmarc.xn--bcher-kva.example": { TXT: ["v=DMARC1; p=reject"] } };
    const outcome = await judge({ from: "a@Bücher.example", names, dkim: [signedBy("xn--bcher-kva.example")] });
    assert.deepEqual([outcome.result, outcome.domain], ["pass", "xn--bcher-kva.example"]);
  });
});
