import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readCommandLine } from "./command.ts";
import { SmtpDataReader, type SmtpLineEndings } from "./data-reader.ts";
import { SmtpDataWriter } from "./data-writer.ts";
import { readPathArgument } from "./path.ts";
import { formatSmtpReply, parseSmtpReply, readSmtpReplyLine, replyOfLines } from "./reply.ts";
import { decodeXtext, encodeXtext } from "./xtext.ts";

/** Text of the octets that matter. */
const tricky = fc.string({
  unit: fc.constantFrom("\r", "\n", ".", "a", "\0", "é", "\r\n", "\r\n.\r\n"),
  maxLength: 40,
});
const cuts = fc.array(fc.nat({ max: 60 }), { maxLength: 6 });

/** Octets in pieces. */
function cut(octets: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((at) => Math.min(at, octets.length)).sort((a, b) => a - b), octets.length];
  return sorted.slice(1).map((end, i) => octets.subarray(sorted[i], end));
}

function read(octets: Buffer, places: readonly number[], endings: SmtpLineEndings) {
  const reader = new SmtpDataReader(endings, true);
  const pieces: Uint8Array[] = [];
  let used = 0;
  for (const chunk of cut(octets, places)) {
    if (reader.isDone || reader.isBroken) break;
    used += reader.read(chunk);
    pieces.push(...reader.take());
  }
  return { content: Buffer.concat(pieces).toString(), used, isDone: reader.isDone, isBroken: reader.isBroken };
}

function write(octets: Buffer, places: readonly number[], hasDots = true): string {
  const writer = new SmtpDataWriter(hasDots);
  const pieces = cut(octets, places).flatMap((chunk) => [...writer.write(chunk)]);
  return Buffer.concat([...pieces, writer.end()]).toString();
}

/** What RFC 5321 §4.5.2 says, by expressions that see the whole. */
function contentOf(text: string): string | undefined {
  const end = text.startsWith(".\r\n") ? 0 : text.indexOf("\r\n.\r\n") + 2;
  if (end === 1) return undefined;
  return text.slice(0, end).replace(/(^|\r\n)\./g, "$1");
}

const lines = (text: string): string => text.replace(/\r\n|\r|\n/g, "\r\n");

describe("SmtpDataWriter and SmtpDataReader", () => {
  test("what is written reads the same, with CRLF at the end of every line, however it is cut", () => {
    fc.assert(
      fc.property(tricky, cuts, cuts, (text, here, there) => {
        const wire = write(Buffer.from(text), here);
        assert.doesNotMatch(wire, /(?<!\r)\n|\r(?!\n)/);
        assert.equal(wire.indexOf("\r\n.\r\n") + 5 === wire.length || wire === ".\r\n", true);
        const got = read(Buffer.from(`${wire}QUIT\r\n`), there, "refuse");
        const whole = lines(text);
        assert.deepEqual(got, {
          content: whole === "" || whole.endsWith("\r\n") ? whole : `${whole}\r\n`,
          used: Buffer.byteLength(wire),
          isDone: true,
          isBroken: false,
        });
      }),
      { numRuns: 2_000 },
    );
  });

  test("a reader sees the end where RFC 5321 puts it, and refuses what stands alone before it", () => {
    fc.assert(
      fc.property(tricky, cuts, (text, places) => {
        const { content, isDone, isBroken } = read(Buffer.from(text), places, "refuse");
        const expected = contentOf(text);
        const before =
          expected === undefined ? text : text.slice(0, text.startsWith(".\r\n") ? 3 : text.indexOf("\r\n.\r\n") + 5);
        const isBare = /(?<!\r)\n|\r(?!\n|$)/.test(before);
        assert.deepEqual([isBroken, isDone], [isBare, !isBare && expected !== undefined]);
        if (isDone) assert.equal(content, expected);
      }),
      { numRuns: 2_000 },
    );
  });

  test("where line endings are made good, the end is where it was, and nothing stands alone", () => {
    fc.assert(
      fc.property(tricky, cuts, (text, places) => {
        const { content, isDone, isBroken } = read(Buffer.from(text), places, "normalize");
        assert.deepEqual([isBroken, isDone], [false, contentOf(text) !== undefined]);
        if (isDone) assert.doesNotMatch(content, /(?<!\r)\n|\r(?!\n)/);
        if (isDone) assert.equal(content, lines(contentOf(text)!));
      }),
      { numRuns: 2_000 },
    );
  });

  test("a message in chunks has no dots to be doubled", () => {
    assert.equal(write(Buffer.from(".\n.."), [1, 2], false), ".\r\n..\r\n");
  });

  test("a message of dots costs time as its length, and no object for every dot", () => {
    const reader = new SmtpDataReader("refuse", true);
    reader.read(Buffer.from(".a\r\n".repeat(100_000)));
    assert.equal(reader.take().length, 1);
  });
});

