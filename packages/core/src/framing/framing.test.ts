import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { FramingErrorCode } from "./errors.ts";
import type { FrameReader } from "./frame-reader.ts";
import { encodeLengthPrefixed, LengthPrefixedReader } from "./length-prefixed.ts";
import { encodeLine, LineReader } from "./lines.ts";
import { encodeNetstring, NetstringReader } from "./netstrings.ts";
import { ReceiveBuffer } from "./receive-buffer.ts";

interface Example {
  readonly make: () => FrameReader;
  readonly sent: string;
  /** The frames, and then perhaps the error, that reading to the end gives. */
  readonly read: readonly (string | { readonly error: FramingErrorCode })[];
}

const crlf = () => new LineReader({ lineOctetsMax: 8 });
const lenient = () => new LineReader({ lineOctetsMax: 8, delimiter: "lf-or-crlf" });
const netstrings = () => new NetstringReader({ octetsMax: 12 });
const prefixed8 = () => new LengthPrefixedReader(8);
const prefixed16 = () => new LengthPrefixedReader(16, { octetsMax: 300 });
const prefixed32 = () => new LengthPrefixedReader(32);

const examples: Readonly<Record<string, Example>> = {
  "lines end in CRLF": { make: crlf, sent: "one\r\n\r\ntwo\r\n", read: ["one", "", "two"] },
  "a line may be as long as the limit": { make: crlf, sent: "12345678\r\n", read: ["12345678"] },
  "a longer line is refused": { make: crlf, sent: "ok\r\n123456789\r\n", read: ["ok", { error: "line-too-long" }] },
  "a longer line is refused before it ends": { make: crlf, sent: "1234567890", read: [{ error: "line-too-long" }] },
  "a bare LF is refused": { make: crlf, sent: "a\nb\r\n", read: [{ error: "bare-line-ending" }] },
  "a bare CR is refused": { make: crlf, sent: "a\rb\r\n", read: [{ error: "bare-line-ending" }] },
  "a CR before CRLF is refused": { make: crlf, sent: "a\r\r\n", read: [{ error: "bare-line-ending" }] },
  "half a line at the end is an error": { make: crlf, sent: "a\r\nb", read: ["a", { error: "unexpected-end" }] },
  "forgiven lines end in LF or CRLF": { make: lenient, sent: "one\n\r\ntwo\r\n\n", read: ["one", "", "two", ""] },
  "forgiven lines keep a CR inside": { make: lenient, sent: "a\rb\n\r\r\n", read: ["a\rb", "\r"] },
  "forgiven lines have the same limit": { make: lenient, sent: "123456789\n", read: [{ error: "line-too-long" }] },

  "netstrings are taken apart": {
    make: netstrings,
    sent: "5:hello,0:,12:hello world!,",
    read: ["hello", "", "hello world!"],
  },
  "a netstring may hold anything": { make: netstrings, sent: "6:1:\0,\r\n,", read: ["1:\0,\r\n"] },
  "a longer netstring is refused": { make: netstrings, sent: "13:", read: [{ error: "frame-too-long" }] },
  "an endless length is refused": { make: netstrings, sent: "99999999", read: [{ error: "frame-too-long" }] },
  "a leading zero is refused": { make: netstrings, sent: "05:hello,", read: [{ error: "bad-netstring" }] },
  "two zeros are refused": { make: netstrings, sent: "00:,", read: [{ error: "bad-netstring" }] },
  "a missing length is refused": { make: netstrings, sent: ":,", read: [{ error: "bad-netstring" }] },
  "a sign is refused": { make: netstrings, sent: "+5:hello,", read: [{ error: "bad-netstring" }] },
  "a space is refused": { make: netstrings, sent: "5 :hello,", read: [{ error: "bad-netstring" }] },
  "a missing comma is refused": { make: netstrings, sent: "2:hi,2:hi.", read: ["hi", { error: "bad-netstring" }] },
  "half a netstring is an error": { make: netstrings, sent: "2:hi", read: [{ error: "unexpected-end" }] },

  "8-bit lengths": { make: prefixed8, sent: "\x02hi\x00\x01!", read: ["hi", "", "!"] },
  "16-bit lengths": { make: prefixed16, sent: `\x00\x02hi\x01\x00${"x".repeat(256)}`, read: ["hi", "x".repeat(256)] },
  "32-bit lengths": { make: prefixed32, sent: "\x00\x00\x00\x02hi", read: ["hi"] },
  "a longer frame is refused": { make: prefixed16, sent: "\x01\x2d", read: [{ error: "frame-too-long" }] },
  "the longest length is refused": { make: prefixed32, sent: "\xff\xff\xff\xff", read: [{ error: "frame-too-long" }] },
  "half a frame is an error": { make: prefixed16, sent: "\x00\x02h", read: [{ error: "unexpected-end" }] },
  "half a length is an error": { make: prefixed32, sent: "\x00\x00", read: [{ error: "unexpected-end" }] },
};

