import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { memoryMailAliases } from "./aliases/memory.ts";
import { parseMailAliases, parseMailAliasList } from "./aliases/parse.ts";
import { MailAliasError } from "./errors.ts";
import { mailRouter } from "./router/router.ts";

const pieces = [
  ...'abc:,|/\\"@#\n\r\t +;<>()[]\0',
  "alice",
  "@example.org",
  ": bob",
  "\n ",
  ":include:/x",
  '"|x y"',
  "\\root",
  "é",
  "\u{1f600}",
];

for (const seed of seeds({ count: 200, soakCount: 20_000 }))
  test(`whatever stands in a file of aliases is read or told, with seed ${seed}`, () => {
    const random = new SeededRandom(String(seed));
    const text = Array.from({ length: random.integer(0, 60) }, () => pieces[random.integer(0, pieces.length)]).join("");
    const { aliases, problems } = parseMailAliases(text);
    const lines = text.split("\n").length;
    for (const { line, message } of problems) assert.ok(line! >= 1 && line! <= lines, message);
    for (const { line, targets } of aliases.values()) {
      assert.ok(line >= 1 && line <= lines && targets.length > 0);
      for (const target of targets) assert.doesNotMatch(Object.values(target).join(""), /[\0\r\n]/);
    }
    try {
      parseMailAliasList(text, "list");
    } catch (error) {
      assert.ok(error instanceof MailAliasError, String(error));
    }
  });

for (const seed of seeds({ count: 200, soakCount: 20_000 }))
  test(`every way through aliases ends, with seed ${seed}`, async () => {
    const random = new SeededRandom(String(seed));
    const name = () => `n${random.integer(0, 12)}`;
    const place = () => ["", "", "", "@a.example", "@b.example", "@c.example", "@far.example"][random.integer(0, 7)]!;
    const target = () => [`${name()}${place()}`, `\\${name()}`, `${name()}+x`, "|x", "/x"][random.integer(0, 5)]!;
    const lines = new Map<string, string>();
    for (let count = random.integer(0, 16); count > 0; count -= 1) {
      const targets = Array.from({ length: random.integer(1, 5) }, target).join();
      const key = random.number() < 0.1 ? "@a.example" : `${name()}${random.number() < 0.3 ? "@b.example" : ""}`;
      lines.set(key, `${key}: ${targets}`);
    }
    let asked = 0;
    const hasUser = (user: string) => {
      asked += 1;
      return /^n[0-3]@/.test(user);
    };
    const router = mailRouter({
      domains: [
        "a.example",
        { name: "b.example", catchAll: `${name()}@a.example` },
        { name: "c.example", aliasOf: "a.example" },
      ],
      hasUser,
      aliases: memoryMailAliases([...lines.values()].join("\n")),
      forwardingOf: (user) => (user.startsWith("n0") ? { to: [`${name()}@b.example`], keepsCopy: false } : undefined),
    });
    const route = await router.route(`${name()}@${["a", "b", "c"][random.integer(0, 3)]}.example`);
    assert.ok(asked < 500, `${asked} questions`);
    if (route.type !== "deliver") return assert.match(route.type === "refuse" ? route.status : "", /^5\.\d\.\d$/);
    assert.ok(route.to.length > 0);
    for (const to of route.to) {
      if (to.type === "mailbox") assert.match(to.user, /^n[0-3]@[ab]\.example$/);
      if (to.type === "forward") assert.match(to.address, /@far\.example$/);
    }
  });

test("whatever is asked of a router is answered", async () => {
  const router = mailRouter({ domains: ["a.example"], hasUser: () => false });
  for (const seed of seeds({ count: 300, soakCount: 20_000 })) {
    const random = new SeededRandom(String(seed));
    const address = Array.from({ length: random.integer(0, 12) }, () => pieces[random.integer(0, pieces.length)]).join(
      "",
    );
    for (const one of [address, `${address}@a.example`, `"${address}"@a.example`, `SRS0=${address}@a.example`]) {
      const { type } = await router.route(one);
      assert.ok(type !== "deliver", one);
    }
  }
});

test("the work for a file is that of its length", () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, i) => `n${i}: a, b@c.example, "|d e"\n  , f`).join("\n");
  const quoted = (count: number) => `a: "${"\\\\".repeat(count)}`;
  for (const text of [lines(20_000), quoted(500_000), `a: ${"b,\n ".repeat(300_000)}`, "\n".repeat(1_000_000)])
    assert.ok(parseMailAliases(text).problems.length <= 1);
});
