import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { contents, damaged, filePaths } from "../archives.test-kit.ts";
import { PackageError } from "../errors.ts";
import { decodeTar } from "./decode.ts";
import { encodeTarHeader, type TarDialect, tarEnd, tarPadding } from "./encode.ts";
import { type TarEntry, type TarFile, tarChecksum, ustar } from "./entry.ts";

const entry: TarEntry = {
  type: "file",
  path: "a",
  mode: 0o644,
  uid: 0,
  gid: 0,
  user: "root",
  group: "root",
  modified: 0,
  target: "",
};

const owners = {
  mode: fc.nat(0o7777),
  uid: fc.oneof(fc.nat(0o7777777), fc.nat(2 ** 32)),
  gid: fc.nat(0o7777777),
  user: fc.oneof(fc.constant("root"), fc.stringMatching(/^[a-zäß]{1,40}$/)),
  group: fc.stringMatching(/^[a-z]{0,31}$/),
  modified: fc.oneof(fc.nat(), fc.nat(2 ** 36)),
};
const targets = fc.oneof(filePaths, fc.constant(`../${"long/".repeat(60)}`));

/** Entries that any archive may hold. */
const entries: fc.Arbitrary<TarFile> = fc.oneof(
  fc.record({
    ...owners,
    type: fc.constant("file" as const),
    path: filePaths,
    target: fc.constant(""),
    content: contents,
  }),
  fc.record({
    ...owners,
    type: fc.constant("directory" as const),
    path: filePaths,
    target: fc.constant(""),
    content: fc.constant(new Uint8Array()),
  }),
  fc.record({
    ...owners,
    type: fc.constantFrom("link" as const, "hard-link" as const),
    path: filePaths,
    target: targets,
    content: fc.constant(new Uint8Array()),
  }),
);

describe("tar", () => {
  for (const dialect of ["pax", "gnu"] as const) {
    test(`what is written is read back (${dialect})`, () => {
      fc.assert(
        fc.property(fc.array(entries, { maxLength: 4 }), (all) => {
          // GNU has no room for long names of users.
          const kept =
            dialect === "pax" ? all : all.map((one) => ({ ...one, user: one.user.replace(/[äß]/g, "x").slice(0, 31) }));
          assert.deepEqual([...decodeTar(tarOf(kept, dialect))].map(plain), kept.map(plain));
        }),
      );
    });
  }

  test("short names need one block, others the fewest", () => {
    const octets = (path: string, dialect: TarDialect) => encodeTarHeader({ ...entry, path }, 0, dialect).length;
    const parted = `${"p".repeat(155)}/${"n".repeat(100)}`;
    for (const dialect of ["pax", "gnu"] as const) {
      assert.equal(octets("a", dialect), 512);
      assert.equal(octets("n".repeat(100), dialect), 512);
      assert.equal(octets(parted, dialect), 512);
      assert.equal(octets(`x${parted}`, dialect), 3 * 512);
    }
    assert.equal(octets("ü", "pax"), 3 * 512);
    assert.equal(octets("ü", "gnu"), 512);
  });

  test("a file of more than 8 GiB has a size", () => {
    const octets = 10 * 2 ** 30;
    for (const dialect of ["pax", "gnu"] as const) {
      const archive = Buffer.concat([encodeTarHeader(entry, octets, dialect), tarEnd]);
      assert.throws(() => [...decodeTar(archive)], {
        code: "bad-archive",
        message: /a file is longer than the archive/,
      });
    }
    const header = Buffer.from(encodeTarHeader(entry, octets, "gnu"));
    assert.equal(header[ustar.size[0]], 0x80);
    assert.match(encodeTarHeader(entry, octets, "pax").toString(), /\d/);
    assert.match(Buffer.from(encodeTarHeader(entry, octets, "pax")).toString("latin1"), / size=10737418240\n/);
  });

  const broken: Readonly<Record<string, Buffer>> = {
    "half a block": Buffer.from(encodeTarHeader(entry, 0)).subarray(0, 300),
    "a wrong checksum": changed((block) => block.write("x", 0)),
    "a device": changed((block) => block.write("3", ustar.type[0]), true),
    "a size that is no number": changed((block) => block.write("0000000000x", ustar.size[0]), true),
    "a size beyond all": changed((block) => block.set([0x80, 0xff, 0xff, 0xff, 0xff, 0xff], ustar.size[0]), true),
    "a file longer than the archive": changed((block) => block.write("00000000010", ustar.size[0]), true),
    "an extended header without an end": extended("99 path=a\n"),
    "an extended header without a name": extended("5 =\n"),
    "an extended size that is no number": Buffer.concat([extended("11 size=-1\n"), encodeTarHeader(entry, 0)]),
  };
  for (const [name, archive] of Object.entries(broken)) {
    test(`${name} is refused`, () => {
      assert.throws(() => [...decodeTar(archive)], { name: "PackageError", code: "bad-archive" });
    });
  }

  test("damage is an error or other entries, never anything else", () => {
    const files = [{ ...entry, path: "ü".repeat(80), content: Buffer.from("abc") }];
    for (const dialect of ["pax", "gnu"] as const) {
      fc.assert(
        fc.property(damaged(tarOf(files, dialect)), (octets) => onlyPackageErrors(() => [...decodeTar(octets)])),
      );
    }
  });

  test("what cannot be written is not", () => {
    assert.throws(() => encodeTarHeader({ ...entry, path: "a\0b" }, 0), RangeError);
    assert.throws(() => encodeTarHeader({ ...entry, target: "\0" }, 0), RangeError);
    assert.throws(() => encodeTarHeader({ ...entry, modified: -1 }, 0), RangeError);
    assert.throws(() => encodeTarHeader(entry, 0.5), RangeError);
  });
});

function tarOf(files: readonly TarFile[], dialect: TarDialect): Buffer {
  const pieces = files.flatMap((file) => [
    encodeTarHeader(file, file.content.length, dialect),
    file.content,
    tarPadding(file.content.length),
  ]);
  return Buffer.concat([...pieces, tarEnd]);
}

function changed(change: (block: Buffer) => unknown, isSummed = false): Buffer {
  const block = Buffer.from(encodeTarHeader(entry, 0));
  change(block);
  if (isSummed) block.write(`${tarChecksum(block).toString(8).padStart(6, "0")}\0 `, ustar.checksum[0], "latin1");
  return block;
}

function extended(records: string): Buffer {
  const block = changed((header) => {
    header.write("x", ustar.type[0]);
    header.write(records.length.toString(8).padStart(11, "0"), ustar.size[0]);
  }, true);
  return Buffer.concat([block, Buffer.from(records), tarPadding(records.length)]);
}

function onlyPackageErrors(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof PackageError, String(error));
  }
}

function plain(file: TarFile): object {
  return { ...file, content: Buffer.from(file.content).toString("hex") };
}