describe("framing", () => {
  for (const [title, { make, sent, read }] of Object.entries(examples)) {
    test(`${title}, however it is cut`, () => {
      const octets = Buffer.from(sent, "latin1");
      assert.deepEqual(readAll(make(), [octets]), read);
      assert.deepEqual(
        readAll(
          make(),
          [...octets].map((octet) => Buffer.of(octet)),
        ),
        read,
      );
      fc.assert(
        fc.property(fc.array(fc.nat(octets.length), { maxLength: 5 }), (cuts) => {
          assert.deepEqual(readAll(make(), cutAt(octets, cuts)), read);
        }),
        { numRuns: 30 },
      );
    });
  }

  const pairs: readonly (readonly [string, () => FrameReader, (content: Uint8Array) => Uint8Array])[] = [
    ["netstrings", () => new NetstringReader(), encodeNetstring],
    ["8-bit lengths", () => new LengthPrefixedReader(8), (content) => encodeLengthPrefixed(8, content)],
    ["16-bit lengths", () => new LengthPrefixedReader(16), (content) => encodeLengthPrefixed(16, content)],
    ["32-bit lengths", () => new LengthPrefixedReader(32), (content) => encodeLengthPrefixed(32, content)],
  ];
  for (const [name, make, encode] of pairs) {
    test(`${name} carry any octets`, () =>
      fc.assert(
        fc.property(fc.array(fc.uint8Array({ maxLength: 255 })), fc.array(fc.nat(999)), (contents, cuts) => {
          const read = readAll(make(), cutAt(Buffer.concat(contents.map(encode)), cuts));
          assert.deepEqual(read, contents.map(latin1));
        }),
        { numRuns: 50 },
      ));
  }

  test("after a line come raw octets, and lines again", () => {
    const reader = new LineReader();
    reader.receive(Buffer.from("literal 5\r\nab\ncd\r\nquit\r\nrest"));
    assert.equal(latin1(reader.next()!), "literal 5");
    assert.equal(latin1(reader.readRaw(5)!), "ab\ncd");
    assert.deepEqual([...reader].map(latin1), ["", "quit"]);
    assert.equal(latin1(reader.readRaw()!), "rest");
    assert.equal(reader.readRaw(5), undefined);
    assert.equal(reader.finished, false);
    reader.end();
    assert.equal(reader.finished, true);
    assert.equal(reader.next(), undefined);
  });

  test("raw octets may be taken from the middle of a line that has begun", () => {
    const reader = new LineReader();
    reader.receive(Buffer.from("abcdef"));
    assert.equal(reader.next(), undefined);
    assert.equal(latin1(reader.readRaw(3)!), "abc");
    reader.receive(Buffer.from("\r\n"));
    assert.equal(latin1(reader.next()!), "def");
  });

  test("a broken stream stays broken", () => {
    const reader = new NetstringReader();
    reader.receive(Buffer.from("x"));
    assert.throws(() => reader.next(), { name: "FramingError", code: "bad-netstring" });
    reader.receive(Buffer.from("2:hi,"));
    assert.throws(() => reader.next(), { code: "bad-netstring" });
  });

  test("encodeLine refuses what would be more than one line", () => {
    assert.equal(latin1(encodeLine("héllo")), latin1(Buffer.from("héllo\r\n")));
    for (const text of ["a\r\nb", "a\nb", "a\rb", "a\0b"]) assert.throws(() => encodeLine(text), TypeError);
  });

  test("encodeLengthPrefixed refuses what its prefix cannot say", () => {
    assert.equal(encodeLengthPrefixed(8, new Uint8Array(255)).length, 256);
    assert.throws(() => encodeLengthPrefixed(8, new Uint8Array(256)), RangeError);
    assert.throws(() => encodeLengthPrefixed(16, new Uint8Array(65_536)), RangeError);
  });

  test("the work is linear for a line that comes octet by octet", (context) => {
    const searches = context.mock.method(ReceiveBuffer.prototype, "indexOf");
    const reader = new LineReader({ lineOctetsMax: 20_000 });
    for (let sent = 0; sent < 20_000; sent++) {
      reader.receive(Buffer.of(0x61));
      assert.equal(reader.next(), undefined);
    }
    const searched = searches.mock.calls.map((call) => call.arguments[1]!);
    assert.deepEqual(
      searched,
      Array.from({ length: 20_000 }, (_, octets) => octets),
      "each search begins where the last ended",
    );
  });

  test("the copying is linear for octets that come one by one", (context) => {
    const rooms = context.mock.method(Buffer, "allocUnsafeSlow");
    const buffer = new ReceiveBuffer();
    for (let sent = 0; sent < 100_000; sent++) buffer.push(Buffer.of(0));
    const octets = rooms.mock.calls.reduce((sum, call) => sum + call.arguments[0], 0);
    assert.ok(octets < 8 * 100_000, `${octets} octets were made room for`);
  });
});

function readAll(reader: FrameReader, chunks: readonly Uint8Array[]): Example["read"] {
  const read: (string | { error: FramingErrorCode })[] = [];
  try {
    for (const chunk of chunks) {
      reader.receive(chunk);
      for (const frame of reader) read.push(latin1(frame));
    }
    reader.end();
    reader.next();
  } catch (error) {
    read.push({ error: (error as { code: FramingErrorCode }).code });
  }
  return read;
}

function cutAt(octets: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const edges = [0, ...cuts.toSorted((a, b) => a - b), octets.length].map((edge) => Math.min(edge, octets.length));
  return edges.slice(1).map((edge, index) => octets.subarray(edges[index], edge));
}

function latin1(octets: Uint8Array): string {
  return Buffer.from(octets).toString("latin1");
}
