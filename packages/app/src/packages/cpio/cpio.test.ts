import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { contents, damaged, filePaths } from "../archives.test-kit.ts";
import { PackageError } from "../errors.ts";
import { type CpioFile, cpioPadding, decodeCpio, encodeCpioHeader, encodeCpioTrailer } from "./wire.ts";

const numbers = fc.nat(0xffff_ffff);
const files = fc.array(
  fc.record({
    path: filePaths,
    content: contents,
    mode: numbers,
    inode: numbers,
    links: numbers,
    uid: numbers,
    gid: numbers,
    modified: numbers,
  }),
  { maxLength: 4 },
);
const entry = { path: "a", mode: 0o100644, inode: 1, links: 1, uid: 0, gid: 0, modified: 0 };

describe("cpio", () => {
  test("what is written is read back", () => {
    fc.assert(fc.property(files, (all) => assert.deepEqual([...decodeCpio(cpioOf(all))].map(plain), all.map(plain))));
  });

  const header = Buffer.from(encodeCpioHeader(entry, 5)).toString("latin1");
  const broken: Readonly<Record<string, string>> = {
    "no trailer": "",
    "half a header": header.slice(0, 100),
    "another format": header.replace("070701", "070707"),
    "a number that is none": header.replace("070701", "070701x").slice(0, 112),
    "a path without an end": header.replace("a\0", "ab"),
    "an endless path": `${header.slice(0, 94)}ffffffff${header.slice(102)}`,
    "a file longer than the archive": `${header}abc`,
  };
  for (const [name, archive] of Object.entries(broken)) {
    test(`${name} is refused`, () => {
      assert.throws(() => [...decodeCpio(Buffer.from(archive, "latin1"))], {
        name: "PackageError",
        code: "bad-archive",
      });
    });
  }

  test("damage is an error or other files, never anything else", () => {
    const archive = cpioOf([{ ...entry, content: Buffer.from("abc") }]);
    fc.assert(
      fc.property(damaged(archive), (octets) => {
        try {
          [...decodeCpio(octets)];
        } catch (error) {
          assert.ok(error instanceof PackageError, String(error));
        }
      }),
    );
  });

  test("what has no room is not written", () => {
    for (const path of ["", "a\0b", "x".repeat(4096)]) {
      assert.throws(() => encodeCpioHeader({ ...entry, path }, 0), RangeError, path.slice(0, 9));
    }
    for (const mode of [-1, 0.5, 2 ** 32]) assert.throws(() => encodeCpioHeader({ ...entry, mode }, 0), RangeError);
    assert.throws(() => encodeCpioHeader(entry, 2 ** 32), RangeError);
  });
});

function cpioOf(all: readonly CpioFile[]): Buffer {
  const pieces = all.flatMap((file) => [
    encodeCpioHeader(file, file.content.length),
    file.content,
    cpioPadding(file.content.length),
  ]);
  return Buffer.concat([...pieces, encodeCpioTrailer()]);
}

function plain(file: CpioFile): object {
  return { ...file, content: Buffer.from(file.content).toString("hex") };
}
