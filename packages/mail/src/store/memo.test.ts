import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MailMemoRoom } from "./memo.ts";

describe("MailMemoRoom", () => {
  test("keeps folders, messages and texts apart", () => {
    const room = new MailMemoRoom(10_000);
    const [one, other] = [room.folder(), room.folder()];
    one.set(1, "ENVELOPE", "a");
    one.set(1, "BODY", "b");
    assert.deepEqual([one.get(1, "ENVELOPE"), one.get(1, "BODY")], ["a", "b"]);
    assert.deepEqual([other.get(1, "BODY"), one.get(2, "BODY"), one.get(1, "MIME")], [undefined, undefined, undefined]);
  });

  test("lets go of what was not asked for longest, when it is full", () => {
    const memo = new MailMemoRoom(5_000).folder();
    for (let uid = 1; uid <= 100; uid++) {
      memo.set(uid, "BODY", "x".repeat(200));
      assert.equal(memo.get(1, "BODY")?.length, 200); // the one that is asked for stays
    }
    const kept = Array.from({ length: 100 }, (_, i) => i + 1).filter((uid) => memo.get(uid, "BODY") !== undefined);
    assert.equal(kept[0], 1);
    assert.equal(kept.at(-1), 100);
    assert.ok(kept.length > 5 && kept.length < 25, String(kept.length));
  });

  test("does not keep what is long", () => {
    const memo = new MailMemoRoom(1_000_000).folder();
    memo.set(1, "BODY", "x".repeat(8_193));
    assert.equal(memo.get(1, "BODY"), undefined);
  });
});
