import assert from "node:assert/strict";
import { test } from "node:test";
import { type FileTree, memoryTree } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { nodeReactor } from "@hawser/core/node";
import { simulate, type World } from "@hawser/core/simulation";
import { seeds } from "@hawser/core/testing";
import { SimulatedDisk } from "../../store/maildir/simulated-disk.test.kit.ts";
import { LeaseSeeker } from "./lease.ts";
import { isProcessGone, processMark } from "./process-mark.ts";

test("a lease is held by one process at a time, and by another soon after one has died", async () => {
  for (const seed of seeds({ count: 20, soakCount: 2_000 }))
    await simulate({ seed, leaks: false, timeLimitMs: 7_200_000 }, async (world) => {
      const contest = new Contest(world);
      await Promise.all(Array.from({ length: 4 }, () => contest.compete()));
      assert.ok(contest.terms >= 2, `${contest.terms} terms`);
    });
});

/** Processes that want the same lease, and may die at any step. */
class Contest {
  readonly #world: World;
  readonly #tree: FileTree;
  #holder: SimulatedDisk | undefined;
  #idleSince = 0;
  terms = 0;

  constructor(world: World) {
    this.#world = world;
    this.#tree = memoryTree({}, { now: () => world.clock.wall() });
  }

  async compete(): Promise<void> {
    for (let life = 0; life < 4; life++) {
      const { clock, random } = this.#world;
      const changesMax = random.number() < 0.7 ? random.integer(1, 20) : 1_000;
      const disk = new SimulatedDisk(this.#tree, { clock, random, changesMax, delayMaxMs: 30 });
      void disk.death.then(() => this.#leave(disk));
      await Promise.race([disk.death, this.#live(disk)]);
    }
  }

  async #live(disk: SimulatedDisk): Promise<void> {
    const { clock, random } = this.#world;
    const seeker = new LeaseSeeker({ clock, random, files: memoryReactor().files }, disk.tree);
    for (;;) {
      const lease = await seeker.take();
      if (lease === undefined) {
        await clock.sleep(500);
        continue;
      }
      this.#enter(disk);
      await clock.sleep(random.integer(0, 30_000));
      assert.ok(!lease.lost.aborted, "nobody takes it from one that lives");
      this.#leave(disk);
      return lease.release();
    }
  }

  #enter(disk: SimulatedDisk): void {
    assert.equal(this.#holder, undefined, "another process has it");
    assert.ok(this.#world.clock.now() - this.#idleSince < 60_000, "it is not left for long");
    this.#holder = disk;
    this.terms++;
  }

  #leave(disk: SimulatedDisk): void {
    if (this.#holder !== disk) return;
    this.#holder = undefined;
    this.#idleSince = this.#world.clock.now();
  }
}

test("Linux tells whether the process of a mark has ended", async (context) => {
  const mark = await processMark(nodeReactor);
  if (mark === "") return context.skip("this system has no /proc");
  assert.equal(await isProcessGone(nodeReactor, mark), false);
  const [host, boot, number, start] = mark.split(" ");
  assert.equal(number, String(process.pid));
  assert.equal(
    await isProcessGone(nodeReactor, `${host} ${boot} ${number} ${Number(start) - 1}`),
    true,
    "another with its number",
  );
  assert.equal(await isProcessGone(nodeReactor, `${host} ${boot} 4194305 ${start}`), true, "no such process");
  assert.equal(await isProcessGone(nodeReactor, `elsewhere ${boot} 4194305 ${start}`), false, "nobody knows");
  for (const nonsense of ["", "a", "a b c d", `${host} ${boot} ../1 5`])
    assert.equal(await isProcessGone(nodeReactor, nonsense), false);
});
