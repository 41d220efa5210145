import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "@hawser/core/testing";
import {
  checkSpf,
  checkSpfHelo,
  type DnsLookups,
  type DnsMemoryRecords,
  isSpfRecord,
  memoryLookups,
  parseSpfRecord,
  SenderError,
  type SpfCheck,
  type SpfOptions,
} from "../index.ts";
import { LimitedLookups } from "../lookups/limited-lookups.ts";

/** The zone of RFC 7208 §A. */
const appendix: Readonly<Record<string, DnsMemoryRecords>> = {
  "example.com": { A: ["192.0.2.10", "192.0.2.11"], MX: ["mail-a.example.com", "mail-b.example.com"] },
  "amy.example.com": { A: ["192.0.2.65"] },
  "bob.example.com": { A: ["192.0.2.66"] },
  "mail-a.example.com": { A: ["192.0.2.129"] },
  "mail-b.example.com": { A: ["192.0.2.130"] },
  "www.example.com": { A: ["192.0.2.10"] },
  "example.org": { MX: ["mail-c.example.org"] },
  "mail-c.example.org": { A: ["192.0.2.140"] },
  "10.2.0.192.in-addr.arpa": { PTR: ["example.com"] },
  "11.2.0.192.in-addr.arpa": { PTR: ["example.com"] },
  "65.2.0.192.in-addr.arpa": { PTR: ["amy.example.com"] },
  "66.2.0.192.in-addr.arpa": { PTR: ["bob.example.com"] },
  "129.2.0.192.in-addr.arpa": { PTR: ["mail-a.example.com"] },
  "130.2.0.192.in-addr.arpa": { PTR: ["mail-b.example.com"] },
  "140.2.0.192.in-addr.arpa": { PTR: ["mail-c.example.org"] },
  "10.0.0.4.in-addr.arpa": { PTR: ["bob.example.com"] },
};

async function check(
  given: Partial<SpfCheck>,
  names: Readonly<Record<string, DnsMemoryRecords>> | DnsLookups,
  options: Partial<SpfOptions> = {},
) {
  const lookups = "lookUp" in names ? (names as DnsLookups) : memoryLookups(names as Record<string, DnsMemoryRecords>);
  const mail = { peer: "192.0.2.1", helo: "mx.example.com", mailFrom: "alice@example.com", ...given };
  return checkSpf(mail, { lookups, clock: new ManualClock(), ...options });
}

describe("SPF: the examples of the appendix (RFC 7208 §A.1)", () => {
  const cases: readonly [policy: string, passes: readonly string[], fails: readonly string[]][] = [
    ["v=spf1 +all", ["192.0.2.1", "2001:db8::1"], []],
    ["v=spf1 a -all", ["192.0.2.10", "192.0.2.11"], ["192.0.2.12"]],
    ["v=spf1 a:example.org -all", [], ["192.0.2.10", "192.0.2.140"]],
    ["v=spf1 mx -all", ["192.0.2.129", "192.0.2.130"], ["192.0.2.140"]],
    ["v=spf1 mx:example.org -all", ["192.0.2.140"], ["192.0.2.129"]],
    ["v=spf1 mx mx:example.org -all", ["192.0.2.129", "192.0.2.130", "192.0.2.140"], ["192.0.2.10"]],
    ["v=spf1 mx/30 mx:example.org/30 -all", ["192.0.2.131", "192.0.2.143"], ["192.0.2.132"]],
    ["v=spf1 ptr -all", ["192.0.2.10", "192.0.2.65"], ["192.0.2.140", "4.0.0.10"]],
    ["v=spf1 ip4:192.0.2.128/28 -all", ["192.0.2.129", "192.0.2.143"], ["192.0.2.65", "192.0.2.144"]],
  ];
  for (const [policy, passes, fails] of cases)
    test(policy, async () => {
      const names = { ...appendix, "example.com": { ...(appendix["example.com"] as object), TXT: [policy] } };
      for (const peer of passes) assert.equal((await check({ peer }, names)).result, "pass", peer);
      for (const peer of fails) assert.equal((await check({ peer }, names)).result, "fail", peer);
    });

  test("macros (RFC 7208 §7.4)", async () => {
    const expanded: readonly [text: string, wanted: string, peer?: string][] = [
      ["%{s}", "strong-bad@email.example.com"],
      ["%{o}", "email.example.com"],
      ["%{d}", "email.example.com"],
      ["%{d4}", "email.example.com"],
      ["%{d2}", "example.com"],
      ["%{d1}", "com"],
      ["%{dr}", "com.example.email"],
      ["%{d2r}", "example.email"],
      ["%{l}", "strong-bad"],
      ["%{l-}", "strong.bad"],
      ["%{lr}", "strong-bad"],
      ["%{lr-}", "bad.strong"],
      ["%{l1r-}", "strong"],
      ["%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"],
      ["%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"],
      ["%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"],
      ["%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"],
      ["%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"],
      [
        "%{ir}.%{v}._spf.%{d2}",
        "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com",
        "2001:db8::cb01",
      ],
      ["%{l1r.-+-.+}", "strong"],
      ["%{S}%%%_%-", "strong-bad%40email.example.com% %20"],
      ["%{c} %{r} %{t}", "192.0.2.3 mx.example.net 946684800"],
    ];
    for (const [text, wanted, peer = "192.0.2.3"] of expanded) {
      const names = {
        "email.example.com": { TXT: ["v=spf1 -all exp=why.example.com"] },
        "why.example.com": { TXT: [text] },
      };
      const given = { peer, mailFrom: "strong-bad@email.example.com" };
      assert.equal((await check(given, names, { receiver: "mx.example.net" })).explanation, wanted, text);
    }
  });
});

