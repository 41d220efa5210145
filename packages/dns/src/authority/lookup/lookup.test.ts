import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { queryOf, told, zoneOf } from "../authority.test.kit.ts";

const soa = "^ example.org. 300 IN SOA ns.example.org. host.example.org. 1 7200 900 1209600 300";

/** Zone, then question and answer, by turns. */
function asks(what: string, zone: string, conversation: Readonly<Record<string, readonly string[]>>): void {
  test(what, () => {
    const asked = zoneOf(zone);
    for (const [question, lines] of Object.entries(conversation)) {
      for (
        let round = 0;
        round < 2;
        round++ // made, then kept
      )
        assert.deepEqual(told(asked.answer(queryOf(question))), lines, question);
    }
  });
}

describe("a zone answers (RFC 1034 §4.3.2)", () => {
  asks("with sets, and says when there is none (RFC 2308 §2)", "ns A 192.0.2.1\nWww A 192.0.2.2\nwww A 192.0.2.3", {
    "www.EXAMPLE.org A": [
      "NOERROR aa",
      "= Www.example.org. 3600 IN A 192.0.2.2",
      "= Www.example.org. 3600 IN A 192.0.2.3",
    ],
    "www.example.org AAAA": ["NOERROR aa", soa],
    "nothing.example.org A": ["NXDOMAIN aa", soa],
    "a.b.www.example.org A": ["NXDOMAIN aa", soa],
    "example.org NS": [
      "NOERROR aa",
      "= example.org. 3600 IN NS ns.example.org.",
      "+ ns.example.org. 3600 IN A 192.0.2.1",
    ],
  });

  asks("of names between others (RFC 4592 §2.2.2)", "a.b.c A 192.0.2.1\n*.w TXT x", {
    "b.c.example.org A": ["NOERROR aa", soa],
    "c.example.org A": ["NOERROR aa", soa],
    "x.c.example.org A": ["NXDOMAIN aa", soa],
    "w.example.org TXT": ["NOERROR aa", soa],
  });

  asks(
    "by wildcards (RFC 4592 §2.2.1)",
    "* 3600 MX 10 host1\nsub.* TXT x\nhost1 A 192.0.2.1\n_ssh._tcp.host1 SRV 0 0 22 host1\nsubdel NS ns.example.com.\nsubdel NS ns.example.net.",
    {
      "host3.example.org MX": [
        "NOERROR aa",
        "= host3.example.org. 3600 IN MX 10 host1.example.org.",
        "+ host1.example.org. 3600 IN A 192.0.2.1",
      ],
      "host3.example.org A": ["NOERROR aa", soa],
      "foo.bar.example.org MX": [
        "NOERROR aa",
        "= foo.bar.example.org. 3600 IN MX 10 host1.example.org.",
        "+ host1.example.org. 3600 IN A 192.0.2.1",
      ],
      "host1.example.org MX": ["NOERROR aa", soa],
      "sub.*.example.org MX": ["NOERROR aa", soa],
      "_telnet._tcp.host1.example.org SRV": ["NXDOMAIN aa", soa],
      "host.subdel.example.org A": [
        "NOERROR",
        "^ subdel.example.org. 3600 IN NS ns.example.com.",
        "^ subdel.example.org. 3600 IN NS ns.example.net.",
      ],
      "ghost.*.example.org MX": ["NXDOMAIN aa", soa],
      "*.example.org MX": [
        "NOERROR aa",
        "= *.example.org. 3600 IN MX 10 host1.example.org.",
        "+ host1.example.org. 3600 IN A 192.0.2.1",
      ],
    },
  );

  asks(
    "with referrals and glue (RFC 9471 §3)",
    "ns A 192.0.2.1\nsub NS ns.sub\nsub NS ns\nsub NS elsewhere.\nsub DS 1 8 2 00\nns.sub A 192.0.2.2\nns.sub AAAA 2001:db8::2\n*.deep TXT x\nx.deep NS y.deep",
    {
      "a.sub.example.org A": [
        "NOERROR",
        "^ sub.example.org. 3600 IN NS ns.sub.example.org.",
        "^ sub.example.org. 3600 IN NS ns.example.org.",
        "^ sub.example.org. 3600 IN NS elsewhere.",
        "+ ns.sub.example.org. 3600 IN A 192.0.2.2",
        "+ ns.sub.example.org. 3600 IN AAAA 2001:db8::2",
        "+ ns.example.org. 3600 IN A 192.0.2.1",
      ],
      "sub.example.org DS": ["NOERROR aa", "= sub.example.org. 3600 IN DS 1 8 2 00"],
      "a.x.deep.example.org TXT": ["NOERROR", "^ x.deep.example.org. 3600 IN NS y.deep.example.org."],
      "x.deep.example.org DS": ["NOERROR aa", soa],
    },
  );

  asks(
    "along chains of CNAME, that may go round",
    "a CNAME b\nb CNAME c\nc A 192.0.2.1\nloop CNAME pool\npool CNAME loop\nout CNAME www.example.net.\nend CNAME none\n*.w CNAME c\ndel CNAME x.sub\nsub NS ns.",
    {
      "a.example.org A": [
        "NOERROR aa",
        "= a.example.org. 3600 IN CNAME b.example.org.",
        "= b.example.org. 3600 IN CNAME c.example.org.",
        "= c.example.org. 3600 IN A 192.0.2.1",
      ],
      "a.example.org CNAME": ["NOERROR aa", "= a.example.org. 3600 IN CNAME b.example.org."],
      "a.example.org TXT": [
        "NOERROR aa",
        "= a.example.org. 3600 IN CNAME b.example.org.",
        "= b.example.org. 3600 IN CNAME c.example.org.",
        soa,
      ],
      "loop.example.org A": [
        "NOERROR aa",
        "= loop.example.org. 3600 IN CNAME pool.example.org.",
        "= pool.example.org. 3600 IN CNAME loop.example.org.",
      ],
      "out.example.org A": ["NOERROR aa", "= out.example.org. 3600 IN CNAME www.example.net."],
      "end.example.org A": ["NXDOMAIN aa", "= end.example.org. 3600 IN CNAME none.example.org.", soa],
      "q.w.example.org A": [
        "NOERROR aa",
        "= q.w.example.org. 3600 IN CNAME c.example.org.",
        "= c.example.org. 3600 IN A 192.0.2.1",
      ],
      "del.example.org A": [
        "NOERROR aa",
        "= del.example.org. 3600 IN CNAME x.sub.example.org.",
        "^ sub.example.org. 3600 IN NS ns.",
      ],
    },
  );

  asks("with DNAME (RFC 6672 §3)", "old DNAME new\nold TXT x\na.new A 192.0.2.1\nlong DNAME aaaaaaaaaaaaaaaaaaaaaaaa", {
    "a.old.example.org A": [
      "NOERROR aa",
      "= old.example.org. 3600 IN DNAME new.example.org.",
      "= a.old.example.org. 3600 IN CNAME a.new.example.org.",
      "= a.new.example.org. 3600 IN A 192.0.2.1",
    ],
    "old.example.org TXT": ["NOERROR aa", '= old.example.org. 3600 IN TXT "x"'],
    "old.example.org DNAME": ["NOERROR aa", "= old.example.org. 3600 IN DNAME new.example.org."],
    [`${"x".repeat(63)}.${"y".repeat(63)}.${"z".repeat(63)}.${"w".repeat(40)}.long.example.org A`]: [
      "YXDOMAIN aa",
      "= long.example.org. 3600 IN DNAME aaaaaaaaaaaaaaaaaaaaaaaa.example.org.",
    ],
  });

  asks("no more than one set for ANY (RFC 8482 §4.1)", "a A 192.0.2.1\na TXT x", {
    "a.example.org ANY": ["NOERROR aa", "= a.example.org. 3600 IN A 192.0.2.1"],
    "b.example.org ANY": ["NXDOMAIN aa", soa],
  });
});

