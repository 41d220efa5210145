import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatField, formatTextField } from "./format-field.ts";
import { MailHeader } from "./header.ts";

describe("MailHeader", () => {
  const text =
    "Received: from a\r\n\tby b\r\nSubject : Caf=\r\n  \r\n more\r\nno colon here\r\nreceived: from c\r\n\r\nBody: no";

  test("reads fields octet for octet, folds and all", () => {
    const header = MailHeader.parse(text);
    assert.deepEqual(
      header.fields.map(({ name }) => name),
      ["Received", "Subject", "", "received"],
    );
    assert.equal(Buffer.from(header.toOctets()).toString(), text.slice(0, text.indexOf("\r\n\r\n") + 2));
  });

  test("unfolds what it is asked for, by a name in any case", () => {
    const header = MailHeader.parse(text);
    assert.equal(header.get("SUBJECT"), "Caf=   more");
    assert.deepEqual(header.all("received"), ["from a\tby b", "from c"]);
    assert.equal(header.get("body"), undefined);
    assert.equal(header.without("received").get("Received"), undefined);
    assert.equal(header.prepended("X", "1").fields[0]!.octets, "X: 1\r\n");
  });

  test("takes lines that end with LF alone, and a header without an end", () => {
    assert.equal(MailHeader.parse("A: 1\nB: 2\n 3\n\nC: 4").get("b"), "2 3");
    assert.equal(MailHeader.parse("A: 1").get("a"), "1");
    assert.deepEqual(MailHeader.parse("").fields, []);
    assert.deepEqual(MailHeader.parse("\r\nA: 1").fields, []);
  });

  test("reads UTF-8 (RFC 6532 §3.2), and what is older", () => {
    assert.equal(MailHeader.parse("Subject: Grüße").get("subject"), "Grüße");
    assert.equal(MailHeader.parse(Buffer.from("Subject: Gr\xfc\xdfe", "latin1")).get("subject"), "Grüße");
    assert.equal(MailHeader.parse("Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=").text("subject"), "Grüße");
  });
});

describe("formatField", () => {
  test("folds at spaces, to lines of 78 octets", () => {
    const written = formatField(
      "References",
      Array.from({ length: 5 }, (_, i) => `<${i}${"x".repeat(30)}@a>`).join(" "),
    );
    assert.equal(written.split("\r\n").length, 4);
    for (const line of written.split("\r\n")) assert.ok(line.length <= 78);
    assert.equal(MailHeader.parse(written).fields.length, 1);
  });

  test("lets nobody begin a field of their own (CVE-2021-23400)", () => {
    for (const body of ["a\r\nBcc: b", "a\nb", "a\rb", "a\0b"])
      assert.throws(() => formatField("Subject", body), { code: "bad-header" });
    for (const name of ["A B", "A:", "", "Ä", "A\r\nB"])
      assert.throws(() => formatField(name, "x"), { code: "bad-header" });
  });

  test("puts text in encoded words where it must be, in no line of 998 octets", () => {
    for (const text of ["Grüße", "=?what?=", " begins with space", "two  spaces", "x".repeat(2_000)]) {
      const written = formatTextField("Subject", text);
      assert.doesNotMatch(written.replaceAll("\r\n", ""), /[^ -~]/);
      assert.equal(MailHeader.parse(written).text("subject"), text);
      for (const line of written.split("\r\n")) assert.ok(line.length <= 998);
    }
    assert.equal(formatTextField("Subject", "Grüße", { utf8: true }), "Subject: Gr\xc3\xbc\xc3\x9fe\r\n");
    assert.throws(() => formatField("X", "x".repeat(1_000)), { code: "bad-header" });
  });
});
