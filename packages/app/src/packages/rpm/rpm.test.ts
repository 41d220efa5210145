import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { whole } from "../archives.test-kit.ts";
import { decodeCpio } from "../cpio/wire.ts";
import type { PackageEntry } from "../entry.ts";
import type { RpmDescription } from "./description.ts";
import { encodeRpmHeader } from "./header.ts";
import { rpmTags } from "./tags.ts";
import { writeRpm } from "./write.ts";

const entries: readonly PackageEntry[] = [
  { type: "directory", path: "/usr/lib/my-site" },
  { type: "file", path: "/usr/lib/my-site/index.js", content: "code", mode: 0o755 },
  { type: "file", path: "/etc/my-site.tap", content: "tap", config: true, group: "my-site", mode: 0o640 },
  { type: "link", path: "/usr/bin/my-site", target: "../lib/my-site/index.js" },
  { type: "ghost", path: "/var/log/my-site.log" },
];
const description: RpmDescription = {
  name: "my-site",
  version: "1.0",
  architecture: "noarch",
  maintainer: "Ada Lovelace <ada@example.org>",
  summary: "Web server of one page",
  license: "MIT",
  entries,
  modified: 1_000_000_000,
};
const rpm = (more: Partial<RpmDescription> = {}) => whole(writeRpm({ ...description, ...more }));

interface Header {
  readonly end: number;
  readonly values: ReadonlyMap<number, Buffer>;
}

/** A header as rpm takes it apart: where it ends, and where in its store each value begins. */
function headerAt(archive: Buffer, at: number): Header {
  assert.equal(archive.toString("hex", at, at + 8), "8eade80100000000");
  const [count, size] = [archive.readUInt32BE(at + 8), archive.readUInt32BE(at + 12)];
  const store = at + 16 + count * 16;
  const entry = (index: number) => archive.subarray(at + 16 + index * 16, at + 32 + index * 16);
  const values = Array.from(
    { length: count },
    (_, index) =>
      [entry(index).readUInt32BE(0), archive.subarray(store + entry(index).readUInt32BE(8), store + size)] as const,
  );
  return { end: store + size, values: new Map(values) };
}

function text(value: Buffer | undefined): string {
  return value!.toString("latin1", 0, value!.indexOf(0));
}

describe("an RPM", () => {
  test("has a lead, a signature, a header and files, and their digests are right", async () => {
    const archive = await rpm();
    assert.equal(archive.toString("hex", 0, 6), "edabeedb0300");
    const signature = headerAt(archive, 96);
    const start = Math.ceil(signature.end / 8) * 8;
    const { end, values } = headerAt(archive, start);
    const header = archive.subarray(start, end);
    const payload = archive.subarray(end);
    assert.equal(text(signature.values.get(269)), createHash("sha1").update(header).digest("hex"));
    assert.equal(text(signature.values.get(273)), createHash("sha256").update(header).digest("hex"));
    assert.equal(signature.values.get(1000)!.readUInt32BE(0), header.length + payload.length);
    assert.deepEqual(
      signature.values.get(1004)!.subarray(0, 16),
      createHash("md5").update(header).update(payload).digest(),
    );
    assert.equal(signature.values.get(1007)!.readUInt32BE(0), gunzipSync(payload).length);
    assert.equal(text(values.get(5092)), createHash("sha256").update(payload).digest("hex"));
    assert.equal(text(values.get(5097)), createHash("sha256").update(gunzipSync(payload)).digest("hex"));
    assert.equal(text(values.get(1000)), "my-site");
  });

  test("packs everything but ghosts", async () => {
    const archive = await rpm();
    const { end } = headerAt(archive, Math.ceil(headerAt(archive, 96).end / 8) * 8);
    const files = [...decodeCpio(gunzipSync(archive.subarray(end)))];
    assert.deepEqual(
      files.map(({ path, mode, content }) => [path, mode.toString(8), Buffer.from(content).toString()]),
      [
        ["./etc/my-site.tap", "100640", "tap"],
        ["./usr/bin/my-site", "120777", "../lib/my-site/index.js"],
        ["./usr/lib/my-site", "40755", ""],
        ["./usr/lib/my-site/index.js", "100755", "code"],
      ],
    );
  });

  test("is the same whenever it is made", async () => {
    assert.deepEqual(await rpm(), await rpm({ entries: entries.toReversed() }));
    assert.notDeepEqual(await rpm(), await rpm({ modified: 1 }));
  });

  test("may be empty", async () => {
    assert.ok((await rpm({ entries: [] })).length > 96);
  });
});

describe("an RPM's header", () => {
  test("is one region, values sorted by tag and numbers aligned", () => {
    const octets = Buffer.from(
      encodeRpmHeader(63, rpmTags, { fileModes: [0o644], name: "a", size: [7], fileUsers: [] }),
    );
    assert.equal(
      octets.toString("hex"),
      [
        "8eade80100000000" + "00000004" + "0000001a",
        "0000003f" + "00000007" + "0000000a" + "00000010",
        "000003e8" + "00000006" + "00000000" + "00000001",
        "000003f1" + "00000004" + "00000004" + "00000001",
        "00000406" + "00000003" + "00000008" + "00000001",
        "6100" + "0000" + "00000007" + "01a4",
        "0000003f" + "00000007" + "ffffffc0" + "00000010",
      ].join(""),
    );
  });

  test("takes no text with NUL", () => {
    assert.throws(() => encodeRpmHeader(63, rpmTags, { name: "a\0b" }), RangeError);
  });
});

describe("an RPM is refused for", () => {
  const fields: Readonly<Record<string, Partial<RpmDescription>>> = {
    "a name with a space": { name: "my site" },
    "a version with a hyphen": { version: "1-2" },
    "a release with a hyphen": { release: "1-2" },
    "a maintainer without an address": { maintainer: "Ada" },
    "a summary of two lines": { summary: "one\ntwo" },
    "a description with NUL": { description: "a\0b" },
    "a license with a line end": { license: "MIT\nBSD" },
    "no license": { license: "" },
    "a homepage that is none": { homepage: "example.org" },
    "a group of two lines": { group: "a\nb" },
    "a dependency that is none": { requires: ["nodejs => 20"] },
    "a provided thing with NUL": { provides: ["a\0b"] },
    "a script without an interpreter": { scripts: { preInstall: "exit 0" } },
    "a time that is none": { modified: -1 },
  };
  for (const [name, field] of Object.entries(fields)) {
    test(name, async () => {
      await assert.rejects(rpm(field), { name: "PackageError", code: "bad-field" });
    });
  }

  test("a path that leads out", async () => {
    await assert.rejects(rpm({ entries: [{ type: "directory", path: "/usr/../etc" }] }), { code: "bad-path" });
  });
});
