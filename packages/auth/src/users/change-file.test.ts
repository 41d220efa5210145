import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryTree, type Reactor } from "@hawser/core";
import { simulate, type World } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { type MortalProcess, mortalTree } from "../testing/mortal-files.test-kit.ts";
import { changeFile } from "./change-file.ts";

const tree = (files = {}) => memoryTree({ "etc/": "", ...files });

test("a file that is not there is made, for its owner only", () =>
  simulate({}, async (world) => {
    const { reactor } = world;
    await reactor.files("/").makeDirectory("etc");
    await changeFile("/etc/users", (text) => `${text}one\n`, { reactor });
    await changeFile("/etc/users", (text) => `${text}two\n`, { reactor });
    assert.equal(await textAt(reactor), "one\ntwo\n");
    assert.equal((await reactor.files("/etc").stat("users")).mode & 0o777, 0o600);
    assert.deepEqual(
      (await reactor.files("/etc").list("")).map(({ name }) => name),
      ["users"],
    );
  }));

test("what the change throws ends it, and leaves the file and no litter", () =>
  simulate({ files: { "etc/users": "one\n" } }, async ({ reactor }) => {
    const refuse = (): string => {
      throw new RangeError("no");
    };
    await assert.rejects(changeFile("/etc/users", refuse, { reactor }), RangeError);
    assert.equal(await textAt(reactor), "one\n");
    assert.equal((await reactor.files("/etc").list("")).length, 1);
  }));

test("a file that is no UTF-8 is not touched", () =>
  simulate({ files: { "etc/users": Uint8Array.of(0x61, 0xff, 0x0a) } }, async ({ reactor }) => {
    await assert.rejects(
      changeFile("/etc/users", (text) => `${text}x`, { reactor }),
      { code: "bad-text" },
    );
    assert.deepEqual([...(await reactor.files("/etc").readFile("users"))], [0x61, 0xff, 0x0a]);
  }));

test("a lock that was left behind holds nobody up for long", () =>
  simulate(
    { files: { "etc/.users.lock": "", "etc/.users.draft-0123456789abcdef": "half a li" } },
    async ({ reactor }) => {
      await changeFile("/etc/users", () => "one\n", { reactor, staleMs: 5_000 });
      assert.ok(reactor.clock.now() >= 5_000 && reactor.clock.now() < 5_100);
      assert.deepEqual(
        (await reactor.files("/etc").list("")).map(({ name }) => name),
        ["users"],
      );
    },
  ));

test("who waits for the lock may give up, and is told when it takes too long", () =>
  simulate({ files: { "etc/.users.lock": "" } }, async ({ reactor }) => {
    const options = { reactor, staleMs: 60_000, timeoutMs: 1_000 };
    await assert.rejects(
      changeFile("/etc/users", () => "", options),
      { code: "busy" },
    );
    const controller = new AbortController();
    reactor.clock.after(100, () => controller.abort(new Error("enough")));
    await assert.rejects(
      changeFile("/etc/users", () => "", { ...options, signal: controller.signal }),
      /enough/,
    );
  }));

for (const seed of seeds({ count: 10, soakCount: 500 }))
  test(`of ten writers that die, hang and overtake each other none loses what another wrote (seed ${seed})`, () =>
    simulate({ seed, leaks: false }, async (world) => {
      const disk = tree({ "etc/users": "" });
      const acknowledged: string[] = [];
      const writers = Array.from({ length: 10 }, (_, number) => write(world, disk, number, acknowledged));
      await Promise.race([Promise.allSettled(writers), world.reactor.clock.sleep(60_000)]);
      const last = world.host("last", { files: () => disk });
      await changeFile("/etc/users", (text) => `${text}last\n`, { reactor: last, staleMs });
      const lines = Buffer.from(await disk.readFile("etc/users"))
        .toString()
        .split("\n");
      assert.equal(lines.pop(), "", "the last line is whole");
      for (const line of lines) assert.match(line, /^(writer-\d-change-\d\d?|last)$/);
      assert.equal(new Set(lines).size, lines.length, "nothing was written twice");
      assert.deepEqual(
        acknowledged.filter((line) => !lines.includes(line)),
        [],
        "nothing is lost",
      );
      assert.ok(acknowledged.length > 0);
    }));

/** Shorter than some calls take here, so that living writers lose their lock, too. */
const staleMs = 200;

/** A process that adds lines until it is killed, and hangs for a while now and then. */
async function write(
  world: World,
  disk: ReturnType<typeof tree>,
  number: number,
  acknowledged: string[],
): Promise<void> {
  const random = world.random;
  const { clock } = world.reactor;
  const owner: MortalProcess = { clock, random, slownessMs: random.integer(1, 120), isDead: false };
  const files = mortalTree(disk, owner);
  const reactor = world.host(`writer-${number}`, { files: () => files });
  if (number % 3 > 0)
    clock.after(random.number() * 20_000, () => {
      owner.isDead = true;
    });
  for (let change = 0; change < 12; change++) {
    const line = `writer-${number}-change-${change}`;
    await changeFile("/etc/users", (text) => `${text}${line}\n`, { reactor, staleMs, timeoutMs: 300_000 });
    acknowledged.push(line);
  }
}

async function textAt(reactor: Reactor): Promise<string> {
  return Buffer.from(await reactor.files("/etc").readFile("users")).toString();
}
