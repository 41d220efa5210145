import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { decodeAr } from "../ar/wire.ts";
import { whole } from "../archives.test-kit.ts";
import type { PackageEntry } from "../entry.ts";
import { decodeTar } from "../tar/decode.ts";
import { type DebControl, formatDebControl } from "./control.ts";
import { type DebDescription, writeDeb } from "./write.ts";

const control: DebControl = {
  name: "my-site",
  version: "1.0~rc1",
  architecture: "all",
  maintainer: "Ada Lovelace <ada@example.org>",
  summary: "web server of one page",
  description: "It serves.\n\nIt stops.\n",
  depends: ["nodejs (>= 20.19)", "passwd"],
  homepage: "https://www.example.org/",
};
const file = (path: string, content = "x", more: object = {}): PackageEntry => ({
  type: "file",
  path,
  content,
  ...more,
});
const deb = (more: Partial<DebDescription> = {}) =>
  whole(writeDeb({ control, entries: [], modified: 1_000_000_000, ...more }));

/** The files of a deb's archives, by the archive's name and their path. */
async function unpacked(archive: Promise<Uint8Array>): Promise<ReadonlyMap<string, string>> {
  const found = [...decodeAr(await archive)].flatMap(({ name, content }) =>
    name.endsWith(".gz")
      ? [...decodeTar(gunzipSync(content))].map(
          (one) => [`${name} ${one.path}`, Buffer.from(one.content).toString()] as const,
        )
      : [[name, Buffer.from(content).toString()] as const],
  );
  return new Map(found);
}

describe("a deb", () => {
  const entries: readonly PackageEntry[] = [
    file("/usr/lib/my-site/index.js", "code"),
    file("/etc/my-site/my-site.tap", "tap", { config: true }),
    { type: "link", path: "/usr/bin/my-site", target: "../lib/my-site/index.js" },
    { type: "ghost", path: "/var/log/my-site.log" },
  ];

  test("has its three members, sums, conffiles, scripts, and the folders above its files", async () => {
    const files = await unpacked(deb({ entries, scripts: { postinst: "#!/bin/sh\nexit 0\n" } }));
    assert.deepEqual(
      [...files.keys()],
      [
        "debian-binary",
        "control.tar.gz .",
        "control.tar.gz ./conffiles",
        "control.tar.gz ./control",
        "control.tar.gz ./md5sums",
        "control.tar.gz ./postinst",
        "data.tar.gz .",
        "data.tar.gz ./etc",
        "data.tar.gz ./etc/my-site",
        "data.tar.gz ./etc/my-site/my-site.tap",
        "data.tar.gz ./usr",
        "data.tar.gz ./usr/bin",
        "data.tar.gz ./usr/bin/my-site",
        "data.tar.gz ./usr/lib",
        "data.tar.gz ./usr/lib/my-site",
        "data.tar.gz ./usr/lib/my-site/index.js",
      ],
    );
    assert.equal(files.get("debian-binary"), "2.0\n");
    assert.equal(files.get("control.tar.gz ./conffiles"), "/etc/my-site/my-site.tap\n");
    assert.equal(files.get("control.tar.gz ./md5sums"), "c13367945d5d4c91047b3b50234aa7ab  usr/lib/my-site/index.js\n");
    assert.equal(files.get("data.tar.gz ./usr/lib/my-site/index.js"), "code");
  });

  test("says what it is", () => {
    assert.equal(
      formatDebControl(control, 3000),
      `Package: my-site
Version: 1.0~rc1
Section: net
Priority: optional
Architecture: all
Maintainer: Ada Lovelace <ada@example.org>
Installed-Size: 3
Depends: nodejs (>= 20.19), passwd
Homepage: https://www.example.org/
Description: web server of one page
 It serves.
 .
 It stops.
`,
    );
  });

  test("is the same whenever it is made, in whatever order its files were named", async () => {
    assert.deepEqual(await deb({ entries }), await deb({ entries: entries.toReversed() }));
    assert.notDeepEqual(await deb({ entries }), await deb({ entries, modified: 1 }));
  });

  test("may have a revision", () => {
    assert.match(formatDebControl({ ...control, version: "1.0", revision: "2" }, 0), /^Version: 1\.0-2$/m);
  });
});

