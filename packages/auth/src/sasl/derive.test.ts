import assert from "node:assert/strict";
import { pbkdf2Sync } from "node:crypto";
import { test } from "node:test";
import { memoryReactor } from "@hawser/core/memory";
import { simulate } from "@hawser/core/simulation";
import { deriveSaslKey } from "./derive.ts";

const asked = { hash: "sha256", password: "pencil", salt: Buffer.from("salt"), iterations: 4_096 } as const;
const key = pbkdf2Sync("pencil", "salt", 4_096, 32, "sha256");

test("a key is derived beside the event loop, which goes on meanwhile", async () => {
  let turns = 0;
  let over = false;
  const count = () => {
    turns++;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  const derived = await deriveSaslKey(memoryReactor(), { ...asked, iterations: 200_000 });
  over = true;
  assert.equal(derived.length, 32);
  assert.ok(turns > 1, `${turns} turns`);
  assert.deepEqual(Buffer.from(await deriveSaslKey(memoryReactor(), asked)), key);
});

test("in a simulation it is derived at once, so that a seed decides the run", () =>
  simulate({ seed: 1 }, async (world) => {
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    assert.deepEqual(Buffer.from(await deriveSaslKey(world.reactor, asked)), key);
    assert.equal(turned, false);
  }));
