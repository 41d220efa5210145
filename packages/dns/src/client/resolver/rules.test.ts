import assert from "node:assert/strict";
import { test } from "node:test";
import { simulation } from "@hawser/core/simulation";
import { parseDomainName } from "../../name/domain-name.ts";
import { parseDnsRecord } from "../../records/text.ts";
import { withMixedCase } from "../exchange/letter-case.ts";
import { parseDnsServer } from "../server-place.ts";
import { aliasesMax, walkAliases } from "./aliases.ts";
import { searchNames } from "./search.ts";
import { ServerOrder } from "./server-order.ts";
import { sortAddresses } from "./sort-addresses.ts";
import { addressOfReverseName, reverseName } from "./special-names.ts";

test("searchNames: dots decide what is tried first, a last dot ends it", () => {
  const search = ["a.example", "b.example"].map((text) => parseDomainName(text));
  const tried = (text: string, ndots = 1) => searchNames(text, { search, ndots }).map(String).join(" ");
  assert.equal(tried("x"), "x.a.example. x.b.example. x.");
  assert.equal(tried("x."), "x.");
  assert.equal(tried("x.y"), "x.y. x.y.a.example. x.y.b.example.");
  assert.equal(tried("x.y", 2), "x.y.a.example. x.y.b.example. x.y.");
  assert.equal(tried("x\\."), "x\\..a.example. x\\..b.example. x\\..");
  assert.equal(tried("bücher。"), "xn--bcher-kva.");
  assert.equal(tried(`${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(55)}`).split(" ").length, 1);
});

test("sortAddresses: by the policy table of RFC 6724, and otherwise as told", () => {
  const of = (...hosts: string[]) =>
    hosts.map((host) => ({ family: host.includes(":") ? "ipv6" : "ipv4", host }) as const);
  const sorted = (order: Parameters<typeof sortAddresses>[1], ...hosts: string[]) =>
    sortAddresses(of(...hosts), order).map(({ host }) => host);
  const hosts = ["fd00::1", "192.0.2.2", "2002:c000:201::1", "2001:db8::1", "192.0.2.1", "::1", "2001::1"];
  assert.deepEqual(sorted("preferred", ...hosts), [
    "::1",
    "2001:db8::1",
    "192.0.2.2",
    "192.0.2.1",
    "2002:c000:201::1",
    "2001::1",
    "fd00::1",
  ]);
  assert.deepEqual(sorted("ipv4first", "::1", "192.0.2.1", "::2"), ["192.0.2.1", "::1", "::2"]);
  assert.deepEqual(sorted("ipv6first", "192.0.2.1", "::1"), ["::1", "192.0.2.1"]);
  assert.deepEqual(sorted("verbatim", "192.0.2.1", "::1"), ["192.0.2.1", "::1"]);
});

test("ServerOrder: in order, in turns, and the quickest first; who failed comes last for 30 s", () => {
  const places = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(parseDnsServer);
  const first = (order: ServerOrder, now = 0) =>
    order
      .order(places, now)
      .map(({ host }) => host.slice(-1))
      .join("");
  const inOrder = new ServerOrder("in-order");
  inOrder.failed(places[0]!, 0);
  assert.deepEqual([first(inOrder, 29_999), first(inOrder, 30_000)], ["231", "123"]);
  const rotating = new ServerOrder("rotate");
  assert.deepEqual([first(rotating), first(rotating), first(rotating), first(rotating)], ["123", "231", "312", "123"]);
  const fastest = new ServerOrder("fastest");
  fastest.answered(places[0]!, 30);
  fastest.answered(places[1]!, 10);
  assert.equal(first(fastest), "321", "nobody has measured the third");
  fastest.answered(places[2]!, 20);
  assert.equal(first(fastest), "231");
  let questions = 0;
  for (; first(fastest).startsWith("2"); questions++) fastest.answered(places[1]!, 10);
  assert.ok(questions > 20 && questions < 60, `the others are looked at again after ${questions} questions`);
});

test("withMixedCase changes letters only, and about half of them", () => {
  const { random } = simulation({ seed: 1 });
  const name = parseDomainName(`\\200\\@[.${"a".repeat(60)}.${"Z9-".repeat(20)}`);
  const mixed = withMixedCase(name, random);
  assert.ok(mixed.equals(name));
  const changed = [...mixed.wire].filter((character, i) => character !== name.wire[i]).length;
  assert.ok(changed > 25 && changed < 55, String(changed));
});

test("walkAliases follows CNAME and DNAME, and no circle, however long", () => {
  const walk = (start: string, ...texts: string[]) =>
    walkAliases(
      parseDomainName(start),
      "A",
      texts.map((text) => parseDnsRecord(text)),
    );
  assert.equal(String(walk("x.a", "a. 1 DNAME b.", "x.b. 1 CNAME c.", "c. 1 A 192.0.2.1").name), "c.");
  assert.equal(walk("a", "a. 1 CNAME a.").isBroken, true);
  assert.equal(walk("x.a", "a. 1 DNAME a.").isBroken, true);
  const chain = Array.from({ length: 40 }, (_, i) => `a${i}. 1 CNAME a${i + 1}.`);
  assert.deepEqual([walk("a0", ...chain).isBroken, walk("a0", ...chain.slice(0, aliasesMax)).isBroken], [true, false]);
  const long = `${"a".repeat(63)}.${"a".repeat(63)}.${"a".repeat(63)}.b`;
  assert.equal(walk(`${long}`, `b. 1 DNAME ${"c".repeat(63)}.`).isBroken, true, "the name becomes too long");
});

test("addresses and the names of their names", () => {
  for (const address of ["192.0.2.1", "2001:db8::1"]) {
    const octets = address.includes(":")
      ? Uint8Array.of(0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
      : Uint8Array.of(192, 0, 2, 1);
    assert.equal(addressOfReverseName(reverseName(octets)), address);
  }
  for (const name of [
    "1.2.3.in-addr.arpa",
    "1.2.3.4.5.in-addr.arpa",
    "256.2.3.4.in-addr.arpa",
    "1.ip6.arpa",
    "example",
  ])
    assert.equal(addressOfReverseName(parseDomainName(name)), undefined);
});
