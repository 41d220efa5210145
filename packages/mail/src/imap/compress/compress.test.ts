import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { ImapProtocolError } from "../errors.ts";
import { DeflateStream } from "./deflate.ts";
import { InflateStream } from "./inflate.ts";

function unpacked(chunks: Iterable<Uint8Array>): Buffer {
  const stream = new InflateStream();
  const pieces: Uint8Array[] = [];
  for (const chunk of chunks) {
    stream.push(chunk);
    for (let piece = stream.read(); piece !== undefined; piece = stream.read()) pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Text with much that comes again, and octets without any order. */
const samples: readonly Buffer[] = [
  Buffer.from(""),
  Buffer.from("a"),
  Buffer.from("* 1 FETCH (FLAGS (\\Seen))\r\n".repeat(5_000)),
  Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * i * 2_654_435_761) >>> 24)),
  Buffer.alloc(200_000),
];

describe("InflateStream", () => {
  test("unpacks what zlib packs, in every way it packs", () => {
    for (const sample of samples)
      for (const options of [
        { level: 0 },
        { level: 1 },
        { level: 9 },
        { strategy: constants.Z_FIXED },
        { strategy: constants.Z_HUFFMAN_ONLY },
      ])
        assert.deepEqual(unpacked([deflateRawSync(sample, options)]), sample);
  });

  test("unpacks it wherever it is cut", () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.integer({ min: 1, max: 9 }), (octets, size) => {
        const packed = deflateRawSync(Buffer.concat([octets, octets, octets]));
        const chunks = Array.from({ length: Math.ceil(packed.length / size) }, (_, i) =>
          packed.subarray(i * size, (i + 1) * size),
        );
        assert.deepEqual(unpacked(chunks), Buffer.concat([octets, octets, octets]));
      }),
    ));

  test("refuses what is none, and never reads outside of what it has", () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        try {
          unpacked([octets]);
        } catch (error) {
          assert.ok(error instanceof ImapProtocolError);
        }
      }),
    ));

  test("of a bomb gives a piece at a time (CVE-2014-2745: compression before its limits)", () => {
    const stream = new InflateStream();
    stream.push(deflateRawSync(Buffer.alloc(100_000_000)));
    assert.ok(stream.read()!.length <= 20_000);
  });
});

describe("DeflateStream", () => {
  test("packs pieces that are one stream, for zlib and for us", () => {
    const stream = new DeflateStream();
    const packed = samples.map((sample) => stream.pack(sample));
    const whole = Buffer.concat(samples);
    assert.deepEqual(unpacked(packed), whole);
    assert.deepEqual(inflateRawSync(Buffer.concat(packed), { finishFlush: constants.Z_SYNC_FLUSH }), whole);
  });

  test("remembers what was packed before", () => {
    const stream = new DeflateStream();
    const octets = Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * i * 2_654_435_761) >>> 24));
    stream.pack(octets);
    assert.ok(stream.pack(octets).length < 200);
  });
});
