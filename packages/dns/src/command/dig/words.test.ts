import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@hawser/core";
import { digOptions } from "./options.ts";
import { reverseText } from "./reverse.ts";
import { digDefaults } from "./settings.ts";
import { type DigLookup, parseDigWords } from "./words.ts";

const lookups = (line: string) => parseDigWords(line.split(" ").filter((word) => word !== "")).lookups;
const brief = ({ name, settings }: DigLookup) => `${name} ${settings.type} ${settings.class}`;

describe("parseDigWords", () => {
  test("finds name, type, class and server in any order", () => {
    for (const line of ["@192.0.2.1 example MX CH", "MX example @192.0.2.1 CH", "-t mx -q example -c ch @192.0.2.1"]) {
      const [lookup] = lookups(line);
      assert.equal(brief(lookup!), "example MX 3", line);
      assert.equal(lookup!.settings.server, "192.0.2.1");
    }
  });

  test("asks for the root's servers when there is no name", () => {
    assert.deepEqual(lookups("").map(brief), [". NS 1"]);
    assert.deepEqual(lookups("@192.0.2.1 SOA").map(brief), [". SOA 1"]);
  });

  test("takes what stands before the first name for all, and the rest for one", () => {
    assert.deepEqual(lookups("txt a.example b.example").map(brief), ["a.example TXT 1", "b.example TXT 1"]);
    const [first, second] = lookups("+multi a.example mx +nostats b.example @192.0.2.2");
    assert.deepEqual([brief(first!), brief(second!)], ["a.example MX 1", "b.example A 1"]);
    assert.deepEqual([first!.settings.multiline, second!.settings.multiline], [true, true]);
    assert.deepEqual([first!.settings.stats, second!.settings.stats], [false, true]);
    assert.deepEqual([first!.settings.server, second!.settings.server], [undefined, "192.0.2.2"]);
  });

  test("asks for the name of an address, by -x", () => {
    assert.deepEqual(lookups("-x 192.0.2.1 -x 2001:db8::1 +short").map(brief), [
      "1.2.0.192.in-addr.arpa PTR 1",
      "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR 1",
    ]);
    assert.equal(reverseText("192.0.2"), "2.0.192.in-addr.arpa");
    assert.equal(reverseText("192.0.256"), undefined);
  });

  test("takes types for names behind -q, and after -t and -c", () => {
    assert.deepEqual(lookups("-q mx -t a").map(brief), ["mx A 1"]);
    assert.deepEqual(lookups("-t a mx").map(brief), ["mx A 1"]);
  });

  test("reads words that are cut, undone, and have values", () => {
    const [{ settings } = { settings: digDefaults }] = lookups(
      "example +noall +ans +norec +do +bufsize=4096 +cookie=0011223344556677 +subnet=192.0.2.0/24 +retry=1 +split=30",
    );
    const { answer, question, rd, dnssec, udpPayloadOctets, cookie, subnet, tries, split } = settings;
    assert.deepEqual(
      [answer, question, rd, dnssec, udpPayloadOctets, tries, split],
      [true, false, false, true, 4096, 2, 32],
    );
    assert.deepEqual(cookie, Uint8Array.from([0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77]));
    assert.deepEqual(subnet, { type: "client-subnet", address: "192.0.2.0", sourcePrefix: 24, scopePrefix: 0 });
  });

  test("reads ANY and transfers as questions over TCP, unless told otherwise", () => {
    const transport = (line: string) => lookups(line)[0]!.settings.transport;
    assert.deepEqual(
      ["example any", "example axfr", "example ixfr=7", "example any +notcp", "example axfr +tls", "example"].map(
        transport,
      ),
      ["tcp", "tcp", "tcp", "udp", "tls", "udp"],
    );
    assert.equal(lookups("example ixfr=7")[0]!.settings.serial, 7);
  });

  test("warns of what is odd, and goes on", () => {
    assert.deepEqual(parseDigWords(["example", "mx", "txt"]).warnings, ["extra type option"]);
    assert.match(parseDigWords(["example", "ixfr"]).warnings[0]!, /requires a serial/);
    assert.deepEqual(parseDigWords(["-t", "nope", "example"]).warnings, ['ignoring invalid type "nope"']);
  });

  for (const [line, message] of [
    ["+foo", /no option "\+foo"/],
    ["+trcae", /did you mean "?\+trace/],
    ["+t", /\+t may be \+tcflag or \+tcp/],
    ["+bufsize=x", /\+bufsize=x: a whole number from 0 to 65535/],
    ["+subnet=example", /an address is needed/],
    ["+ednsopt=5:abc", /in hexadecimal digits/],
    ["+domain", /\+domain needs a value/],
    ["-p 0", /a port from 1 to 65535/],
    ["-p", /-p needs a value/],
    ["-x example", /that is no address/],
    ["-b example", /an address of ours/],
    ["-Z", /no option "-Z"/],
  ] as const) {
    test(`refuses ${line}`, () => {
      assert.throws(
        () => lookups(line),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    });
  }

  test("knows every option by its whole name, on and off", () => {
    for (const [name, { placeholder }] of Object.entries(digOptions)) {
      const value =
        placeholder === undefined ? "" : { NAME: "=a", NET: "=0", PATH: "=/", HEX: "", FILE: "=f" }[placeholder];
      assert.doesNotThrow(() => lookups(`example +${name}${value ?? "=8"}`.replace("ednsopt=8", "ednsopt=8:00")), name);
    }
  });
});