describe("SPF: results", () => {
  test("the identities: sender, bounce, name of the peer (RFC 7208 §2.3, §2.4)", async () => {
    const names = {
      "mx.example.com": { TXT: ["v=spf1 a -all"], A: ["192.0.2.1"] },
      "example.com": { TXT: ["v=spf1 -all"] },
    };
    const sender = await check({}, names);
    assert.deepEqual(
      [sender.result, sender.identity, sender.domain, sender.matched],
      ["fail", "mailfrom", "example.com", "-all"],
    );
    const bounce = await check({ mailFrom: "" }, names);
    assert.deepEqual(
      [bounce.result, bounce.identity, bounce.domain, bounce.matched],
      ["pass", "helo", "mx.example.com", "a"],
    );
    const options = { lookups: memoryLookups(names), clock: new ManualClock() };
    assert.equal((await checkSpfHelo({ peer: "192.0.2.1", helo: "mx.example.com" }, options)).result, "pass");
  });

  test("an address of IPv4 that is written in IPv6 is one of IPv4 (RFC 7208 §5)", async () => {
    const names = { "example.com": { TXT: ["v=spf1 ip4:192.0.2.0/24 -all"] } };
    assert.equal((await check({ peer: "::ffff:192.0.2.1" }, names)).result, "pass");
    await assert.rejects(check({ peer: "localhost" }, names), RangeError);
  });

  test("a silent DNS is temporary, and the time for all is limited", async () => {
    assert.equal((await check({}, { "example.com": "failed" })).result, "temperror");
    const clock = new ManualClock();
    const checking = check({}, { lookUp: () => new Promise(() => {}) }, { clock });
    await clock.elapse(20_000);
    assert.deepEqual(await checking, {
      result: "temperror",
      problem: "the DNS took too long",
      domain: "example.com",
      identity: "mailfrom",
    });
    assert.equal(clock.pending, 0);
  });

  test("it can be given up", async () => {
    const controller = new AbortController();
    const checking = check({}, { lookUp: () => new Promise(() => {}) }, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(checking, /enough/);
  });

  test("Unicode: domains become A-labels, local parts in UTF-8 match nothing (RFC 8616 §4)", async () => {
    const names = {
      "xn--bcher-kva.example": { TXT: ["v=spf1 ip4:192.0.2.1 -all"] },
      "example.com": { TXT: ["v=spf1 exists:%{l}.users.example.com -all"] },
      "alice.users.example.com": { A: ["127.0.0.2"] },
    };
    assert.equal((await check({ mailFrom: "alice@bücher.example" }, names)).result, "pass");
    assert.equal((await check({ mailFrom: "alice@example.com" }, names)).result, "pass");
    assert.equal((await check({ mailFrom: "älice@example.com" }, names)).result, "fail");
  });

  test("what a domain explains is one line of US-ASCII, and short", async () => {
    const explained = async (text: string) => {
      const names = { "example.com": { TXT: ["v=spf1 -all exp=e.example.com"] }, "e.example.com": { TXT: [text] } };
      return (await check({}, names)).explanation;
    };
    assert.equal(await explained("%{i} may not"), "192.0.2.1 may not");
    assert.equal(await explained("a\r\n250 OK"), undefined);
    assert.equal(await explained("schön"), undefined);
    assert.equal(await explained("%{x}"), undefined);
    assert.equal((await explained("x".repeat(1000)))?.length, 400);
    const names = { "example.com": { TXT: ["v=spf1 -all exp=%{l}.example.com"] } };
    assert.equal((await check({ mailFrom: '"a\r\nb"@example.com' }, names)).explanation, undefined);
  });
});

describe("SPF: records (RFC 7208 §12)", () => {
  test("what is read", () => {
    const record = parseSpfRecord("v=spf1 ~a:%{d}/24//64 ?ip6:2001:db8::/32  Redirect=_spf.example.org odd=%{s}");
    assert.deepEqual(
      record.directives.map(({ result, text, mechanism }) => [result, text, mechanism.type]),
      [
        ["softfail", "~a:%{d}/24//64", "a"],
        ["neutral", "?ip6:2001:db8::/32", "ip6"],
      ],
    );
    assert.deepEqual(record.redirect, [{ type: "text", text: "_spf.example.org" }]);
    assert.equal(isSpfRecord("v=spf10"), false);
    assert.equal(isSpfRecord("V=SPF1"), true);
  });

  for (const term of [
    "foo",
    "all:x.com",
    "a:",
    "a/33",
    "a//129",
    "a/024",
    "ip4:1.2.3",
    "ip4:1.2.3.4/33",
    "ip6:1.2.3.4",
    "include",
    "include:",
    "exists:a.1",
    "mx:a b",
    "ptr/24",
    "redirect=",
    "exp=a.b exp=a.b",
    "a:%{x}.com",
    "a:%{d0}",
    "a:%",
    "-",
    "+-all",
    "1x=y",
    "ip4:192.0.2.1/ 24",
  ])
    test(`${term} spoils a record`, () => assert.throws(() => parseSpfRecord(`v=spf1 ${term} -all`), SenderError));
});

describe("SPF: lookup bombs", () => {
  test("records that include each other end after ten (RFC 7208 §4.6.4)", async () => {
    const counted = counting({
      "example.com": { TXT: ["v=spf1 include:a.example.com include:a.example.com -all"] },
      "a.example.com": { TXT: ["v=spf1 include:b.example.com include:b.example.com -all"] },
      "b.example.com": { TXT: ["v=spf1 include:a.example.com include:a.example.com -all"] },
    });
    assert.equal((await check({}, counted.lookups)).result, "permerror");
    assert.equal(counted.count(), 11);
  });

  test("redirections that go round end after ten", async () => {
    const counted = counting({ "example.com": { TXT: ["v=spf1 redirect=example.com"] } });
    assert.equal((await check({}, counted.lookups)).result, "permerror");
    assert.equal(counted.count(), 11);
  });

  test("a tree of includes, ten wide and ten deep, is asked no more than ten times", async () => {
    const names = Object.fromEntries(
      Array.from({ length: 11 }, (_, depth) => [
        depth === 0 ? "example.com" : `d${depth}.example.com`,
        {
          TXT: [
            `v=spf1 ${Array(10)
              .fill(`include:d${depth + 1}.example.com`)
              .join(" ")} -all`,
          ],
        },
      ]),
    );
    const counted = counting(names);
    assert.equal((await check({}, counted.lookups)).result, "permerror");
    assert.ok(counted.count() <= 12, String(counted.count()));
  });

  test("names without records end after two (void lookups)", async () => {
    const terms = Array.from({ length: 9 }, (_, i) => `a:gone${i}.example.com`).join(" ");
    const counted = counting({ "example.com": { TXT: [`v=spf1 ${terms} -all`] } });
    assert.equal((await check({}, counted.lookups)).result, "permerror");
    assert.equal(counted.count(), 4);
  });

  test("ten mx of ten names each, all ptr: the most that one check can ask", async () => {
    const hosts = Array.from({ length: 10 }, (_, i) => `h${i}.example.com`);
    const counted = counting({
      "example.com": { TXT: [`v=spf1 ${"mx ".repeat(9)}ptr -all`], MX: hosts },
      "1.2.0.192.in-addr.arpa": { PTR: Array.from({ length: 500 }, (_, i) => `h${i % 10}.example.com`) },
      ...Object.fromEntries(hosts.map((host) => [host, { A: ["192.0.2.77"] }])),
    });
    assert.equal((await check({}, counted.lookups)).result, "fail");
    assert.equal(counted.count(), 1 + 9 * 11 + 11);
    const once = counting({});
    const lookups = new LimitedLookups(once.lookups, { clock: new ManualClock(), lookupsMax: 3, timeoutMs: 1000 });
    for (let i = 0; i < 9; i++) await lookups.lookUp(`h${i % 5}.example.com`, "A");
    assert.equal(once.count(), 3);
  });

  test("an mx of eleven names is a mistake", async () => {
    const hosts = Array.from({ length: 11 }, (_, i) => `h${i}.example.com`);
    const names = { "example.com": { TXT: ["v=spf1 mx -all"], MX: hosts }, "h0.example.com": { A: ["192.0.2.1"] } };
    assert.equal((await check({}, names)).result, "permerror");
  });

  test("long records and long names take time that grows as they do", async () => {
    const long = "%{d}.".repeat(500);
    assert.throws(() => parseSpfRecord(`v=spf1 exists:${long}com -all`), SenderError);
    const names = { "example.com": { TXT: [`v=spf1 exists:${"%{s}.".repeat(300)}com -all`] } };
    const started = performance.now();
    assert.equal((await check({ mailFrom: `${"a.".repeat(5000)}b@example.com` }, names)).result, "fail");
    assert.ok(performance.now() - started < 5000);
  });
});

function counting(names: Readonly<Record<string, DnsMemoryRecords>>) {
  let count = 0;
  const table = memoryLookups(names);
  const lookups: DnsLookups = {
    lookUp(name, type, options) {
      count++;
      return table.lookUp(name, type, options);
    },
  };
  return { lookups, count: () => count };
}