test("an SOA with a short minimum is told for no longer (RFC 2308 §3)", () => {
  const zone = zoneOf("@ 60 SOA ns host 1 2 3 4 300\n@ NS ns");
  assert.match(told(zone.answer(queryOf("x.example.org")))[1]!, /^\^ example.org. 60 IN SOA/);
});

test("a zone tells all for ANY, and its servers, when it is told to", () => {
  const zone = zoneOf("a A 192.0.2.1\na TXT x\nns A 192.0.2.5", { any: "all", minimalResponses: false });
  assert.deepEqual(told(zone.answer(queryOf("a.example.org ANY"))), [
    "NOERROR aa",
    "= a.example.org. 3600 IN A 192.0.2.1",
    '= a.example.org. 3600 IN TXT "x"',
    "^ example.org. 3600 IN NS ns.example.org.",
    "+ ns.example.org. 3600 IN A 192.0.2.5",
  ]);
});

test("signatures go to those who can read them (RFC 4035 §3.1)", () => {
  const signature = (type: string, owner = "") =>
    `${owner} RRSIG ${type} 8 2 3600 20300101000000 20200101000000 1 example.org. AAAA`;
  const zone = zoneOf(
    `www A 192.0.2.1\n${signature("A")}\n TXT x\n${signature("TXT")}\n${signature("SOA", "@")}\n*.w A 192.0.2.2\n${signature("A")}`,
  );
  const lines = (question: string) => told(zone.answer(queryOf(question, { dnssecOk: true })));
  assert.equal(told(zone.answer(queryOf("www.example.org"))).length, 2);
  assert.match(lines("www.example.org")[2]!, /^= www.* RRSIG A /);
  assert.equal(lines("www.example.org").length, 3);
  assert.match(lines("x.w.example.org")[2]!, /^= x\.w\.example.org. 3600 IN RRSIG A /);
  assert.match(lines("none.example.org")[2]!, /^\^ example.org. 300 IN RRSIG SOA /);
  assert.equal(lines("www.example.org RRSIG").length, 3);
});
