import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "@hawser/core";
import { parseAccess, parseForward, parseNotify, parseSecondary, parseZoneFile } from "./spelling.ts";

describe("the values of the options of hawser dns", () => {
  test("NAME=FILE, whatever else the file's name holds", () => {
    assert.deepEqual(parseZoneFile("example.org=/etc/a=b.zone"), ["example.org.", "/etc/a=b.zone"]);
    assert.equal(parseZoneFile.kind, "pair");
  });

  test("NAME@ADDRESS[#PORT][,KEY]", () => {
    const { zone, server, key } = parseSecondary("example.org@192.0.2.1#5300,k.example");
    assert.deepEqual(
      [String(zone), server.host, server.port, server.transport, key],
      ["example.org.", "192.0.2.1", 5300, "udp", "k.example."],
    );
    assert.deepEqual(parseSecondary("a@tls://2001:db8::1".replace("2001:db8::1", "[2001:db8::1]")).server, {
      transport: "tls",
      host: "2001:db8::1",
      port: 853,
    });
  });

  test("[ZONE=]NET|KEY", () => {
    const brief = (text: string) => {
      const { zone, network, key } = parseAccess(text);
      return [zone && String(zone), network, key];
    };
    assert.deepEqual(brief("10.0.0.0/8"), [undefined, "10.0.0.0/8", undefined]);
    assert.deepEqual(brief("2001:db8::1"), [undefined, "2001:db8::1", undefined]);
    assert.deepEqual(brief("example=192.0.2.1"), ["example.", "192.0.2.1", undefined]);
    assert.deepEqual(brief("example=k.example"), ["example.", undefined, "k.example."]);
  });

  test("[ZONE=]SERVER, and an equals sign in a URL", () => {
    const { zone, server } = parseForward("corp.example=10.0.0.53");
    assert.deepEqual([String(zone), server.host], ["corp.example.", "10.0.0.53"]);
    const { zone: none, server: url } = parseForward("https://dns.example/q?a=b");
    assert.deepEqual([none, url.transport, url.path], [undefined, "https", "/q?a=b"]);
    assert.deepEqual(parseNotify("example=192.0.2.1#54,k").key, "k.");
  });

  for (const [parse, text] of [
    [parseZoneFile, "example"],
    [parseZoneFile, "a..b=x"],
    [parseSecondary, "192.0.2.1"],
    [parseSecondary, "example@https://dns.example/"],
    [parseSecondary, "example@name.example"],
    [parseAccess, "10.0.0.0/33"],
    [parseForward, "example.org"],
    [parseNotify, "192.0.2.1#x"],
  ] as const)
    test(`${text} is refused`, () => {
      assert.throws(() => parse(text), UsageError);
    });
});
