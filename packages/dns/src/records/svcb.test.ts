import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DnsTextError, decodeDnsData, encodeDnsData, formatDnsData, parseDnsData } from "../index.ts";

const foo = "03666f6f076578616d706c6503636f6d00";
const fooOrg = "03666f6f076578616d706c65036f726700";

describe("the vectors of RFC 9460 §D.1 and RFC 9460 §D.2", () => {
  const vectors: readonly (readonly [text: string, hex: string, canonical?: string])[] = [
    ["0 foo.example.com.", `0000${foo}`],
    ["1 .", "000100"],
    ["16 foo.example.com. port=53", `0010${foo}000300020035`],
    ["1 foo.example.com. key667=hello", `0001${foo}029b000568656c6c6f`],
    ['1 foo.example.com. key667="hello\\210qoo"', `0001${foo}029b000968656c6c6fd2716f6f`],
    [
      '1 foo.example.com. ( ipv6hint="2001:db8::1,2001:db8::53:1" )',
      `0001${foo}0006002020010db800000000000000000000000120010db8000000000000000000530001`,
      "1 foo.example.com. ipv6hint=2001:db8::1,2001:db8::53:1",
    ],
    [
      '1 example.com. ( ipv6hint="2001:db8:122:344::192.0.2.33" )',
      "0001076578616d706c6503636f6d000006001020010db80122034400000000c0000221",
      "1 example.com. ipv6hint=2001:db8:122:344::c000:221",
    ],
    [
      "16 foo.example.org. ( alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1 )",
      `0010${fooOrg}0000000400010004000100090268320568332d313900040004c0000201`,
      "16 foo.example.org. mandatory=alpn,ipv4hint alpn=h2,h3-19 ipv4hint=192.0.2.1",
    ],
    [
      '16 foo.example.org. alpn="f\\\\\\\\oo\\\\,bar,h2"',
      `0010${fooOrg}0001000c08665c6f6f2c626172026832`,
      '16 foo.example.org. alpn="f\\\\\\\\oo\\\\,bar,h2"',
    ],
    [
      "16 foo.example.org. alpn=f\\\\\\092oo\\092,bar,h2",
      `0010${fooOrg}0001000c08665c6f6f2c626172026832`,
      '16 foo.example.org. alpn="f\\\\\\\\oo\\\\,bar,h2"',
    ],
  ];
  for (const [text, hex, canonical = text] of vectors) {
    for (const type of ["SVCB", "HTTPS"] as const) {
      test(`${type} ${text}`, () => {
        const data = parseDnsData(type, text);
        assert.equal(Buffer.from(encodeDnsData(type, data)).toString("hex"), hex);
        assert.deepEqual(decodeDnsData(type, Buffer.from(hex, "hex")), data);
        assert.equal(formatDnsData(type, data), canonical);
        assert.deepEqual(parseDnsData(type, canonical), data);
      });
    }
  }
});

describe("the failures of RFC 9460 §D.3, and others", () => {
  const failures = [
    "1 foo.example.com. ( key123=abc key123=def )",
    "1 foo.example.com. mandatory",
    "1 foo.example.com. alpn",
    "1 foo.example.com. port",
    "1 foo.example.com. ipv4hint",
    "1 foo.example.com. ipv6hint",
    "1 foo.example.com. no-default-alpn=abc",
    "1 foo.example.com. mandatory=key123",
    "1 foo.example.com. mandatory=mandatory",
    "1 foo.example.com. ( mandatory=key123,key123 key123=abc )",
    "1 foo.example.com. no-default-alpn",
    "1 foo.example.com. port=65536",
    "1 foo.example.com. ipv4hint=2001:db8::1",
    "1 foo.example.com. ipv4hint=",
    "1 foo.example.com. key65536=a",
    "1 foo.example.com. key01=a",
    "1 foo.example.com. nothing=a",
    "1 foo.example.com. ech=AA",
    "1 foo.example.com. key3=abc",
    "1 foo.example.com. alpn=,h2",
    "1 foo.example.com. ALPN=h2",
  ];
  for (const text of failures) test(text, () => assert.throws(() => parseDnsData("SVCB", text), DnsTextError));
});

test("every parameter has a text and a wire form", () => {
  const text =
    "1 . mandatory=alpn,port alpn=h2,h3 no-default-alpn port=8443 ipv4hint=192.0.2.1,192.0.2.2 ech=AEX+DQ== ipv6hint=2001:db8::1 dohpath=/dns-query{?dns} ohttp key65000 key65001=a";
  const data = parseDnsData("HTTPS", text);
  assert.deepEqual(decodeDnsData("HTTPS", encodeDnsData("HTTPS", data)), data);
  assert.equal(formatDnsData("HTTPS", data), text);
  assert.deepEqual(parseDnsData("HTTPS", "1 . key3=\\003\\232"), parseDnsData("HTTPS", "1 . port=1000"));
  assert.equal(data.params.port, 8443);
  assert.deepEqual(
    data.params.others?.map(({ key }) => key),
    [65_000, 65_001],
  );
});
