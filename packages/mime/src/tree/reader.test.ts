import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { allParts, type MimePart, partAt } from "./part.ts";
import { MimeTreeReader, readMimeTree } from "./reader.ts";

/** Lines with CRLF between them. */
const lines = (...all: readonly string[]): Buffer => Buffer.from(all.join("\r\n"));

/** A tree as a table wants it: type and body of each leaf, the parts of others in brackets. */
function shown(part: MimePart, message: Buffer): string {
  const { value } = part.contentType;
  if (part.parts.length > 0) return `${value}[${part.parts.map((one) => shown(one, message)).join(", ")}]`;
  return `${value} ${JSON.stringify(message.toString("latin1", part.bodyStart, part.end))}`;
}

const simple = lines(
  // RFC 2046 §5.1.1
  "From: Nathaniel Borenstein <nsb@bellcore.com>",
  "Subject: Sample message",
  'Content-type: multipart/mixed; boundary="simple boundary"',
  "",
  "This is the preamble.",
  "--simple boundary",
  "",
  "This is implicitly typed plain US-ASCII text.",
  "It does NOT end with a linebreak.",
  "--simple boundary",
  "Content-type: text/plain; charset=us-ascii",
  "",
  "This is explicitly typed plain US-ASCII text.",
  "It DOES end with a linebreak.",
  "",
  "--simple boundary--",
  "",
  "This is the epilogue.",
);

const nested = lines(
  "Content-Type: multipart/mixed; boundary=outer",
  "",
  "--outer",
  "Content-Type: multipart/digest; boundary=inner",
  "",
  "--inner",
  "",
  "Subject: one",
  "Content-Type: text/html",
  "",
  "<p>one</p>",
  "--inner",
  "Content-Type: text/plain",
  "",
  "two",
  // no closing delimiter of the inner one: the outer ends it (RFC 2046 §5.1.2)
  "--outer  ",
  "Content-Type: message/rfc822",
  "",
  "Subject: three",
  "Content-Type: multipart/alternative; boundary=outer-most",
  "",
  "--outer-most",
  "",
  "three",
  "--outer-most--",
  "--outer--",
  "--outer",
  "",
  "not a part",
);

describe("MimeTreeReader", () => {
  const rows: readonly (readonly [what: string, message: Buffer, tree: string])[] = [
    [
      "the example of RFC 2046 §5.1.1",
      simple,
      'multipart/mixed[text/plain "This is implicitly typed plain US-ASCII text.\\r\\nIt does NOT end with a linebreak.", text/plain "This is explicitly typed plain US-ASCII text.\\r\\nIt DOES end with a linebreak.\\r\\n"]',
    ],
    [
      "parts within parts, and messages within them",
      nested,
      'multipart/mixed[multipart/digest[message/rfc822[text/html "<p>one</p>"], text/plain "two"], message/rfc822[multipart/alternative[text/plain "three"]]]',
    ],
    ["nothing at all", lines(""), 'text/plain ""'],
    ["a header and no body", lines("Subject: x"), 'text/plain ""'],
    ["a body and no header", lines("", "x", ""), 'text/plain "x\\r\\n"'],
    [
      "lines that end with LF alone",
      Buffer.from("Content-Type: multipart/x; boundary=b\n\n--b\n\nx\n--b--\n"),
      'multipart/x[text/plain "x"]',
    ],
    [
      "a part without anything",
      lines("Content-Type: multipart/x; boundary=b", "", "--b", "--b", "", "--b--"),
      'multipart/x[text/plain "", text/plain ""]',
    ],
    [
      "a header that a boundary ends",
      lines("Content-Type: multipart/x; boundary=b", "", "--b", "A: 1", "--b--"),
      'multipart/x[text/plain ""]',
    ],
    [
      "a boundary that begins like another",
      lines("Content-Type: multipart/x; boundary=b", "", "--bb", "", "--b", "", "--b-", "--b--"),
      'multipart/x[text/plain "--b-"]',
    ],
    [
      "a multipart without a boundary",
      lines("Content-Type: multipart/x", "", "--b", "", "x"),
      'multipart/x "--b\\r\\n\\r\\nx"',
    ],
    [
      "a multipart that is encoded as a whole",
      lines("Content-Type: multipart/x; boundary=b", "Content-Transfer-Encoding: base64", "", "--b"),
      'multipart/x "--b"',
    ],
    ["a type that is none", lines("Content-Type: text", "", "x"), 'text/plain "x"'],
    [
      "a multipart that never ends",
      lines("Content-Type: multipart/x; boundary=b", "", "--b", "", "x", "y"),
      'multipart/x[text/plain "x\\r\\ny"]',
    ],
  ];
  for (const [what, message, tree] of rows) test(what, () => assert.equal(shown(readMimeTree(message), message), tree));

  test("counts octets and lines", () => {
    const { parts, ...whole } = readMimeTree(simple);
    assert.deepEqual([whole.start, whole.end, whole.lineCount], [0, simple.length, 17]);
    assert.deepEqual(
      parts.map(({ lineCount, bodyLineCount }) => [lineCount, bodyLineCount]),
      [
        [2, 1],
        [4, 2],
      ],
    );
    assert.equal(
      simple.toString("latin1", parts[1]!.start, parts[1]!.bodyStart),
      "Content-type: text/plain; charset=us-ascii\r\n\r\n",
    );
  });

  test("finds the same tree, wherever the message is cut", () => {
    for (const message of [simple, nested]) {
      const whole = JSON.stringify(readMimeTree(message));
      assert.equal(
        JSON.stringify(
          inPieces(
            message,
            Array.from(message, (_, i) => i),
          ),
        ),
        whole,
      );
      fc.assert(
        fc.property(fc.array(fc.nat(message.length), { maxLength: 12 }), (cuts) => {
          assert.equal(JSON.stringify(inPieces(message, cuts)), whole);
        }),
      );
    }
  });
});

