import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EventQueue, type QueuedEvent } from "./event-queue.ts";

test("events leave by time, those of one time by order, and those removed never", () => {
  const additions = fc.array(fc.record({ at: fc.nat(20), removed: fc.boolean() }), { maxLength: 200 });
  fc.assert(
    fc.property(additions, (wanted) => {
      const queue = new EventQueue<QueuedEvent>();
      const events = wanted.map(({ at }, order): QueuedEvent => ({ at, order, slot: -1 }));
      for (const event of events) queue.add(event);
      for (const [index, event] of events.entries()) if (wanted[index]!.removed) queue.remove(event);
      const expected = events
        .filter((_, index) => !wanted[index]!.removed)
        .sort((a, b) => a.at - b.at || a.order - b.order);
      assert.deepEqual(drain(queue), expected);
    }),
  );
});

test("removing twice, or after it has left, does nothing", () => {
  const queue = new EventQueue<QueuedEvent>();
  const [first, second]: [QueuedEvent, QueuedEvent] = [
    { at: 1, order: 1, slot: -1 },
    { at: 2, order: 2, slot: -1 },
  ];
  queue.add(second);
  queue.add(first);
  queue.remove(first);
  queue.remove(first);
  assert.deepEqual(drain(queue), [second]);
});

function drain(queue: EventQueue<QueuedEvent>): QueuedEvent[] {
  const left: QueuedEvent[] = [];
  for (let event = queue.first(); event !== undefined; event = queue.first()) {
    queue.remove(event);
    left.push(event);
  }
  return left;
}
