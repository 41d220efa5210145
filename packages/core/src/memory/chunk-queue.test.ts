import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ChunkQueue } from "./chunk-queue.ts";

test("octets leave in the order they came, in pieces no longer than asked for", () => {
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 50 });
  fc.assert(
    fc.property(chunks, fc.integer({ min: 1, max: 30 }), (given, octetsMax) => {
      const queue = new ChunkQueue();
      for (const chunk of given) queue.push(chunk);
      const taken: Uint8Array[] = [];
      while (queue.octets > 0) taken.push(queue.take(octetsMax));
      assert.ok(taken.every(({ length }) => length >= 1 && length <= octetsMax));
      assert.deepEqual(Buffer.concat(taken), Buffer.concat(given));
      assert.equal(queue.frontOctets, 0);
    }),
  );
});

test("a chunk that fits is not copied, and chunks are not joined", () => {
  const queue = new ChunkQueue();
  const [first, second] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
  queue.push(first);
  queue.push(second);
  assert.equal(queue.frontOctets, 3);
  assert.equal(queue.take(100), first);
  assert.equal(queue.take(100), second);
});
