import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type MimePart, readMimeTree } from "@hawser/mime";
import fc from "fast-check";
import { headerEnd } from "../../store/header-end.ts";
import type { MailFolder, StoredMail } from "../../store/store.ts";
import { SearchedMail } from "./content.ts";
import type { ImapSearchKey } from "./keys.ts";
import { SearchedTexts } from "./words.ts";

const message: StoredMail = { uid: 1, flags: new Set(), modSeq: 1, receivedAt: 0, octets: 0, id: "x" };

/** A folder with one message, for what must be read of it beyond what was. */
function folderOf(content: Buffer): MailFolder {
  const folder = {
    structure: async (): Promise<MimePart> => readMimeTree(content),
    async *read(_uid: number, { start = 0, end = content.length } = {}) {
      yield content.subarray(start, end);
    },
  };
  return folder as unknown as MailFolder;
}

function searched(content: Buffer, octets: Uint8Array): SearchedMail {
  return new SearchedMail(folderOf(content), message, { uid: 1, octets, isWhole: octets.length === content.length });
}

const key = (type: "body" | "text", text: string): ImapSearchKey => ({ type, text });

describe("SearchedMail", () => {
  const rows: readonly (readonly [what: string, lines: readonly string[], text: string, isIn: boolean])[] = [
    ["plain text", ["Subject: x", "", "Hello World"], "hello w", true],
    ["plain text without the word", ["Subject: x", "", "Hello"], "world", false],
    ["an encoded word", ["Subject: =?utf-8?q?Caf=C3=A9?=", "", "x"], "CAFÉ", true],
    ["a word of which an encoded one looks like", ["Subject: =?utf-8?q?Caf=C3=A9?=", "", "x"], "c3=a9", false],
    [
      "quoted-printable",
      ["Content-Transfer-Encoding: quoted-printable", "", "so=", "ft and b=C3=BCrgerlich"],
      "soft",
      true,
    ],
    [
      "base64",
      ["Content-Transfer-Encoding: BASE64", "", Buffer.from("hidden words").toString("base64")],
      "den wo",
      true,
    ],
    ["UTF-7", ["Content-Type: text/plain; charset=utf-7", "", "Gr+APw-n"], "grün", true],
    ["a charset of Japan", ["Content-Type: text/plain; charset=iso-2022-jp", "", "\x1b$B4A;z\x1b(B"], "漢字", true],
    ["a charset in two pieces", ['Content-Type: text/plain; charset*0="utf-"; charset*1=7', "", "+APw-"], "ü", true],
    ["octets above 127", ["Content-Type: text/plain; charset=iso-8859-1", "", "gr\xfcn"], "GRÜN", true],
    ["what is in an attachment only", ["Content-Type: image/png", "", "pixels"], "pixels", false],
    ["a letter that is another in full width", ["Subject: x", "", "abc"], "ＡＢＣ", true],
    ["two lines", ["Subject: x", "", "one", "two"], "one\r\ntwo", true],
  ];
  for (const [what, lines, text, isIn] of rows)
    for (const end of ["\r\n", "\n"])
      test(`finds, or does not find: ${what}, lines ending with ${JSON.stringify(end)}`, async () => {
        const content = Buffer.from(lines.join(end), "latin1");
        const texts = new SearchedTexts();
        const mail = searched(content, content);
        assert.equal(await mail.fits(key("text", text), texts), isIn);
        if (isIn) assert.equal(mail.surelyFitsNot(key("text", text), texts), false);
      });

  test("finds words of a header over the end of a line, when only the header was read", async () => {
    const content = Buffer.from("Subject: one\r\n two\r\nTo: a@example.org\r\n\r\nbody");
    const texts = new SearchedTexts();
    const mail = searched(content, content.subarray(0, headerEnd(content)));
    const header = (name: string, text: string): ImapSearchKey => ({ type: "header", name, text });
    for (const [name, text, isIn] of [
      ["subject", "ONE TWO", true],
      ["subject", "three", false],
      ["subject", "example", false],
      ["to", "example", true],
      ["to", "", true],
      ["cc", "", false],
    ] as const) {
      assert.equal(await mail.fits(header(name, text), texts), isIn, `${name}: ${text}`);
      if (isIn) assert.equal(mail.surelyFitsNot(header(name, text), texts), false);
    }
    assert.equal(mail.surelyFitsNot(header("subject", "three"), texts), true);
    assert.equal(await mail.fits(key("text", "body"), texts), true); // the rest is read
  });

  const pieces = [
    "Subject: ",
    "Content-Type: text/plain; charset=",
    "Content-Type: multipart/mixed; boundary=b",
    "Content-Transfer-Encoding: ",
    "quoted-printable",
    "base64",
    "utf-7",
    "utf-8",
    "=?utf-8?b?YWJj?=",
    "--b",
    "--b--",
    "YWJj",
    "=61bc",
    "+AGEAYgBj-",
    "abc",
    "\r\n",
    "\r\n\r\n",
    " ",
    "\xe4",
  ];

  test("a look at the octets never denies what is there, whatever the message is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), async (all) => {
        const content = Buffer.from(all.join(""), "latin1");
        const texts = new SearchedTexts();
        for (const text of ["abc", "YWJj", "c a", "b"]) {
          const mail = searched(content, content);
          if (await mail.fits(key("text", text), texts)) assert.ok(!mail.surelyFitsNot(key("text", text), texts));
          const start = searched(content, content.subarray(0, headerEnd(content)));
          const header: ImapSearchKey = { type: "header", name: "subject", text };
          if (await start.fits(header, texts)) assert.ok(!start.surelyFitsNot(header, texts));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