describe("paths (RFC 5321 §4.1.2)", () => {
  const good: readonly (readonly [argument: string, address: string | undefined])[] = [
    ["FROM:<>", undefined],
    ["from:<a@b.example>", "a@b.example"],
    ["FROM: <a@b.example> SIZE=1", "a@b.example"],
    ['FROM:<"a b"@b.example>', '"a b"@b.example'],
    ['FROM:<"a>\\"b"@b.example>', '"a>\\"b"@b.example'],
    ["FROM:<@x.example,@y.example:a@b.example>", "a@b.example"],
    ["FROM:<a@[192.0.2.1]>", "a@[192.0.2.1]"],
    ["FROM:<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]"],
    ["FROM:<zoë@bücher.example>", "zoë@bücher.example"],
    ["FROM:<a+b/c=d@x-y.example>", "a+b/c=d@x-y.example"],
  ];
  for (const [argument, address] of good)
    test(argument, () => assert.equal(readPathArgument(argument, "FROM")!.path?.address, address));

  const bad = [
    "",
    "FROM",
    "FROM:",
    "FROM:a@b",
    "FROM:<a@b",
    "FROM:a@b>",
    "TO:<a@b>",
    "FROM:<a>",
    "FROM:<@b>",
    "FROM:<a@>",
    "FROM:<a@b@c>",
    "FROM:<a b@c>",
    "FROM:<a@b c>",
    "FROM:<.a@b>",
    "FROM:<a..b@c>",
    "FROM:<a@-b>",
    "FROM:<a@b..c>",
    "FROM:<a@b>SIZE=1",
    "FROM:<a@b> =1",
    "FROM:<a@b> SIZE=1=2 SIZE=3",
    `FROM:<${"a".repeat(65)}@b>`,
    `FROM:<a@${"b.".repeat(130)}c>`,
    "FROM:<a@[1.2.3]>",
    "FROM:<(x)a@b>",
  ];
  for (const argument of bad)
    test(`not ${argument.slice(0, 40)}`, () => assert.equal(readPathArgument(argument, "FROM"), undefined));

  test("reading takes time as the length, whatever is read", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => void readPathArgument(`TO:<${text}`, "TO")),
      { numRuns: 2_000 },
    );
    const long = `TO:<${"a.".repeat(1_000)}@${"b-".repeat(1_000)}>`;
    assert.equal(readPathArgument(long, "TO"), undefined);
  });
});

describe("replies, commands and xtext", () => {
  test("a reply has its codes in every line, and nothing ends a line but its end", () => {
    assert.equal(
      formatSmtpReply({ code: 550, enhanced: "5.1.1", lines: ["a", "b"] }),
      "550-5.1.1 a\r\n550 5.1.1 b\r\n",
    );
    assert.throws(() => formatSmtpReply({ code: 250, lines: ["a\r\n250 b"] }), TypeError);
    assert.throws(() => parseSmtpReply("550"), TypeError);
    assert.throws(() => parseSmtpReply("650 x"), TypeError);
  });

  test("what is formatted reads the same", () => {
    const text = fc.string({ unit: fc.constantFrom("a", " ", "é", "-", "5"), maxLength: 20 });
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 599 }),
        fc.boolean(),
        fc.array(text, { minLength: 1, maxLength: 4 }),
        (code, has, texts) => {
          const enhanced = has && code >= 400 ? `${Math.floor(code / 100)}.1.10` : undefined;
          const wire = formatSmtpReply({ code, enhanced, lines: texts });
          const read = Buffer.from(wire, "latin1")
            .toString()
            .trimEnd()
            .split("\r\n")
            .map((line) => readSmtpReplyLine(line));
          if (texts.at(-1)!.trimEnd() !== texts.at(-1)) return;
          const reply = replyOfLines(
            code,
            read.map((line) => line!.text),
          );
          if (enhanced !== undefined) assert.deepEqual(reply, { code, enhanced, lines: texts });
        },
      ),
    );
  });

  test("lines that are no reply", () => {
    for (const line of ["", "25", "250x", "2500 x", "150 x", "600 x", " 250 x"])
      assert.equal(readSmtpReplyLine(line), undefined);
  });

  test("xtext reads back, and hides no line ending (RFC 3461 §4)", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const clean = text.replace(/[\r\n\0]/g, "");
        assert.match(encodeXtext(text), /^[!-~]*$/);
        assert.equal(decodeXtext(encodeXtext(clean)), clean);
      }),
    );
    for (const text of ["+", "+0", "+0g", "a=b", "a b", "+0D", "+0A", "+00"])
      assert.equal(decodeXtext(text), undefined);
  });

  test("a command is letters and what follows", () => {
    assert.deepEqual(readCommandLine("mail FROM:<a@b>  "), { verb: "MAIL", argument: "FROM:<a@b>" });
    for (const line of ["", " NOOP", "NO-OP", "NOOP\0", "NOOP\x1b[2J", "N\xffP", "NOOP \xff"])
      assert.equal(readCommandLine(line), undefined);
  });
});
