import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Play } from "./play.test.kit.ts";

/** Questions to the tree, and what is known to be true of them. */
const truths: Readonly<Record<string, readonly string[]>> = {
  "www.good.example": ["NOERROR", "www.good.example. 60 IN A 192.0.2.1"],
  "www.good.example AAAA": ["NOERROR", "www.good.example. 3600 IN AAAA 2001:db8::1"],
  "www.good.example MX": ["NOERROR"],
  "nowhere.good.example": ["NXDOMAIN"],
  "alias.good.example": [
    "NOERROR",
    "alias.good.example. 3600 IN CNAME www.good.example.",
    "www.good.example. 60 IN A 192.0.2.1",
  ],
  "alias.good.example CNAME": ["NOERROR", "alias.good.example. 3600 IN CNAME www.good.example."],
  "far.good.example": [
    "NOERROR",
    "far.good.example. 3600 IN CNAME www.other.org.",
    "www.other.org. 3600 IN A 192.0.2.3",
  ],
  "nothing.good.example": ["NXDOMAIN", "nothing.good.example. 3600 IN CNAME nowhere.other.org."],
  "www.moved.good.example": [
    "NOERROR",
    "moved.good.example. 3600 IN DNAME other.org.",
    "www.moved.good.example. 3600 IN CNAME www.other.org.",
    "www.other.org. 3600 IN A 192.0.2.3",
  ],
  "loop1.good.example": ["SERVFAIL", "EDE 0"],
  "ent.good.example": ["NOERROR"],
  "deep.ent.good.example": ["NOERROR", "deep.ent.good.example. 3600 IN A 192.0.2.2"],
  "x.wild.good.example TXT": ["NOERROR", 'x.wild.good.example. 3600 IN TXT "wild"'],
  "www.sub.good.example": ["NOERROR", "www.sub.good.example. 3600 IN A 192.0.2.7"],
  "www.other.org": ["NOERROR", "www.other.org. 3600 IN A 192.0.2.3"],
  "back.other.org": [
    "NOERROR",
    "back.other.org. 3600 IN CNAME far.good.example.",
    "far.good.example. 3600 IN CNAME www.other.org.",
    "www.other.org. 3600 IN A 192.0.2.3",
  ],
  "www.half.org": ["NOERROR", "www.half.org. 3600 IN A 192.0.2.5"],
  "a.b.c.ents.example": ["NOERROR", "a.b.c.ents.example. 3600 IN A 192.0.2.9"],
  "good.example DS": ["NOERROR"],
  ". NS": ["NOERROR", ". 3600 IN NS a.root-servers.net.", ". 3600 IN NS b.root-servers.net."],
  "nothing-here": ["NXDOMAIN"],
  // Servers that cannot be reached, or are the wrong ones.
  "x.dead.example": ["SERVFAIL", "EDE 22", "EDE 23"],
  "x.orphan.org": ["SERVFAIL", "EDE 22"],
  "x.ring-a.example": ["SERVFAIL", "EDE 22"],
  "www.recursive.example": ["SERVFAIL", "EDE 22", "EDE 23"],
  "failing.liar.example": ["SERVFAIL", "EDE 22", "EDE 23"],
  // Names that nobody is asked about.
  localhost: ["NOERROR", "localhost. 10800 IN A 127.0.0.1"],
  "a.localhost AAAA": ["NOERROR", "a.localhost. 10800 IN AAAA ::1"],
  "x.invalid": ["NXDOMAIN"],
  "1.0.0.10.in-addr.arpa PTR": ["NXDOMAIN"],
};

describe("the tree is resolved from the root down", () => {
  for (const [question, lines] of Object.entries(truths))
    test(question, () => {
      const play = new Play();
      assert.deepEqual(play.resolve(question).lines, lines);
      assert.ok(play.now <= 1_000_000 + 10_000, "within the deadline");
    });

  test("in any order, with one memory", () => {
    const play = new Play();
    for (const [question, lines] of Object.entries(truths)) {
      const codes = (line: string) => !line.startsWith("EDE");
      const found = play.resolve(question).lines.map((line) => line.replace(/ \d+ IN/, " IN"));
      assert.deepEqual(
        found.filter(codes),
        lines.filter(codes).map((line) => line.replace(/ \d+ IN/, " IN")),
        question,
      );
    }
  });
});

test("what is known is not asked again, nor are those above who said where to go", () => {
  const play = new Play();
  play.resolve("www.good.example");
  const before = play.asked.length;
  play.resolve("www.good.example AAAA");
  const roots = play.askedOf("root1") + play.askedOf("root2") + play.askedOf("tld1");
  assert.equal(play.resolve("alias.good.example AAAA").lines[0], "NOERROR");
  assert.ok(play.asked.length > before);
  assert.equal(play.askedOf("root1") + play.askedOf("root2") + play.askedOf("tld1"), roots);
  assert.equal(play.resolve("www.good.example AAAA").resolution.exchanges, 0);
});

test("TTLs are counted down, and what is over is asked again", () => {
  const play = new Play();
  play.resolve("www.good.example");
  play.now += 20_000;
  assert.deepEqual(play.resolve("www.good.example").lines, ["NOERROR", "www.good.example. 40 IN A 192.0.2.1"]);
  play.now += 41_000;
  assert.deepEqual(play.resolve("www.good.example").lines, ["NOERROR", "www.good.example. 60 IN A 192.0.2.1"]);
});

test("denials are kept as long as the SOA says, and cover all types of a name that does not exist (RFC 2308 §5)", () => {
  const play = new Play();
  const first = play.resolve("nowhere.good.example");
  assert.deepEqual(
    first.response.authorities.map((set) => set.ttl),
    [60],
  );
  play.now += 30_000;
  const second = play.resolve("nowhere.good.example MX");
  assert.equal(second.resolution.exchanges, 0);
  assert.equal(second.lines[0], "NXDOMAIN");
  play.now += 31_000;
  assert.ok(play.resolve("nowhere.good.example MX").resolution.exchanges > 0);
});

test("servers see no more of a name than they need (RFC 9156)", () => {
  const play = new Play();
  play.resolve("deep.ent.good.example");
  assert.deepEqual(
    new Set(play.asked.map((line) => line.split(" ").slice(1).join(" "))),
    new Set(["example. A", "good.example. A", "ent.good.example. A", "deep.ent.good.example. A"]),
  );
});

test("a name with a hundred labels costs ten questions more, and not a hundred (RFC 9156 §2.3)", () => {
  const play = new Play();
  const { resolution, lines } = play.resolve(`${"a.".repeat(100)}good.example`);
  assert.equal(lines[0], "NXDOMAIN");
  assert.ok(resolution.exchanges <= 16, `${resolution.exchanges} exchanges`);
});
