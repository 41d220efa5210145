import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionRace, interleaveFamilies } from "./race.ts";

test("attempts start 250 ms apart, and none waits for an earlier one to fail (RFC 8305 §5)", () => {
  const race = new ConnectionRace(["a", "b", "c"]);
  assert.equal(race.next(0), "a");
  assert.equal(race.next(0), undefined);
  assert.equal(race.deadline, 250);
  assert.equal(race.next(249), undefined);
  assert.equal(race.next(250), "b");
  assert.equal(race.next(500), "c");
  assert.equal(race.deadline, undefined);
  assert.equal(race.isLost, false);
});

test("a failed attempt starts the next at once", () => {
  const race = new ConnectionRace(["a", "b"]);
  race.next(0);
  race.failed();
  assert.equal(race.next(1), "b");
});

test("the race is lost when every attempt has failed", () => {
  const race = new ConnectionRace(["a", "b"]);
  race.next(0);
  race.next(250);
  race.failed();
  assert.equal(race.isLost, false);
  race.failed();
  assert.equal(race.isLost, true);
});

test("families take turns, the resolver's first choice first (RFC 8305 §4)", () => {
  const addresses = ["6a", "6b", "6c", "4a"].map((host) => ({ family: host.startsWith("6") ? "ipv6" : "ipv4", host }));
  assert.deepEqual(
    interleaveFamilies(addresses).map(({ host }) => host),
    ["6a", "4a", "6b", "6c"],
  );
  assert.deepEqual(interleaveFamilies([]), []);
});
