import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import fc from "fast-check";
import { arMagic, arPadding, decodeAr, encodeArHeader } from "./ar/wire.ts";
import { contents, fileNames, filePaths } from "./archives.test-kit.ts";
import { cpioPadding, decodeCpio, encodeCpioHeader, encodeCpioTrailer } from "./cpio/wire.ts";
import { decodeTar } from "./tar/decode.ts";
import { encodeTarHeader, tarEnd, tarPadding } from "./tar/encode.ts";

/** Files by path; what is a string is a link to it. */
type Files = ReadonlyMap<string, Uint8Array | string>;

const links = fc.oneof(filePaths, fc.constant("../".repeat(50)), fc.constant("t".repeat(120)));
const trees: fc.Arbitrary<Files> = fc
  .array(fc.tuple(filePaths, fc.oneof({ weight: 4, arbitrary: contents }, { weight: 1, arbitrary: links })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((pairs) => new Map(pairs))
  .filter((files) => ![...files.keys()].some((one) => [...files.keys()].some((other) => other.startsWith(`${one}/`))));
const runs = { numRuns: 25 };

describe("Debian's tar", () => {
  for (const dialect of ["pax", "gnu"] as const) {
    test(`unpacks what we write (${dialect})`, (t) => {
      if (!has(t, "tar")) return;
      fc.assert(
        fc.property(trees, (files) => {
          const pieces = [...files].flatMap(([path, content]) => {
            const isLink = typeof content === "string";
            const octets = isLink ? new Uint8Array() : content;
            const entry = {
              type: isLink ? ("link" as const) : ("file" as const),
              path: `./${path}`,
              target: isLink ? content : "",
            };
            const owner = { mode: 0o640, uid: 0, gid: 0, user: "root", group: "root", modified: 1 };
            return [encodeTarHeader({ ...entry, ...owner }, octets.length, dialect), octets, tarPadding(octets.length)];
          });
          inFolder((folder) => {
            call("tar", ["-x", "-f", "-", "-C", folder, "--no-same-owner"], Buffer.concat([...pieces, tarEnd]));
            assert.deepEqual(filesIn(folder), plain(files));
          });
        }),
        runs,
      );
    });
  }

  for (const format of ["ustar", "pax", "gnu", "v7"]) {
    test(`writes what we read (${format})`, (t) => {
      if (!has(t, "tar")) return;
      fc.assert(
        fc.property(trees, (files) => {
          fc.pre(["pax", "gnu"].includes(format) || [...files].every(fitsUstar));
          inFolder((folder) => {
            lay(folder, files);
            const archive = call("tar", ["-c", `--format=${format}`, "-f", "-", "-C", folder, "."]);
            const read = [...decodeTar(archive)].filter(({ type }) => type !== "directory");
            const found = read.map(
              ({ type, path, target, content }) => [path.slice(2), type === "link" ? target : content] as const,
            );
            assert.deepEqual(plain(new Map(found)), plain(files));
          });
        }),
        runs,
      );
    });
  }
});

describe("Debian's cpio", () => {
  test("unpacks what we write", (t) => {
    if (!has(t, "cpio")) return;
    fc.assert(
      fc.property(trees, (files) => {
        const pieces = [...files].flatMap(([path, content], index) => {
          const octets = typeof content === "string" ? Buffer.from(content) : content;
          const mode = typeof content === "string" ? 0o120777 : 0o100640;
          const entry = { path: `./${path}`, mode, inode: index + 1, links: 1, uid: 0, gid: 0, modified: 1 };
          return [encodeCpioHeader(entry, octets.length), octets, cpioPadding(octets.length)];
        });
        inFolder((folder) => {
          call("cpio", ["-i", "-d", "--quiet", "-D", folder], Buffer.concat([...pieces, encodeCpioTrailer()]));
          assert.deepEqual(filesIn(folder), plain(files));
        });
      }),
      runs,
    );
  });

  test("writes what we read", (t) => {
    if (!has(t, "cpio")) return;
    fc.assert(
      fc.property(trees, (files) => {
        inFolder((folder) => {
          lay(folder, files);
          const list = Buffer.from([...files.keys()].map((path) => `./${path}\0`).join(""));
          const archive = call("cpio", ["-o", "-0", "-H", "newc", "--quiet", "-D", folder], list);
          const found = [...decodeCpio(archive)].map(({ path, mode, content }) => {
            return [
              path.replace(/^\.\//, ""),
              (mode & 0o170000) === 0o120000 ? Buffer.from(content).toString() : content,
            ] as const;
          });
          assert.deepEqual(plain(new Map(found)), plain(files));
        });
      }),
      runs,
    );
  });
});

describe("Debian's ar", () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9._-]{0,14}$/), { minLength: 1, maxLength: 4 });

  test("unpacks what we write", (t) => {
    if (!has(t, "ar")) return;
    fc.assert(
      fc.property(names, contents, (all, content) => {
        const owner = { modified: 1, uid: 0, gid: 0, mode: 0o100644 };
        const pieces = all.flatMap((name) => [
          encodeArHeader({ name, ...owner }, content.length),
          content,
          arPadding(content.length),
        ]);
        inFolder((folder) => {
          writeFileSync(join(folder, "x.a"), Buffer.concat([arMagic, ...pieces]));
          mkdirSync(join(folder, "out"));
          call("ar", ["x", "--output", join(folder, "out"), join(folder, "x.a")]);
          assert.deepEqual(filesIn(join(folder, "out")), plain(new Map(all.map((name) => [name, content]))));
        });
      }),
      runs,
    );
  });

  test("writes what we read, long names and all", (t) => {
    if (!has(t, "ar")) return;
    const files = fc.uniqueArray(
      fileNames.filter((name) => /^[\w.]+$/.test(name) && !name.startsWith("-")),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(files, contents, (all, content) => {
        inFolder((folder) => {
          lay(folder, new Map(all.map((name) => [name, content])));
          call("ar", ["qcS", join(folder, "x.a"), ...all.map((name) => join(folder, name))]);
          const found = [...decodeAr(readFileSync(join(folder, "x.a")))].map((one) => [one.name, one.content] as const);
          assert.deepEqual(plain(new Map(found)), plain(new Map(all.map((name) => [name, content]))));
        });
      }),
      runs,
    );
  });
});