function inPieces(message: Buffer, cuts: readonly number[]): MimePart {
  const reader = new MimeTreeReader();
  const places = [0, ...[...cuts].sort((a, b) => a - b), message.length];
  for (const [i, end] of places.slice(1).entries()) reader.receive(message.subarray(places[i], end));
  return reader.end();
}

describe("partAt", () => {
  test("counts as IMAP does (RFC 9051 §6.4.5.1)", () => {
    const tree = readMimeTree(nested);
    const typeAt = (...numbers: number[]): string | undefined => partAt(tree, numbers)?.contentType.value;
    assert.equal(typeAt(), "multipart/mixed");
    assert.equal(typeAt(1), "multipart/digest");
    assert.equal(typeAt(1, 1), "message/rfc822");
    assert.equal(typeAt(1, 1, 1), "text/html");
    assert.equal(typeAt(1, 2), "text/plain");
    assert.equal(typeAt(1, 2, 1), undefined);
    assert.equal(typeAt(2), "message/rfc822");
    assert.equal(typeAt(2, 1), "text/plain");
    assert.equal(typeAt(3), undefined);
    assert.equal(partAt(readMimeTree(lines("", "x")), [1])?.end, 3);
    assert.equal(partAt(readMimeTree(lines("", "x")), [2]), undefined);
  });
});

describe("a MIME bomb", () => {
  const nest = (depth: number): Buffer =>
    lines(
      ...Array.from({ length: depth }, (_, i) => `Content-Type: multipart/x; boundary=b${i}\r\n\r\n--b${i}`),
      "",
      "x",
    );

  test("of parts in parts is opened 100 deep", () => {
    let depth = 0;
    for (const _ of allParts(readMimeTree(nest(5_000)))) depth++;
    assert.equal(depth, 101);
  });

  test("of many parts is opened to 10,000", () => {
    const tree = readMimeTree(
      lines("Content-Type: multipart/x; boundary=b", "", ...Array.from({ length: 30_000 }, () => "--b\r\n")),
    );
    assert.equal([...allParts(tree)].length, 10_000);
  });

  test("of messages in messages is opened 100 deep", () => {
    const message = Buffer.from("Content-Type: message/rfc822\r\n\r\n".repeat(20_000));
    assert.equal([...allParts(readMimeTree(message))].length, 101);
  });

  test("of header keeps 256 KiB of it", () => {
    const reader = new MimeTreeReader();
    for (let i = 0; i < 300; i++) reader.receive(Buffer.alloc(65_536, "x"));
    const { header, end } = reader.end();
    assert.equal(end, 300 * 65_536);
    assert.ok(header.toOctets().length <= 262_145);
  });

  test("takes time that grows as its octets, not as their square", () => {
    const bombs = [
      "--",
      "-- ",
      "--b\r\n",
      "\r\n",
      "\n",
      " \r\n",
      "Content-Type: a/b; x*0=\r\n",
      "Content-Type: multipart/x; boundary=b\r\n\r\n--b\r\n",
      "(",
      '"',
    ];
    for (const bomb of bombs) {
      const message = Buffer.from(`Content-Type: multipart/x; boundary=b\r\n\r\n--b\r\n${bomb.repeat(200_000)}`);
      assert.equal(readMimeTree(message).end, message.length);
    }
  });
});

describe("whatever the message is", () => {
  const pieces = [
    "--b",
    "--c",
    "--",
    "\r\n",
    "\n",
    "\r",
    "x",
    " ",
    "Content-Type: multipart/x; boundary=b",
    "Content-Type: multipart/digest; boundary=c",
    "Content-Type: message/rfc822",
    "A: 1",
  ];
  const messages = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((all) => Buffer.from(all.join("")));
  const numRuns = process.env["HAWSER_SOAK"] === "1" ? 200_000 : 2_000;

  test("its parts lie within each other, in order, and the same in pieces", () => {
    fc.assert(
      fc.property(messages, fc.array(fc.nat(400), { maxLength: 6 }), (message, cuts) => {
        const tree = readMimeTree(message);
        const inside = cuts.filter((cut) => cut <= message.length);
        assert.equal(JSON.stringify(inPieces(message, inside)), JSON.stringify(tree));
        for (const part of allParts(tree)) {
          assert.ok(part.start <= part.bodyStart && part.bodyStart <= part.end && part.end <= message.length);
          const feeds = message.subarray(part.bodyStart, part.end).filter((octet) => octet === 10).length;
          assert.equal(part.bodyLineCount, feeds);
          let at = part.bodyStart;
          for (const one of part.parts) {
            assert.ok(at <= one.start && one.end <= part.end);
            at = one.end;
          }
        }
      }),
      { numRuns },
    );
  });
});
