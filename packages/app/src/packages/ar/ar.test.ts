import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { contents, damaged } from "../archives.test-kit.ts";
import { PackageError } from "../errors.ts";
import { type ArMember, arMagic, arPadding, decodeAr, encodeArHeader } from "./wire.ts";

const members = fc.array(
  fc.record({
    name: fc.stringMatching(/^[a-z][a-z0-9._-]{0,15}$/),
    content: contents,
    modified: fc.nat(2 ** 31),
    uid: fc.nat(999_999),
    gid: fc.nat(999_999),
    mode: fc.nat(0o7777).map((bits) => 0o100000 | bits),
  }),
  { maxLength: 4 },
);

/** An archive of members. */
export function arOf(all: readonly ArMember[]): Buffer {
  const pieces = all.flatMap((one) => [
    encodeArHeader(one, one.content.length),
    one.content,
    arPadding(one.content.length),
  ]);
  return Buffer.concat([arMagic, ...pieces]);
}

const header = (name: string, size: string, mode = "100644") =>
  `${name.padEnd(16)}0           0     0     ${mode.padEnd(8)}${size.padEnd(10)}\`\n`;

describe("ar", () => {
  test("what is written is read back", () => {
    fc.assert(fc.property(members, (all) => assert.deepEqual([...decodeAr(arOf(all))].map(plain), all.map(plain))));
  });

  test("GNU's long names, and System V's short ones, are read", () => {
    const names = "a-name-that-is-longer-than-16/\nanother-one-of-such-names/\n";
    const archive = `!<arch>\n${header("/", "4")}\0\0\0\0${header("//", String(names.length))}${names}${header("/31", "2")}hi${header("short/", "0")}`;
    assert.deepEqual(
      [...decodeAr(Buffer.from(archive))].map(({ name }) => name),
      ["another-one-of-such-names", "short"],
    );
  });

  const broken: Readonly<Record<string, string>> = {
    "no magic": "!<arch>",
    "half a header": "!<arch>\nname",
    "no end of a header": `!<arch>\n${header("a", "0").replace("`\n", "xx")}`,
    "a length that is none": `!<arch>\n${header("a", "1x")}`,
    "a mode that is not octal": `!<arch>\n${header("a", "0", "9")}`,
    "a member longer than the archive": `!<arch>\n${header("a", "5")}abc`,
    "a long name that is nowhere": `!<arch>\n${header("/7", "0")}`,
  };
  for (const [name, archive] of Object.entries(broken)) {
    test(`${name} is refused`, () => {
      assert.throws(() => [...decodeAr(Buffer.from(archive))], { name: "PackageError", code: "bad-archive" });
    });
  }

  test("damage is an error or other members, never anything else", () => {
    const archive = arOf([
      { name: "debian-binary", content: Buffer.from("2.0\n"), modified: 1, uid: 0, gid: 0, mode: 0o100644 },
    ]);
    fc.assert(fc.property(damaged(archive), (octets) => onlyPackageErrors(() => [...decodeAr(octets)])));
  });

  test("what has no room is not written", () => {
    const member = { name: "a", modified: 0, uid: 0, gid: 0, mode: 0o100644 };
    for (const name of ["", "a b", "a/b", "seventeen-letters", "ü", "a\n"]) {
      assert.throws(() => encodeArHeader({ ...member, name }, 0), RangeError, name);
    }
    for (const uid of [-1, 0.5, 1_000_000]) assert.throws(() => encodeArHeader({ ...member, uid }, 0), RangeError);
    assert.throws(() => encodeArHeader(member, 10 ** 10), RangeError);
  });
});

function onlyPackageErrors(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof PackageError, String(error));
  }
}

function plain(member: ArMember): object {
  return { ...member, content: Buffer.from(member.content).toString("hex") };
}
