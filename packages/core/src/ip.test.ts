import assert from "node:assert/strict";
import { isIP } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { formatIp, networkHolds, parseIp, parseIpNetwork } from "./ip.ts";

test("addresses are read and written (RFC 4291 §2.2, RFC 5952 §4)", () => {
  const spellings: readonly (readonly [string, string])[] = [
    ["10.0.0.1", "10.0.0.1"],
    ["::", "::"],
    ["::1", "::1"],
    ["2001:DB8::", "2001:db8::"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"],
    ["::ffff:10.0.0.1", "::ffff:a00:1"],
    ["fe80::1%eth0", "fe80::1"],
  ];
  for (const [text, canonical] of spellings) assert.equal(formatIp(parseIp(text)!), canonical, text);
});

test("what is no address is refused", () => {
  const wrong = [
    "",
    "1.2.3",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.4.5",
    ":",
    ":::",
    "1::2::3",
    "12345::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8::",
    "g::",
    "1.2.3.4::",
    "::1.2.3",
    " ::1",
  ];
  for (const text of wrong) assert.equal(parseIp(text), undefined, text);
});

test("every address that Node knows is known, and comes back the same", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const octets = parseIp(text);
      assert.ok(octets !== undefined && isIP(text) === (octets.length === 4 ? 4 : 6));
      assert.deepEqual(parseIp(formatIp(octets)), octets);
    }),
  );
});

test("a network holds what shares its first bits, and IPv4 written in IPv6", () => {
  const holds = (network: string, address: string) => networkHolds(parseIpNetwork(network), parseIp(address)!);
  assert.equal(holds("10.0.0.0/8", "10.255.0.1"), true);
  assert.equal(holds("10.0.0.0/8", "11.0.0.1"), false);
  assert.equal(holds("10.0.0.0/8", "::ffff:10.1.1.1"), true);
  assert.equal(holds("192.0.2.128/25", "192.0.2.127"), false);
  assert.equal(holds("192.0.2.128/25", "192.0.2.200"), true);
  assert.equal(holds("[fd00::]/8", "fdff::1"), true);
  assert.equal(holds("::1", "::1"), true);
  assert.equal(holds("0.0.0.0/0", "1.2.3.4"), true);
  assert.equal(holds("0.0.0.0/0", "2001:db8::1"), false);
  assert.equal(holds("::ffff:10.0.0.0/104", "10.1.1.1"), true);
  assert.equal(holds("::ffff:10.0.0.0/104", "11.1.1.1"), false);
  assert.equal(holds("::ffff:10.0.0.7", "::ffff:10.0.0.7"), true);
  assert.equal(holds("::/0", "10.1.1.1"), false);
  for (const wrong of ["10.0.0.0/33", "10.0.0/8", "x", "::/129", ""])
    assert.throws(() => parseIpNetwork(wrong), RangeError);
});
