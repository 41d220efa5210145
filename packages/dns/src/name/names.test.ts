import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  compareDomainNames,
  DnsTextError,
  domainNameFromUnicode,
  domainNameToUnicode,
  parseDomainName,
  rootName,
} from "../index.ts";

const name = parseDomainName;

describe("DomainName", () => {
  test("is equal in any case, and keeps its own", () => {
    const [a, b] = [name("WWW.Example.org"), name("www.example.ORG.")];
    assert.ok(a.equals(b));
    assert.equal(a.key, b.key);
    assert.equal(a.key, "\x03www\x07example\x03org\0");
    assert.equal(a.toString(), "WWW.Example.org.");
    assert.equal(JSON.stringify({ a }), '{"a":"WWW.Example.org."}');
  });

  test("lowers A to Z only (RFC 4343 §3)", () => {
    assert.equal(name("\\192\\255[@").key, "\x04\xc0\xff[@\0");
    assert.ok(!name("\\192").equals(name("\\224")));
  });

  test("knows its family", () => {
    const org = name("example.org");
    assert.ok(name("a.b.EXAMPLE.org").isWithin(org) && name("a.example.org").isBelow(org));
    assert.ok(org.isWithin(org) && !org.isBelow(org) && org.isBelow(rootName));
    assert.ok(!name("notexample.org").isWithin(org) && !rootName.isWithin(org));
    assert.ok(!name("a\\007example.org").isWithin(org), "a label that looks like two");
    assert.equal(String(org.parent()), "org.");
    assert.equal(rootName.parent(), undefined);
    assert.equal(String(org.child("a.b")), "a\\.b.example.org.");
    assert.equal(String(org.wildcard()), "*.example.org.");
    assert.ok(org.wildcard().isWildcard && !org.isWildcard && !name("*a.org").isWildcard);
    assert.equal(String(name("a.b.c.d").suffix(2)), "c.d.");
    assert.equal(String(name("a.b").suffix(5)), "a.b.");
    assert.equal(name("a.b.c").labelCount, 3);
    assert.deepEqual(name("a\\.b.c").labels(), ["a.b", "c"]);
    assert.deepEqual(Buffer.from(name("a.b").toOctets()).toString("hex"), "0161016200");
  });

  test("moves with a DNAME (RFC 6672 §2.2)", () => {
    const [from, to] = [name("old.example"), name("new.example.org")];
    assert.equal(String(name("a.b.OLD.example").moved(from, to)), "a.b.new.example.org.");
    assert.equal(
      name(`${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(40)}.old.example`).moved(
        from,
        name(`${"e".repeat(40)}.`),
      ),
      undefined,
    );
    assert.throws(() => name("a.b").moved(from, to), RangeError);
  });

  test("is written shortly below an origin", () => {
    const origin = name("example.org");
    assert.equal(name("www.Example.org").relativeTo(origin), "www");
    assert.equal(origin.relativeTo(origin), "@");
    assert.equal(name("www.example.com").relativeTo(origin), "www.example.com.");
    assert.equal(name("a.b").relativeTo(rootName), "a.b.");
  });

  test("has at most 255 octets, its labels 63 (RFC 1035 §2.3.4)", () => {
    const label = "a".repeat(63);
    const longest = name(`${label}.${label}.${label}.${"a".repeat(61)}`);
    assert.equal(longest.octetCount, 255);
    assert.throws(() => longest.child("a"), RangeError);
    assert.throws(() => rootName.child(`${label}a`), RangeError);
    assert.throws(() => rootName.child(""), RangeError);
    assert.throws(() => rootName.child("€"), RangeError);
  });
});

