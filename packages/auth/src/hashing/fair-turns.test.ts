import assert from "node:assert/strict";
import { test } from "node:test";
import { FairTurns } from "./fair-turns.ts";

/** Runs tasks that end when they are told to, and says in which order they began. */
function bench(limits = { parallelMax: 1, waitingMax: 4 }) {
  const turns = new FairTurns(limits);
  const [began, ends]: [string[], (() => void)[]] = [[], []];
  const join = (lane: string, name: string, signal?: AbortSignal): Promise<void> => {
    const work = (): Promise<void> => {
      began.push(name);
      return new Promise((resolve) => void ends.push(resolve));
    };
    return turns.run(lane, work, { signal });
  };
  const endNext = async (): Promise<void> => {
    ends.shift()!();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return { began, join, endNext };
}

test("lanes are served in turn, each in its order, and every other turn is the newest lane's", async () => {
  const { began, join, endNext } = bench();
  const all = [join("a", "a1"), join("a", "a2"), join("a", "a3"), join("a", "a4"), join("b", "b1"), join("c", "c1")];
  for (let end = 0; end < 6; end++) await endNext();
  await Promise.all(all);
  assert.deepEqual(began, ["a1", "c1", "a2", "b1", "a3", "a4"]);
});

test("a crowd is sent away before somebody who comes alone", async () => {
  const { join, endNext } = bench({ parallelMax: 1, waitingMax: 2 });
  const crowd = Array.from({ length: 5 }, (_, at) =>
    join("a", `a${at}`).then(
      () => "done",
      () => "refused",
    ),
  );
  const others = ["b", "c", "d"].map((lane) =>
    join(lane, lane).then(
      () => "done",
      () => "refused",
    ),
  );
  for (let end = 0; end < 5; end++) await endNext();
  assert.deepEqual(await Promise.all(crowd), ["done", "done", "done", "refused", "refused"]);
  assert.deepEqual(await Promise.all(others), ["done", "done", "refused"]);
});

test("who gives up is passed over", async () => {
  const { began, join, endNext } = bench();
  const controller = new AbortController();
  const first = join("a", "a1");
  const gone = join("b", "b1", controller.signal);
  const last = join("c", "c1");
  controller.abort(new Error("enough"));
  await assert.rejects(gone, /enough/);
  await assert.rejects(join("d", "d1", controller.signal), /enough/);
  await endNext();
  await endNext();
  await Promise.all([first, last]);
  assert.deepEqual(began, ["a1", "c1"]);
});

test("a task that fails gives its turn back", async () => {
  const turns = new FairTurns({ parallelMax: 1, waitingMax: 1 });
  await assert.rejects(
    turns.run("a", () => Promise.reject(new Error("broken"))),
    /broken/,
  );
  assert.equal(await turns.run("a", async () => 7), 7);
});

test("among a thousand lanes a newcomer waits for two turns, and nobody for ever", async () => {
  const { began, join, endNext } = bench({ parallelMax: 1, waitingMax: 1_000 });
  const crowd = Array.from({ length: 1_000 }, (_, at) => join(`lane ${at}`, `${at}`));
  await endNext();
  const user = join("user", "user");
  for (let end = 0; end < 2; end++) await endNext();
  assert.ok(began.includes("user"));
  for (let end = 0; end < 998; end++) await endNext();
  await Promise.all([...crowd, user]);
  assert.equal(began.length, 1_001);
});
