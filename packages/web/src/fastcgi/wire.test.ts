import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  decodeFastCgiEnd,
  decodeFastCgiPairs,
  encodeFastCgiEnd,
  encodeFastCgiPairs,
  encodeFastCgiRecord,
  encodeFastCgiStream,
  FastCgiRecordReader,
} from "./wire.ts";

describe("FastCGI records", () => {
  test("have a header of eight octets and are padded to eight (§3.3)", () => {
    const record = encodeFastCgiRecord({ type: 5, requestId: 258, content: Buffer.from("abc") });
    assert.equal(Buffer.from(record).toString("hex"), "01050102000305006162630000000000");
  });

  test("come through however they are cut", () => {
    const records = fc.array(
      fc.record(
        { type: fc.nat(255), requestId: fc.nat(65_535), content: fc.uint8Array({ maxLength: 300 }) },
        { noNullPrototype: true },
      ),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 50 }), (sent, step) => {
        const bytes = Buffer.concat(sent.map(encodeFastCgiRecord));
        const reader = new FastCgiRecordReader();
        const received: unknown[] = [];
        for (let at = 0; at < bytes.length; at += step) {
          reader.receive(bytes.subarray(at, at + step));
          for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) {
            received.push({ ...record, content: Uint8Array.from(record.content) });
          }
        }
        assert.deepEqual(received, sent);
      }),
    );
  });

  test("are as many as a stream needs, and none for nothing", () => {
    assert.equal(encodeFastCgiStream(5, 1, new Uint8Array(0)).length, 0);
    const reader = new FastCgiRecordReader();
    reader.receive(encodeFastCgiStream(5, 1, new Uint8Array(70_000)));
    assert.deepEqual([reader.nextRecord()?.content.length, reader.nextRecord()?.content.length], [65_535, 4_465]);
    assert.throws(() => encodeFastCgiRecord({ type: 5, requestId: 1, content: new Uint8Array(65_536) }), RangeError);
  });

  test("of another version are refused", () => {
    const reader = new FastCgiRecordReader();
    reader.receive(Buffer.from("HTTP/1.1 400 Bad Request\r\n"));
    assert.throws(() => reader.nextRecord(), { name: "FastCgiProtocolError", code: "bad-version" });
  });
});

describe("FastCGI name-value pairs (§3.4)", () => {
  test("have lengths of one octet or of four", () => {
    const hex = Buffer.from(encodeFastCgiPairs({ A: "b", C: "d".repeat(128) })).toString("hex");
    assert.equal(hex, `01014162${"0180000080"}43${"64".repeat(128)}`);
  });

  test("come back as they went", () => {
    const pairs = fc.dictionary(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme", maxLength: 300 }), {
      noNullPrototype: true,
    });
    fc.assert(fc.property(pairs, (sent) => assert.deepEqual(decodeFastCgiPairs(encodeFastCgiPairs(sent)), sent)));
  });

  for (const hex of ["01", "0105", "010541", "80000001", "ffffffff01"]) {
    test(`${hex} is cut, and refused`, () => {
      assert.throws(() => decodeFastCgiPairs(Buffer.from(hex, "hex")), { code: "bad-record" });
    });
  }
});

test("END_REQUEST tells two statuses (§5.5)", () => {
  const end = { appStatus: 4_000_000_000, protocolStatus: 2 };
  assert.deepEqual(decodeFastCgiEnd(encodeFastCgiEnd(end)), end);
  assert.throws(() => decodeFastCgiEnd(new Uint8Array(7)), { code: "bad-record" });
});
