import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "@hawser/core/simulation";
import { rewritePlugin } from "./rewrite.ts";
import { request, startChain, talk, zoneOf } from "./talk.test.kit.ts";

const zone = [
  "www.internal.example. 300 A 192.0.2.1",
  "alias.internal.example. 300 CNAME www.internal.example.",
  "new-mail.example. 300 A 192.0.2.2",
  "eu.api.example. 300 A 192.0.2.3",
  "internal.example. 300 MX 10 mx.internal.example.",
  "www.internal.example. 300 TXT internal.example",
];

test("a name is asked for under another, and answered under its own", () =>
  simulate({}, async (world) => {
    const rule = { name: "intranet.example", to: "www.internal.example" };
    await talk(
      await startChain(world.reactor, rewritePlugin(rule), zoneOf(...zone)),
      `Q: Intranet.example A
       A: NOERROR aa
       Intranet.example. 300 IN A 192.0.2.1
       Q: www.internal.example A
       A: NOERROR aa
       www.internal.example. 300 IN A 192.0.2.1`,
    );
  }));

test("prefixes and patterns are replaced", () =>
  simulate({}, async (world) => {
    const rules = [
      { prefix: "old-", to: "new-" },
      { match: /^api-([a-z]+)\.example$/, to: "$1.api.example" },
    ];
    await talk(
      await startChain(world.reactor, rewritePlugin(rules), zoneOf(...zone)),
      `Q: old-mail.example A
       A: NOERROR aa
       old-mail.example. 300 IN A 192.0.2.2
       Q: API-eu.example A
       A: NOERROR aa
       API-eu.example. 300 IN A 192.0.2.3
       Q: api-9.example A
       A: NXDOMAIN`,
    );
  }));

test("a zone is asked for under another, and with it what data lead to, if that is wanted", () =>
  simulate({}, async (world) => {
    const rule = { suffix: "example.com", to: "internal.example" };
    await talk(
      await startChain(world.reactor, rewritePlugin(rule), zoneOf(...zone)),
      `Q: alias.example.com CNAME
       A: NOERROR aa
       alias.example.com. 300 IN CNAME www.internal.example.`,
    );
    await talk(
      await startChain(world.reactor, rewritePlugin({ ...rule, data: true }), zoneOf(...zone)),
      `Q: alias.example.com CNAME
       A: NOERROR aa
       alias.example.com. 300 IN CNAME www.example.com.
       Q: example.com MX
       A: NOERROR aa
       example.com. 300 IN MX 10 mx.example.com.
       Q: www.example.com TXT
       A: NOERROR aa
       www.example.com. 300 IN TXT "internal.example"`,
    );
  }));

test("types and TTLs", () =>
  simulate({}, async (world) => {
    const rules = [{ type: "SPF", to: "TXT" }, { ttl: { max: 60 } }, { ttl: { min: 10 } }] as const;
    await talk(
      await startChain(world.reactor, rewritePlugin(rules), zoneOf(...zone, "short.example. 1 A 192.0.2.9")),
      `Q: www.internal.example SPF
       A: NOERROR aa
       www.internal.example. 60 IN TXT "internal.example"
       Q: short.example A
       A: NOERROR aa
       short.example. 10 IN A 192.0.2.9`,
    );
  }));

test("what would be no name is asked for as it is", () =>
  simulate({}, async (world) => {
    const rules = [
      { suffix: "example", to: `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.example` },
      { prefix: "x", to: "..." },
    ];
    const plugin = rewritePlugin(rules);
    const { answerer } = await startChain(world.reactor, plugin, zoneOf(`x.${"d".repeat(62)}.example. 60 A 192.0.2.1`));
    const long = `x.${"d".repeat(62)}.${"e".repeat(20)}.example`;
    const reply = await answerer(request(`${long} A`));
    assert.equal(reply.type === "response" && reply.rcode, 3);
    assert.ok(!(answerer(request("x.example A")) instanceof Promise));
  }));
