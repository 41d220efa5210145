import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Reactor } from "@hawser/core";
import { simulate } from "@hawser/core/simulation";
import { MailAliasError } from "../errors.ts";
import { mailAliasesFile } from "./file.ts";
import { memoryMailAliases } from "./memory.ts";
import { parseMailAliases } from "./parse.ts";

describe("parseMailAliases reads aliases(5)", () => {
  test("every kind of target", () => {
    const { aliases, problems } = parseMailAliases(
      [
        "# who gets what",
        "postmaster: root",
        "Team :  alice, bob@example.net ,",
        "  # in between",
        "\tcarol",
        "",
        "   , dave",
        'tickets: "|/usr/bin/tickets --new", |/bin/log',
        'archive: /var/mail/archive, "/var/mail/with space"',
        "list: :include:/etc/mail/list, ':include:'",
        "eve: \\eve, eve@example.com",
        '"john doe": john, "jane doe", "a b"@example.org',
        "alice@Example.ORG: bob",
        "@BÜCHER.example: catch-all@example.org",
        'vacation: |"/usr/bin/vacation -t \\"1d\\" eve"',
      ].join("\r\n"),
    );
    assert.deepEqual(
      problems.map(({ message }) => message),
      [`Cannot read the aliases in "aliases", line 10: "':include:'" is no address`],
    );
    const address = (text: string) => ({ type: "address", address: text });
    assert.deepEqual(Object.fromEntries([...aliases].map(([name, { targets }]) => [name, targets])), {
      postmaster: [address("root")],
      team: ["alice", "bob@example.net", "carol", "dave"].map(address),
      tickets: [
        { type: "program", command: "/usr/bin/tickets --new" },
        { type: "program", command: "/bin/log" },
      ],
      archive: [
        { type: "file", path: "/var/mail/archive" },
        { type: "file", path: "/var/mail/with space" },
      ],
      eve: [{ type: "address", address: "eve", isFinal: true }, address("eve@example.com")],
      "john doe": [address("john"), address("jane doe"), address('"a b"@example.org')],
      "alice@example.org": [address("bob")],
      "@xn--bcher-kva.example": [address("catch-all@example.org")],
      vacation: [{ type: "program", command: '/usr/bin/vacation -t "1d" eve' }],
    });
    assert.deepEqual([aliases.get("team")!.line, aliases.get("vacation")!.line], [3, 15]);
  });

  const wrong: readonly (readonly [text: string, problem: RegExp])[] = [
    ["  alice: bob", /line 1: it goes on, and nothing stands before it/],
    ["a: b\nalice bob", /line 2: a colon must follow the name/],
    ["alice", /line 1: a colon must follow the name/],
    [": bob", /line 1: what stands before the colon is no name/],
    ["alice@: bob", /line 1: what stands before the colon is no name/],
    ["alice:", /line 1: nothing stands behind the colon/],
    ["alice: ,,", /line 1: nothing stands behind the colon/],
    ["alice: bob carol", /line 1: a comma must part targets/],
    ["alice: bob # my friend", /line 1: a comma must part targets/],
    ["alice: bob,\n  carol,\n  dave erin", /line 3: a comma must part targets/],
    ["alice: |/bin/prog arg", /line 1: a comma must part targets/],
    ['alice: "bob', /line 1: a quotation mark has no other/],
    ['alice: "bob\n ", carol', /line 1: a quotation mark has no other/],
    ["alice: |", /line 1: a program must follow the \|/],
    ["alice: :include:list", /line 1: "list" must begin with \//],
    ["alice: /var/mail/alice/", /line 1: "\/var\/mail\/alice\/" is a folder/],
    ["alice: bob@", /line 1: "bob@" is no address/],
    ["alice: :fail:no", /line 1: ":fail:no" is no address/],
    ["alice: <bob@example.org>", /is no address/],
    ["alice: bob;carol", /is no address/],
    ["a: b\nA: c", /line 2: it has stood on line 1 already/],
    [`a: ${"x".repeat(5_000)}`, /line 1: a target may have 4096 octets/],
    [`a: ${"x,".repeat(10_001)}`, /line 1: a name may lead to 10000 targets/],
    ["a: b\0c", /line 1: a target has no line ends in it/],
  ];
  for (const [text, expected] of wrong)
    test(`${JSON.stringify(text.slice(0, 40))} is told with its line`, () => {
      const { problems } = parseMailAliases(text);
      assert.equal(problems.length, 1);
      assert.match(problems[0]!.message, expected);
      assert.throws(() => memoryMailAliases(text), MailAliasError);
    });

  test("the lines around one that cannot be read are read", () => {
    const { aliases, problems } = parseMailAliases("a: b\nbad\nc: d\n");
    assert.deepEqual([[...aliases.keys()], problems.length], [["a", "c"], 1]);
  });

  test("a file of nothing but faults tells a hundred of them", () => {
    assert.equal(parseMailAliases("bad\n".repeat(100_000)).problems.length, 100);
  });
});

describe("mailAliasesFile", () => {
  /** A world with files below /etc/mail, which a test may change. */
  async function withFiles(
    run: (write: (name: string, text: string | Uint8Array) => Promise<void>, reactor: Reactor) => Promise<void>,
  ): Promise<void> {
    await simulate({ seed: 1 }, async ({ reactor }) => {
      const tree = reactor.files("/");
      await tree.makeDirectory("etc");
      await run((name, text) => tree.writeFile(`etc/${name}`, text), reactor);
    });
  }

  test("a change is seen, and a file that cannot be read changes nothing", () =>
    withFiles(async (write, reactor) => {
      await write("aliases", "team: alice\n");
      const aliases = await mailAliasesFile("/etc/aliases", { reactor });
      assert.equal((await aliases.targets("team"))?.length, 1);
      await write("aliases", "team: alice, bob\n");
      assert.equal((await aliases.targets("team"))?.length, 1, "it was looked at just now");
      await reactor.clock.sleep(1_000);
      assert.equal((await aliases.targets("team"))?.length, 2);
      await write("aliases", "team: alice bob\n");
      await assert.rejects(aliases.reload(), /line 1: a comma must part/);
      assert.equal((await aliases.targets("team"))?.length, 2);
      assert.equal(aliases.problems.length, 1);
      await write("aliases", "team: carol\n");
      await aliases.reload();
      assert.deepEqual(await aliases.targets("team"), [{ type: "address", address: "carol" }]);
      assert.deepEqual([await aliases.targets("ghost"), aliases.problems], [undefined, []]);
    }));

  test("lists are included as they are now, and run no programs", () =>
    withFiles(async (write, reactor) => {
      await write(
        "aliases",
        "list: first, :include:/etc/list, last\nbad: :include:/etc/bad\nnone: :include:/etc/none\n",
      );
      await write("list", "# members\nalice\nbob@example.net, carol,\n\n");
      await write("bad", "alice, |/bin/sh\n");
      const aliases = await mailAliasesFile("/etc/aliases", { reactor });
      const names = async () => (await aliases.targets("list"))?.map((one) => (one as { address: string }).address);
      assert.deepEqual(await names(), ["first", "alice", "bob@example.net", "carol", "last"]);
      await write("list", "dave");
      await reactor.clock.sleep(1_000);
      assert.deepEqual(await names(), ["first", "dave", "last"]);
      await assert.rejects(aliases.targets("bad"), { code: "not-allowed" });
      await assert.rejects(aliases.targets("none"), { code: "unreadable" });
      const trusting = await mailAliasesFile("/etc/aliases", { reactor, includesRunPrograms: true });
      assert.equal((await trusting.targets("bad"))?.length, 2);
      await write("list", "x\n".repeat(600_000));
      await reactor.clock.sleep(1_000);
      await assert.rejects(aliases.targets("list"), { code: "too-large" });
    }));

  test("a file that is missing, no text or too large is told at once", () =>
    withFiles(async (write, reactor) => {
      const rejected = (code: string) => assert.rejects(mailAliasesFile("/etc/aliases", { reactor }), { code });
      await rejected("unreadable");
      await write("aliases", Buffer.from([0x61, 0x3a, 0xff]));
      await rejected("unreadable");
      await write("aliases", `a: b\n${"#".repeat(17_000_000)}`);
      await rejected("too-large");
    }));
});