function has(t: TestContext, program: string): boolean {
  const isThere = spawnSync(program, ["--version"]).error === undefined;
  if (!isThere) t.skip(`${program} is not installed`);
  return isThere;
}

function call(program: string, words: readonly string[], input: Uint8Array = new Uint8Array()): Buffer {
  const { status, stdout, stderr } = spawnSync(program, words, {
    input,
    env: { PATH: process.env["PATH"], LC_ALL: "C.UTF-8" },
  });
  assert.equal(status, 0, `${program} ${words.join(" ")}: ${stderr}`);
  return stdout;
}

function inFolder(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "hawser-archive-"));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function lay(folder: string, files: Files): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (typeof content === "string") symlinkSync(content, join(folder, path));
    else writeFileSync(join(folder, path), content);
  }
}

function filesIn(folder: string): Readonly<Record<string, string>> {
  return plain(new Map(walk(folder, "")));
}

/** Never through a link: some of ours lead to the root of the machine. */
function* walk(folder: string, below: string): Generator<readonly [string, Uint8Array | string]> {
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.isSymbolicLink()) yield [path, readlinkSync(join(folder, path))];
    else if (entry.isDirectory()) yield* walk(folder, path);
    else yield [path, readFileSync(join(folder, path))];
  }
}

function plain(files: Files): Readonly<Record<string, string>> {
  const entries = [...files].map(([path, content]) => [
    path,
    typeof content === "string" ? `-> ${content}` : Buffer.from(content).toString("hex"),
  ]);
  return Object.fromEntries(entries.sort(([one], [other]) => (one! < other! ? -1 : 1)));
}

function fitsUstar([path, content]: readonly [string, Uint8Array | string]): boolean {
  return Buffer.byteLength(path) < 95 && (typeof content !== "string" || Buffer.byteLength(content) < 100);
}
