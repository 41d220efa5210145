import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { GzipBuilder, gzipWhole } from "./gzip.ts";

const megabyte = 1024 * 1024;

describe("GzipBuilder", () => {
  test("gives one stream, the same however the octets were cut", () => {
    const octets = Buffer.from(Array.from({ length: 2.5 * megabyte }, (_, index) => (index * index) % 251));
    const expected = compress([octets]);
    assert.deepEqual(gunzipSync(expected), octets);
    for (const size of [1_000_003, megabyte, megabyte + 1]) {
      const chunks = Array.from({ length: Math.ceil(octets.length / size) }, (_, i) =>
        octets.subarray(i * size, (i + 1) * size),
      );
      assert.deepEqual(compress(chunks), expected, `cut every ${size}`);
    }
  });

  test("takes anything", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (chunks) => {
        assert.deepEqual(gunzipSync(compress(chunks)), Buffer.concat(chunks));
      }),
      { numRuns: 30 },
    );
  });

  test("tells nothing of time or system", () => {
    assert.deepEqual(
      Buffer.from(gzipWhole(new Uint8Array())).subarray(0, 10),
      Buffer.from("1f8b0800000000000203", "hex"),
    );
  });
});

function compress(chunks: readonly Uint8Array[]): Buffer {
  const builder = new GzipBuilder();
  for (const chunk of chunks) builder.add(chunk);
  return Buffer.concat(builder.finish());
}