describe("parseDomainName", () => {
  const origin = name("example.org");
  const cases: readonly (readonly [text: string, wire: string])[] = [
    [".", "\0"],
    ["@", "\x07example\x03org\0"],
    ["www", "\x03www\x07example\x03org\0"],
    ["www.", "\x03www\0"],
    ["a\\.b.", "\x03a.b\0"],
    ["a\\\\b.", "\x03a\\b\0"],
    ["\\000\\255.", "\x02\0\xff\0"],
    ["\\@.", "\x01@\0"],
    ["a\\ b.", "\x03a b\0"],
    ['a"b.', '\x03a"b\0'],
  ];
  for (const [text, wire] of cases) {
    test(text, () => assert.equal(name(text, origin).wire, wire));
  }

  const refused: readonly (readonly [text: string, code: string])[] = [
    ["", "bad-name"],
    ["a..b", "bad-name"],
    [".a", "bad-name"],
    ["..", "bad-name"],
    ["a b", "bad-name"],
    ["münchen.de", "bad-name"],
    [`${"a".repeat(64)}.de`, "bad-name"],
    [`${"abcdefg.".repeat(32)}`, "bad-name"],
    ["a\\", "bad-escape"],
    ["a\\25", "bad-escape"],
    ["a\\256", "bad-escape"],
    ["a\\1b2", "bad-escape"],
  ];
  for (const [text, code] of refused) {
    test(`refuses ${text.slice(0, 20)}`, () => {
      assert.throws(
        () => name(text),
        (error) => error instanceof DnsTextError && error.code === code,
      );
    });
  }

  test("writes what has a meaning with a backslash", () => {
    assert.equal(String(name('\\.\\@\\;\\(\\)\\$\\"\\\\ .'.replace(" ", "\\032"))), '\\.\\@\\;\\(\\)\\$\\"\\\\\\032.');
  });
});

describe("names of people", () => {
  test("become A-labels and come back", () => {
    const munich = domainNameFromUnicode("www.München.de");
    assert.equal(String(munich), "www.xn--mnchen-3ya.de.");
    assert.equal(domainNameToUnicode(munich), "www.münchen.de.");
    assert.equal(String(domainNameFromUnicode("例え。テスト")), "xn--r8jz45g.xn--zckzah.");
    assert.equal(String(domainNameFromUnicode("_dmarc.bücher")), "_dmarc.xn--bcher-kva.");
    assert.equal(String(domainNameFromUnicode("a\\.b.bücher")), "a\\.b.xn--bcher-kva.");
    assert.equal(String(domainNameFromUnicode("1.bücher")), "1.xn--bcher-kva.");
    assert.equal(String(domainNameFromUnicode("Plain.example")), "Plain.example.");
  });

  test("are refused when they have no ASCII form", () => {
    assert.throws(() => domainNameFromUnicode("a\u2488b.de"), DnsTextError);
    assert.throws(() => domainNameFromUnicode("\u00ad.de"), DnsTextError);
    for (const ascii of ["/x", "?x", "#x", ":80", "@x", "%41", " x", "*"]) {
      assert.throws(() => domainNameFromUnicode(`bücher${ascii}.de`), DnsTextError, ascii);
    }
  });

  test("show what is no A-label as it is", () => {
    for (const text of ["xn--a\\255.de.", "xn--.de.", "xn--a.de.", "xn--a/b.de."]) {
      assert.equal(domainNameToUnicode(name(text)), text);
    }
  });
});

test("compareDomainNames sorts as RFC 4034 §6.1", () => {
  const sorted = [
    ".",
    "example.",
    "a.example.",
    "yljkjljk.a.example.",
    "Z.a.example.",
    "zABC.a.EXAMPLE.",
    "z.example.",
    "\\001.z.example.",
    "*.z.example.",
    "\\200.z.example.",
  ];
  const names = sorted.map((text) => name(text));
  assert.deepEqual([...names].reverse().sort(compareDomainNames).map(String), sorted);
  for (const [i, a] of names.entries()) {
    for (const [j, b] of names.entries()) assert.equal(Math.sign(compareDomainNames(a, b)), Math.sign(i - j));
  }
  assert.equal(compareDomainNames(name("A.b"), name("a.B")), 0);
});
