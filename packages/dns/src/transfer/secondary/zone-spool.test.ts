import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type FileTree, memoryTree } from "@hawser/core";
import type { ZoneContents } from "../../authority/contents/zone-contents.ts";
import { Zone } from "../../authority/zone.ts";
import { parseDomainName } from "../../name/domain-name.ts";
import { changeZone, linesOf, testOrigin, testZone } from "../transfer.test.kit.ts";
import { ZoneSpool } from "./zone-spool.ts";

const lines = 'SOA 1\n@ NS ns\nns A 192.0.2.1\nwww TXT "a b" c\nodd TYPE65280 \\# 3 0A0000';
const path = "example.org.spool";
const makeZone = (contents: ZoneContents): Zone => new Zone(contents);
const spoolOf = (files: FileTree): ZoneSpool => new ZoneSpool(files, testOrigin, 1);
const loaded = async (files: FileTree) => (await spoolOf(files).load(makeZone, {}))?.zone;

/** Takes a step, and keeps it. */
async function step(zone: Zone, spool: ZoneSpool, deleted: string, added: string): Promise<void> {
  const { serial } = zone;
  changeZone(zone, deleted, added);
  await spool.append(zone, zone.changesSince(serial)!);
}

describe("a copy in a file", () => {
  test("comes back as it was, with its steps and its age", async () => {
    const files = memoryTree();
    const [zone, spool] = [testZone(lines), spoolOf(files)];
    await spool.append(zone, []); // there is nothing yet that steps could stand behind
    await step(zone, spool, "ns A 192.0.2.1", "ns A 192.0.2.2");
    await step(zone, spool, "", "mail A 192.0.2.25");
    await spool.touch(1_700_000_000_000);
    const kept = await spoolOf(files).load(makeZone, {});
    assert.deepEqual(linesOf(kept!.zone.sets()), linesOf(zone.sets()));
    assert.equal(kept!.zone.changesSince(1)?.length, 2);
    assert.equal(kept!.refreshedAt, 1_700_000_000_000);
    assert.deepEqual(
      (await files.list("")).map(({ name }) => name),
      [path],
    );
  });

  test("goes on being kept after it was read", async () => {
    const files = memoryTree();
    const zone = testZone(lines);
    await spoolOf(files).write(zone);
    for (let i = 0; i < 5; i++) {
      const spool = spoolOf(files);
      const { zone: copy } = (await spool.load(makeZone, {}))!;
      await step(copy, spool, "", `host${i} A 192.0.2.${i}`);
    }
    const last = await loaded(files);
    assert.equal(last?.serial, 6);
    assert.equal(last?.recordCount, zone.recordCount + 5);
  });

  test("is written anew when there are more steps than zone", async () => {
    const files = memoryTree();
    const [zone, spool] = [testZone(lines), spoolOf(files)];
    let longest = 0;
    for (let i = 0; i < 2_000; i++) {
      await step(
        zone,
        spool,
        i === 0 ? "" : `n A 192.0.${(i - 1) >> 8}.${(i - 1) & 255}`,
        `n A 192.0.${i >> 8}.${i & 255}`,
      );
      longest = Math.max(longest, (await files.stat(path)).octets);
    }
    assert.ok(longest > 60_000 && longest < 70_000, `${longest} octets`);
    assert.deepEqual(linesOf((await loaded(files))!.sets()), linesOf(zone.sets()));
  });

  test("that is cut off anywhere is a version that there was, or none; and goes on from there", async () => {
    const files = memoryTree();
    const [zone, spool] = [testZone(lines), spoolOf(files)];
    const versions = new Map([[1, linesOf(zone.sets())]]);
    await spool.write(zone);
    const whole = (await files.stat(path)).octets;
    for (let i = 0; i < 4; i++) {
      await step(zone, spool, "", `host${i} A 192.0.2.${i}`);
      versions.set(zone.serial, linesOf(zone.sets()));
    }
    const octets = await files.readFile(path);
    for (let length = 0; length <= octets.length; length++) {
      const torn = memoryTree();
      await torn.writeFile(path, octets.subarray(0, length));
      const again = spoolOf(torn);
      const kept = (await again.load(makeZone, {}))?.zone;
      assert.equal(kept !== undefined, length >= whole, `${length} octets`);
      if (kept === undefined) continue;
      assert.deepEqual(linesOf(kept.sets()), versions.get(kept.serial));
      await step(kept, again, "", "more A 192.0.2.99");
      assert.deepEqual(linesOf((await loaded(torn))!.sets()), linesOf(kept.sets()));
    }
  });

  test("whose octets were changed is a zone all the same, or none: nothing is thrown", async () => {
    const files = memoryTree();
    const [zone, spool] = [testZone(lines), spoolOf(files)];
    await spool.write(zone);
    await step(zone, spool, "", "host A 192.0.2.3");
    const octets = await files.readFile(path);
    for (let at = 0; at < octets.length; at++)
      for (const bit of [1, 0x80]) {
        const changed = memoryTree();
        await changed.writeFile(
          path,
          octets.map((octet, i) => (i === at ? octet ^ bit : octet)),
        );
        await loaded(changed);
      }
  });

  test("of another zone is none of ours", async () => {
    const files = memoryTree();
    await spoolOf(files).write(testZone(lines));
    await files.rename(path, "example.net.spool");
    const other = new ZoneSpool(files, parseDomainName("example.net"), 1);
    assert.equal(await other.load(makeZone, {}), undefined);
  });

  test("has a name that every system takes", async () => {
    const names = [
      ".",
      "a/b.example",
      "UPPER.example",
      "a\\.b",
      "*.x",
      `${"x".repeat(63)}.`.repeat(3),
      `${"\\001".repeat(60)}.a`,
    ];
    const files = memoryTree();
    for (const name of names) {
      const spool = new ZoneSpool(files, parseDomainName(name), 1);
      assert.equal(await spool.load(makeZone, {}), undefined, name);
    }
  });
});
