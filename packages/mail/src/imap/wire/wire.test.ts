import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { matchesMailboxPattern } from "../commands/list-pattern.ts";
import { baseSubject } from "../search/base-subject.ts";
import { formatThread, type ThreadedMail, threadByReferences, threadBySubject } from "../search/threads.ts";
import { formatImapDateTime, parseImapDateTime } from "./date-time.ts";
import { ImapNumberSet } from "./number-set.ts";
import { decodeMailboxUtf7, encodeMailboxUtf7 } from "./utf7.ts";

describe("Names of mailboxes in UTF-7 (RFC 3501 §5.1.3)", () => {
  const rows = [
    ["INBOX", "INBOX"],
    ["~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"],
    ["a & b", "a &- b"],
    ["Entwürfe", "Entw&APw-rfe"],
    ["😀", "&2D3eAA-"],
  ] as const;
  for (const [name, spelled] of rows)
    test(name, () => {
      assert.equal(encodeMailboxUtf7(name), spelled);
      assert.equal(decodeMailboxUtf7(spelled), name);
    });
  test("what is none is refused", () => {
    for (const text of ["&", "&AP", "&A-", "&*-"])
      assert.throws(() => decodeMailboxUtf7(text), /Cannot read a mailbox's name/);
  });
  test("any name comes back", () =>
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) =>
        assert.equal(decodeMailboxUtf7(encodeMailboxUtf7(name)), name),
      ),
    ));
});

describe("matchesMailboxPattern (RFC 9051 §6.3.9)", () => {
  const rows: readonly (readonly [pattern: string, name: string, matches: boolean])[] = [
    ["*", "a/b/c", true],
    ["%", "a", true],
    ["%", "a/b", false],
    ["a/%", "a/b", true],
    ["a/%/c", "a/b/c", true],
    ["%/b", "a/b", true],
    ["a*c", "a/b/c", true],
    ["inbox", "INBOX", true],
    ["inbox/%", "INBOX/x", true],
    ["Inboxes", "INBOXes", false],
    ["", "a", false],
    ["a%", "a", true],
  ];
  for (const [pattern, name, matches] of rows)
    test(`${pattern} and ${name}`, () => assert.equal(matchesMailboxPattern(name, pattern), matches));
  test("takes time that grows as name and pattern", () => {
    assert.equal(matchesMailboxPattern("a".repeat(250), `${"*a".repeat(200)}b`), false);
  });
});

test("ImapNumberSet writes neighbours as ranges", () => {
  assert.equal(ImapNumberSet.of([5, 1, 2, 3, 9]).toString(), "1:3,5,9");
  assert.deepEqual(ImapNumberSet.parse("10:8,*,3").ranges(20), [
    [3, 3],
    [8, 10],
    [20, 20],
  ]);
});

test("dates come back", () =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
      assert.equal(parseImapDateTime(formatImapDateTime(seconds * 1_000)), seconds * 1_000);
    }),
  ));

describe("Threads (RFC 5256)", () => {
  test("subjects without what replies add", () => {
    for (const subject of ["Re: [list] Fwd: hello (fwd)", "[Fwd: hello]", "RE[2]: hello", "hello", "re: Re:   hello"])
      assert.equal(baseSubject(subject).base, "hello", subject);
    assert.equal(baseSubject("[only a blob]").base, "[only a blob]");
  });

  const mail = (number: number, id: string, references: readonly string[], subject: string): ThreadedMail => {
    const { base, isReply } = baseSubject(subject);
    return { number, sentAt: number, baseSubject: base, isReply, messageId: id, references };
  };

  test("by references, those that are missing included", () => {
    const mails = [
      mail(1, "<a>", [], "hello"),
      mail(2, "<b>", ["<a>"], "Re: hello"),
      mail(3, "<c>", ["<a>", "<b>"], "Re: hello"),
      mail(4, "<d>", ["<x>"], "other"),
      mail(5, "<e>", ["<x>"], "Re: other"),
      mail(6, "<f>", [], "Re: hello"),
      mail(7, "<g>", ["<a>", "<b>"], "Re: hello"),
    ];
    assert.equal(threadByReferences(mails).map(formatThread).join(""), "(1 (2 (3)(7))(6))((4)(5))");
  });

  test("of messages that answer each other in a circle", () => {
    const mails = [mail(1, "<a>", ["<b>"], "x"), mail(2, "<b>", ["<a>"], "x"), mail(3, "<a>", [], "x")];
    const all = threadByReferences(mails).map(formatThread).join("");
    assert.deepEqual(all.match(/\d/g)?.sort(), ["1", "2", "3"]);
  });

  test("by subject", () => {
    const mails = [
      mail(1, "<a>", [], "one"),
      mail(2, "<b>", [], "two"),
      mail(3, "<c>", [], "Re: one"),
      mail(4, "<d>", [], "one"),
    ];
    assert.equal(threadBySubject(mails).map(formatThread).join(""), "(1 (3)(4))(2)");
  });
});