describe("a deb is refused for", () => {
  const fields: Readonly<Record<string, Partial<DebControl>>> = {
    "a name with a capital": { name: "My-site" },
    "a name of one letter": { name: "m" },
    "a name that leads elsewhere": { name: "../etc" },
    "a name with a line end": { name: "my-site\nEssential: yes" },
    "a version with a line end": { version: "1\nEssential: yes" },
    "a version with a hyphen": { version: "1.0-beta.1" },
    "a version with an epoch": { version: "1:1.0" },
    "a version without a digit": { version: "latest" },
    "no version": { version: "" },
    "a revision with a space": { revision: "1 2" },
    "a maintainer without an address": { maintainer: "Ada Lovelace" },
    "a maintainer with a line end": { maintainer: "Ada\nEssential: yes <ada@example.org>" },
    "a maintainer with two addresses": { maintainer: "Ada <a@example.org> <b@example.org>" },
    "a maintainer without a name": { maintainer: "<ada@example.org>" },
    "an endless maintainer": { maintainer: `${"A".repeat(300)} <ada@example.org>` },
    "a summary of two lines": { summary: "one\ntwo" },
    "a summary with another line separator": { summary: "one\u2028two" },
    "no summary": { summary: " " },
    "a description with a carriage return": { description: "one\r\ntwo" },
    "a description that says nothing": { description: "\n \n" },
    "a homepage that runs code": { homepage: "javascript:alert(1)" },
    "a homepage with a line end": { homepage: "https://example.org/\nEssential: yes" },
    "a dependency with a line end": { depends: ["a\nEssential: yes"] },
    "a dependency with a comma": { depends: ["a, b"] },
    "a section with a space": { section: "net net" },
  };
  for (const [name, field] of Object.entries(fields)) {
    test(name, async () => {
      await assert.rejects(deb({ control: { ...control, ...field } }), { name: "PackageError", code: "bad-field" });
    });
  }

  const lazy = (octets: number, given: number) => ({
    octets,
    read: async function* () {
      yield new Uint8Array(given);
    },
  });
  const bad: Readonly<Record<string, readonly [code: string, ...entries: PackageEntry[]]>> = {
    "a relative path": ["bad-path", file("etc/x")],
    "a path that leads out": ["bad-path", file("/usr/../etc/passwd")],
    "a path that leads nowhere": ["bad-path", file("/usr//x")],
    "the root": ["bad-path", file("/")],
    "a path with a line end": ["bad-path", file("/etc/a\n/etc/b")],
    "a path with NUL": ["bad-path", file("/etc/a\0")],
    "an endless path": ["bad-path", file(`/${"x/".repeat(3000)}x`)],
    "a name of 256 octets": ["bad-path", file(`/${"x".repeat(256)}`)],
    "a link that leads to no name": ["bad-path", { type: "link", path: "/a", target: "" }],
    "two files at one path": ["duplicate-path", file("/etc/a"), file("/etc/a")],
    "a file below a file": ["bad-path", file("/etc/a"), file("/etc/a/b")],
    "a file below a link": ["bad-path", { type: "link", path: "/etc/a", target: "/" }, file("/etc/a/b")],
    "a mode that is none": ["bad-field", file("/a", "x", { mode: 0o10000 })],
    "an owner that is none": ["bad-field", file("/a", "x", { user: "a:b" })],
    "a file that became longer": ["file-changed", { type: "file", path: "/a", content: lazy(3, 4) }],
    "a file that became shorter": ["file-changed", { type: "file", path: "/a", content: lazy(3, 2) }],
    "a file of 4 GiB": ["too-large", { type: "file", path: "/a", content: lazy(2 ** 32, 0) }],
    "more than is allowed together": ["too-large", { type: "file", path: "/a", content: lazy(2 ** 31, 0) }],
  };
  for (const [name, [code, ...entries]] of Object.entries(bad)) {
    test(name, async () => {
      await assert.rejects(deb({ entries }), { name: "PackageError", code });
    });
  }

  const scripts = {
    "a script without an interpreter": "exit 0",
    "a script with NUL": "#!/bin/sh\n\0",
    "an endless script": `#!/bin/sh\n${"#".repeat(2 ** 17)}`,
  };
  for (const [name, postinst] of Object.entries(scripts)) {
    test(name, async () => {
      await assert.rejects(deb({ scripts: { postinst } }), { name: "PackageError", code: "bad-field" });
    });
  }

  test("a time that is none", async () => {
    for (const modified of [-1, 0.5, Number.NaN, 2 ** 32])
      await assert.rejects(deb({ modified }), { code: "bad-field" });
  });

  test("a signal that was given", async () => {
    const archive = writeDeb(
      { control, entries: [file("/a")], modified: 0 },
      { signal: AbortSignal.abort(new Error("enough")) },
    );
    await assert.rejects(whole(archive), { message: "enough" });
  });
});
