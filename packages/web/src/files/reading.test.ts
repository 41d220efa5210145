import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryTree, type OpenFile } from "@hawser/core";
import { FileReading } from "./reading.ts";

/** A file of so many octets that tells what was done with it. */
async function watchedFile(octets: number) {
  const tree = memoryTree({ a: Buffer.alloc(octets, "x") });
  const file = await tree.open("a", { write: true });
  const done: string[] = [];
  const watched = {
    read(from: number, count: number) {
      done.push(`read ${from}+${count}`);
      return file.read(from, count);
    },
    close() {
      done.push("close");
      return file.close();
    },
  };
  return { file, watched: watched as unknown as OpenFile, done };
}

test("FileReading reads one chunk ahead, and closes the file at its end", async () => {
  const { watched, done } = await watchedFile(600_000);
  const reading = new FileReading(watched, [{ first: 0, last: 599_999 }]);
  assert.equal((await reading.next()).value?.length, 262_144);
  assert.deepEqual(done, ["read 0+262144", "read 262144+262144"]);
  assert.equal((await reading.next()).value?.length, 262_144);
  assert.equal((await reading.next()).value?.length, 75_712);
  assert.equal((await reading.next()).done, true);
  assert.deepEqual(done.slice(2), ["read 524288+75712", "close"]);
});

test("FileReading closes a file that nobody reads, once", async () => {
  const { watched, done } = await watchedFile(10);
  const reading = new FileReading(watched, [{ first: 0, last: 9 }]);
  await reading.return();
  await reading.return();
  assert.equal((await reading.next()).done, true);
  assert.deepEqual(done, ["close"]);
});

test("FileReading that is left closes the file, after the read that is under way", async () => {
  const { watched, done } = await watchedFile(600_000);
  for await (const chunk of new FileReading(watched, [{ first: 0, last: 599_999 }])) {
    assert.equal(chunk.length, 262_144);
    break;
  }
  assert.deepEqual(done, ["read 0+262144", "read 262144+262144", "close"]);
});

test("FileReading fails when the file is cut meanwhile, and closes it", async () => {
  const { file, watched, done } = await watchedFile(600_000);
  const reading = new FileReading(watched, [{ first: 0, last: 599_999 }]);
  await reading.next(); // and the second chunk is read ahead
  await file.truncate(262_144);
  await reading.next();
  await assert.rejects(reading.next(), /it was cut while it was being sent/);
  assert.equal(done.at(-1), "close");
});

test("FileReading gives what stands ready between the parts of the file", async () => {
  const { watched } = await watchedFile(10);
  const pieces = [Buffer.from("a"), { first: 0, last: 1 }, Buffer.from("b"), { first: 9, last: 9 }];
  const chunks: Uint8Array[] = [];
  for await (const chunk of new FileReading(watched, pieces)) chunks.push(chunk);
  assert.equal(Buffer.concat(chunks).toString(), "axxbx");
});

test("buffers of chunks that were taken are filled again, and none that still lies with somebody", async () => {
  const filled: Uint8Array[] = [];
  const file: Pick<OpenFile, "read" | "close"> = {
    async read(offset, octets, room = new Uint8Array(octets)) {
      filled.push(room);
      return room.fill(offset / 262_144).subarray(0, octets);
    },
    close: async () => {},
  };
  const reading = new FileReading(file as OpenFile, [{ first: 0, last: 5 * 262_144 - 1 }]);
  const first = (await reading.next()).value!;
  const second = (await reading.next()).value!; // the third is being read by now
  assert.equal(new Set(filled.map((room) => room.buffer)).size, 3);
  assert.deepEqual([first[0], second[0]], [0, 1]);
  reading.taken();
  const third = (await reading.next()).value!;
  await reading.next();
  assert.equal(third[0], 2, "what was read ahead was not overwritten");
  assert.ok(filled.slice(3).every((room) => [first, second].some((taken) => taken.buffer === room.buffer)));
});

test("octets that stand ready between two parts of a file are nobody's to fill", async () => {
  const rooms: Uint8Array[] = [];
  const file: Pick<OpenFile, "read" | "close"> = {
    async read(_offset, octets, room = new Uint8Array(octets)) {
      rooms.push(room);
      return room.fill(1).subarray(0, octets);
    },
    close: async () => {},
  };
  const ready = new Uint8Array(262_144).fill(7);
  const part = { first: 0, last: 262_143 };
  const reading = new FileReading(file as OpenFile, [part, ready, part, part, part]);
  for (let step = await reading.next(); !step.done; step = await reading.next()) reading.taken();
  assert.ok(rooms.every((room) => room.buffer !== ready.buffer));
  assert.ok(ready.every((octet) => octet === 7));
});
