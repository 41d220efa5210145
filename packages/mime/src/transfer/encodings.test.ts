import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { TransferCoder } from "./coder.ts";
import { decodeTransfer, encodeTransfer, transferDecoder, transferEncoder } from "./encodings.ts";

describe("quoted-printable", () => {
  const rows: readonly (readonly [encoded: string, octets: string])[] = [
    [
      "Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.",
      "Now's the time for all folk to come to the aid of their country.",
    ], // RFC 2045 §6.7
    ["a=3D=e9 \t\r\nb", "a=\xe9\r\nb"],
    ["100=% =4 =", "100=% =4 ="],
    ["a= \t\r\nb", "ab"],
    ["a=\nb\nc", "ab\nc"],
    ["=4=\n4", "=44"], // a break ends what would be a character
  ];
  for (const [encoded, octets] of rows) {
    test(JSON.stringify(encoded), () => {
      const decoded = Buffer.from(decodeTransfer(Buffer.from(encoded), "quoted-printable")).toString("latin1");
      assert.equal(decoded, octets);
    });
  }

  test("keeps lines to 76 characters, and writes what transports change", () => {
    const text = `.begins with a dot\r\nFrom here\r\nends with a space \r\n${"=".repeat(200)}\r\n`;
    const encoded = Buffer.from(encodeTransfer(Buffer.from(text), "quoted-printable")).toString();
    for (const line of encoded.split("\r\n")) assert.ok(line.length <= 76 && !/^(\.|From )|[ \t]$/.test(line), line);
    assert.equal(Buffer.from(decodeTransfer(Buffer.from(encoded), "quoted-printable")).toString(), text);
  });

  test("makes nobody wait for spaces without end", () => {
    const decoder = transferDecoder("quoted-printable");
    for (let i = 0; i < 1_000; i++) decoder.push(Buffer.alloc(1_000, 32));
    assert.ok(decoder.end().length <= 1_024);
  });
});

describe("base64", () => {
  test("passes over what is none, and takes padding anywhere", () => {
    assert.equal(
      Buffer.from(decodeTransfer(Buffer.from("SGVs\r\n bG8=\r\n!IQ=="), "base64"))
        .toString()
        .slice(0, 5),
      "Hello",
    );
    assert.equal(Buffer.from(decodeTransfer(Buffer.from("SGVsbG8"), "base64")).toString(), "Hello");
  });

  test("makes lines of 76 characters", () => {
    const lines = Buffer.from(encodeTransfer(Buffer.alloc(200), "base64"))
      .toString()
      .split("\r\n");
    assert.deepEqual(
      lines.map((line) => line.length),
      [76, 76, 76, 40, 0],
    );
  });
});

/** Runs a coder over octets that come in pieces. */
function inPieces(coder: TransferCoder, octets: Uint8Array, cuts: readonly number[]): Uint8Array {
  const places = [0, ...cuts.map((cut) => cut % (octets.length + 1)).sort((a, b) => a - b), octets.length];
  const pieces = places.slice(1).map((end, i) => coder.push(octets.subarray(places[i], end)));
  return Buffer.concat([...pieces, coder.end()]);
}

describe("every transfer encoding", () => {
  const octets = fc.uint8Array({ maxLength: 400 });
  const text = fc.string({ unit: fc.constantFrom("a", " ", "\t", "=", ".", "\r\n", "é", "F", "rom ", "4") });
  const cuts = fc.array(fc.nat(), { maxLength: 8 });

  test("gives back what was put in, wherever it is cut", () => {
    fc.assert(
      fc.property(octets, cuts, cuts, (content, some, others) => {
        const encoded = inPieces(transferEncoder("base64"), content, some);
        assert.deepEqual([...inPieces(transferDecoder("base64"), encoded, others)], [...content]);
      }),
    );
    fc.assert(
      fc.property(text, cuts, cuts, (content, some, others) => {
        const encoded = inPieces(transferEncoder("quoted-printable"), Buffer.from(content), some);
        assert.equal(Buffer.from(inPieces(transferDecoder("quoted-printable"), encoded, others)).toString(), content);
      }),
    );
  });

  test("reads the same in pieces as in one, whatever it is", () => {
    const anything = fc.string({ unit: fc.constantFrom("=", "4", "1", "\r", "\n", " ", "\t", "x"), maxLength: 60 });
    for (const encoding of ["base64", "quoted-printable", "7bit", "x-what"])
      fc.assert(
        fc.property(anything, cuts, (content, some) => {
          const encoded = Buffer.from(content);
          const whole = decodeTransfer(encoded, encoding);
          assert.deepEqual([...inPieces(transferDecoder(encoding), encoded, some)], [...whole]);
        }),
        { numRuns: process.env["HAWSER_SOAK"] === "1" ? 50_000 : 500 },
      );
  });
});
