import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FlushBatch } from "./flush-batch.ts";

/** A loop whose turns are taken by hand. */
class Loop {
  readonly batch: FlushBatch<() => void> = new FlushBatch(
    (run) => run(),
    (run) => this.#ends.push(run),
  );
  #ends: (() => void)[] = [];

  /** So many transports have something to say in one turn. @returns who waited for its end */
  turn(speakers: number): readonly number[] {
    const waited: number[] = [];
    for (let at = 0; at < speakers; at++) this.batch.add(() => waited.push(at));
    assert.deepEqual(waited, [], "nobody is flushed within the turn");
    const ends = this.#ends;
    this.#ends = [];
    for (const end of ends) end();
    return waited;
  }
}

describe("FlushBatch", () => {
  test("lets many in a turn wait for its end, in the order in which they spoke", () => {
    const loop = new Loop();
    loop.turn(40); // the first turns are watched now and then
    assert.deepEqual(loop.turn(10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(loop.turn(10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("lets few send at once, except when it looks how many they are", () => {
    const loop = new Loop();
    const waited = Array.from({ length: 320 }, () => loop.turn(2).length);
    assert.equal(waited.filter((count) => count > 0).length, 20); // 640 in all, and one of 32 looks
  });

  test("stops when a crowd has gone", () => {
    const loop = new Loop();
    loop.turn(40);
    assert.equal(loop.turn(9).length, 9);
    assert.equal(loop.turn(1).length, 1, "nobody knows yet");
    assert.equal(loop.turn(1).length, 0);
  });

  test("takes who speaks while it flushes into the next turn", () => {
    const ends: (() => void)[] = [];
    const batch = new FlushBatch<() => void>(
      (run) => run(),
      (run) => ends.push(run),
    );
    const log: string[] = [];
    const crowd = Array.from({ length: 40 }, () => () => log.push("flushed"));
    for (const one of crowd) batch.add(one);
    batch.add(() => batch.add(() => log.push("later")));
    ends.shift()!();
    assert.equal(log.includes("later"), false);
    ends.shift()!();
    assert.equal(log.at(-1), "later");
  });
});
