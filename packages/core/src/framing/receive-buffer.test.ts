import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ReceiveBuffer } from "./receive-buffer.ts";

describe("ReceiveBuffer", () => {
  test("gives a chunk back without a copy when nothing was held", () => {
    const chunk = Buffer.from("hello world");
    const buffer = holding(chunk);
    assert.equal(buffer.take(5).buffer, chunk.buffer);
    assert.equal(buffer.take().buffer, chunk.buffer);
  });

  test("joins what was cut", () => {
    const buffer = holding("hel", "lo ", "world");
    assert.equal(buffer.octets, 11);
    assert.equal(text(buffer.peek(5)), "hello");
    assert.equal(text(buffer.take(6)), "hello ");
    assert.equal(buffer.peekLatin1(2), "wo");
    assert.equal(buffer.takeLatin1(), "world");
    assert.equal(buffer.octets, 0);
  });

  test("finds octets and sequences across cuts", () => {
    const buffer = holding("one\r", "\ntwo\r", "\n");
    assert.equal(buffer.indexOf(Buffer.from("\r\n")), 3);
    assert.equal(buffer.indexOf(Buffer.from("\r\n"), 4), 8);
    assert.equal(buffer.indexOf(0x74), 5);
    assert.equal(buffer.indexOf(0x7a), -1);
    buffer.skip(5);
    assert.equal(buffer.indexOf(0x74), 0);
    assert.equal(buffer.indexOf(0x6f), 2);
  });

  test("can be read in place", () => {
    const chunk = Buffer.from("abcdef");
    const buffer = holding(chunk);
    buffer.skip(2);
    assert.equal(buffer.storage, chunk);
    assert.deepEqual([buffer.start, buffer.end], [2, 6]);
    buffer.push(Buffer.from("gh"));
    assert.equal(text(buffer.storage.subarray(buffer.start, buffer.end)), "cdefgh");
  });

  test("moves a rest that grows octet by octet seldom", () => {
    const buffer = holding("a");
    const rooms = new Set([buffer.storage]);
    for (let count = 0; count < 100_000; count++) {
      buffer.push(Uint8Array.of(0x62));
      rooms.add(buffer.storage);
    }
    assert.ok(rooms.size < 12, `moved ${rooms.size} times`);
  });

  test("shows single octets, and nothing behind the last", () => {
    const buffer = holding("ab");
    buffer.skip(1);
    assert.deepEqual([buffer.at(0), buffer.at(1)], [0x62, undefined]);
  });

  test("refuses to give more than it holds", () => {
    const buffer = holding("abc");
    for (const call of [() => buffer.take(4), () => buffer.peek(4), () => buffer.skip(4), () => buffer.takeLatin1(4)]) {
      assert.throws(call, new RangeError("Cannot take 4 octets: 3 are held"));
    }
    assert.throws(() => buffer.skip(-1), RangeError);
    assert.equal(buffer.takeLatin1(), "abc");
  });

  test("never changes what was handed out or handed in", () => {
    const given = Buffer.from("abc");
    const buffer = holding(given, "def");
    const first = buffer.take(4);
    for (let round = 0; round < 300; round++) buffer.push(Buffer.from("xyz"));
    assert.equal(text(first), "abcd");
    assert.equal(text(given), "abc");
  });

  test("is a queue of octets, whatever is done in whatever order", () =>
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 600 }), fc.nat(900))), (steps) => {
        const buffer = new ReceiveBuffer();
        let model = Buffer.alloc(0);
        for (const step of steps) {
          if (typeof step === "number") {
            const count = Math.min(step, model.length);
            assert.deepEqual(Buffer.from(buffer.take(count)), Buffer.from(model.subarray(0, count)));
            model = model.subarray(count);
          } else {
            buffer.push(step);
            model = Buffer.concat([model, step]);
          }
          assert.equal(buffer.octets, model.length);
        }
        assert.deepEqual(Buffer.from(buffer.take()), Buffer.from(model));
      }),
    ));
});

function holding(...chunks: readonly (string | Uint8Array)[]): ReceiveBuffer {
  const buffer = new ReceiveBuffer();
  for (const chunk of chunks) buffer.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return buffer;
}

function text(octets: Uint8Array): string {
  return Buffer.from(octets).toString();
}
