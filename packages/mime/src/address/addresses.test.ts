import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type MailAddress, mailboxesOf, parseAddressList } from "./addresses.ts";
import { formatMailAddress } from "./format.ts";
import { parseMailbox } from "./mailbox.ts";

/** As short as a table wants it: `Name <local@domain>`, groups in brackets. */
function shown(address: MailAddress): string {
  if (address.type === "group") return `${address.name}[${address.members.map(shown).join(", ")}]`;
  const place = `${address.localPart}@${address.domain}`;
  return address.name === undefined ? place : `${address.name} <${place}>`;
}

describe("parseAddressList", () => {
  const rows: readonly (readonly [text: string, ...addresses: string[]])[] = [
    // RFC 5322 §A.1 to §A.6.1
    ["John Doe <jdoe@machine.example>", "John Doe <jdoe@machine.example>"],
    ['"Joe Q. Public" <john.q.public@example.com>', "Joe Q. Public <john.q.public@example.com>"],
    [
      'Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>, "Giant; \\"Big\\" Box" <sysservices@example.net>',
      "Mary Smith <mary@x.test>",
      "jdoe@example.org",
      "Who? <one@y.test>",
      'Giant; "Big" Box <sysservices@example.net>',
    ],
    [
      "A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
      "A Group[Ed Jones <c@a.test>, joe@where.test, John <jdoe@one.test>]",
    ],
    ["Undisclosed recipients:;", "Undisclosed recipients[]"],
    ["Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "Pete <pete@silly.test>"],
    [
      "A Group(Some people)\r\n :Chris Jones <c@(Chris's host.)public.example>,\r\n joe@example.org,\r\n John <jdoe@one.test> (my dear friend); (the end of the group)",
      "A Group[Chris Jones <c@public.example>, joe@example.org, John <jdoe@one.test>]",
    ],
    ["(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", "Hidden recipients[]"],
    ["Joe Q. Public <john.q.public@example.com>", "Joe Q. Public <john.q.public@example.com>"],
    [
      "Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
      "Mary Smith <mary@example.net>",
      "jdoe@test.example",
    ],
    ["<@a.example,@b.example:joe@c.example>", "joe@c.example"],
    // old and odd
    ["joe@example.org (Joe Q.)", "Joe Q. <joe@example.org>"],
    ["=?UTF-8?Q?Andr=C3=A9?= <a@b.c>", "André <a@b.c>"],
    ["root", "root@"],
    ["joe@[192.0.2.1]", "joe@[192.0.2.1]"],
    ["Ünï Cödé <üser@exämple.org>", "Ünï Cödé <üser@exämple.org>"],
    ["a b c, <>, ,;", ""].filter((text) => text !== "") as [string],
    ["joe <joe@a.b", "joe <joe@a.b>"],
    // a quoted address is a name (CVE-2025-13033)
    ['"xclow3n@gmail.com x"@internal.domain', "xclow3n@gmail.com x@internal.domain"],
    ['"bob@good.example" <eve@bad.example>', "bob@good.example <eve@bad.example>"],
    ["bob@good.example <eve@bad.example>", "bob@good.example <eve@bad.example>"],
  ];
  for (const [text, ...addresses] of rows)
    test(text, () => assert.deepEqual(parseAddressList(text).map(shown), addresses));

  test("takes groups within groups and comments within comments without going deeper (CVE-2025-14874)", () => {
    assert.ok(parseAddressList("g:".repeat(100_000)).length <= 1);
    assert.deepEqual(parseAddressList(`${"(".repeat(200_000)}a@b.c`), []);
    assert.deepEqual(parseAddressList(`${"(".repeat(100_000)}${")".repeat(100_000)} a@b.c`).map(shown).length, 1);
  });

  test("reads no more than 10,000 addresses", () => {
    assert.equal(mailboxesOf(parseAddressList("a@b.c,".repeat(20_000))).length, 10_000);
  });
});

describe("formatMailAddress", () => {
  const name = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
    .map((text) => text.replace(/[\r\n\0]/g, "x"));
  const localPart = fc.string({
    unit: fc.integer({ min: 32, max: 126 }).map((n) => String.fromCharCode(n)),
    minLength: 1,
  });

  test("writes what reads the same, whatever the name is", () => {
    fc.assert(
      fc.property(name, localPart, (called, local) => {
        const address = { type: "mailbox", name: called, localPart: local, domain: "example.org" } as const;
        const [read, ...more] = parseAddressList(formatMailAddress(address));
        assert.deepEqual(more, []);
        assert.ok(read?.type === "mailbox");
        assert.equal(read.localPart, local);
        assert.equal((read.name ?? "").trim(), called.trim());
      }),
    );
  });

  test("refuses what would end the address or the line", () => {
    const bad = { type: "mailbox", localPart: "a", domain: "b" } as const;
    for (const wrong of [
      { ...bad, localPart: "a\r\nb" },
      { ...bad, localPart: "" },
      { ...bad, domain: "b>, <c@d" },
      { ...bad, name: "a\r\nBcc: x" },
    ])
      assert.throws(() => formatMailAddress(wrong), { code: "bad-address" });
  });
});

describe("parseMailbox", () => {
  for (const text of [
    "a@b",
    "a.b+c@example.org",
    '"a b"@example.org',
    '"a@b"@example.org',
    "a@[192.0.2.1]",
    "a@[IPv6:2001:db8::1]",
    "üser@exämple.org",
  ])
    test(`takes ${text}`, () => assert.equal(formatMailAddress(parseMailbox(text)), text));

  for (const text of [
    "",
    "a",
    "@b",
    "a@",
    "a@b c",
    "a b@c",
    "a..b@c",
    ".a@b",
    "a@b..c",
    "a@-b.c",
    "a@[300.0.0.1]",
    "a@[x]",
    "<a@b>",
    "a@b,c@d",
    "a(x)@b",
    "a\r\n@b",
    '"a@b',
    `${"x".repeat(65)}@b`,
    `a@${"x".repeat(64)}.org`,
  ])
    test(`refuses ${JSON.stringify(text.slice(0, 20))}`, () =>
      assert.throws(() => parseMailbox(text), { code: "bad-address" }));
});
