import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { type FileTree, memoryTree } from "@hawser/core";
import { whole } from "../archives.test-kit.ts";
import { decodeTar } from "../tar/decode.ts";
import { type OciDescription, ociUserId, writeOci } from "./write.ts";

const description: OciDescription = {
  name: "my-site",
  version: "1.0~rc1",
  maintainer: "Ada Lovelace <ada@example.org>",
  summary: "web server of one page",
  architecture: "",
  entries: [
    { type: "file", path: "/usr/lib/my-site/index.js", content: "code" },
    { type: "directory", path: "/var/lib/my-site", user: "my-site", group: "my-site" },
    { type: "ghost", path: "/var/log/my-site.log" },
  ],
  command: ["/usr/bin/env", "node", "/usr/lib/my-site/index.js"],
  directory: "/var/lib/my-site",
  user: "my-site",
  modified: 1_000_000_000,
};

/** The files of a layout. */
async function layout(more: Partial<OciDescription> = {}): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = decodeTar(await whole(writeOci({ ...description, ...more })));
  return new Map([...files].filter(({ type }) => type === "file").map(({ path, content }) => [path, content]));
}

const json = (files: ReadonlyMap<string, Uint8Array>, path: string) =>
  JSON.parse(Buffer.from(files.get(path)!).toString());
const blobPath = (digest: string) => digest.replace(/^sha256:/, "blobs/sha256/");

function image(files: ReadonlyMap<string, Uint8Array>) {
  const manifest = json(files, blobPath(json(files, "index.json").manifests[0].digest));
  return { manifest, config: json(files, blobPath(manifest.config.digest)) };
}

function treeOf(files: ReadonlyMap<string, Uint8Array>): FileTree {
  return memoryTree(Object.fromEntries(files));
}

describe("an OCI image", () => {
  test("names every blob by its digest, and the layer by what it unpacks to", async () => {
    const files = await layout();
    for (const [path, content] of files) {
      if (path.startsWith("blobs/"))
        assert.equal(path, `blobs/sha256/${createHash("sha256").update(content).digest("hex")}`);
    }
    const { manifest, config } = image(files);
    const layer = gunzipSync(files.get(blobPath(manifest.layers[0].digest))!);
    assert.deepEqual(config.rootfs.diff_ids, [`sha256:${createHash("sha256").update(layer).digest("hex")}`]);
    assert.deepEqual(
      [...decodeTar(layer)].map(({ path, uid }) => [path, uid]),
      [
        ["usr/lib/my-site/index.js", 0],
        ["var/lib/my-site", ociUserId],
      ],
    );
    assert.deepEqual(json(files, "oci-layout"), { imageLayoutVersion: "1.0.0" });
    assert.equal(config.created, "2001-09-09T01:46:40Z");
    assert.deepEqual(config.config.Entrypoint, description.command);
  });

  test("may stand on another one", async () => {
    const base = await layout({
      name: "base",
      architecture: "arm64",
      entries: [{ type: "file", path: "/bin/node", content: "node" }],
    });
    const files = await layout({ base: treeOf(base) });
    const { manifest, config } = image(files);
    assert.equal(config.architecture, "arm64");
    assert.equal(manifest.layers.length, 2);
    assert.equal(manifest.layers[0].digest, image(base).manifest.layers[0].digest);
    assert.equal(config.rootfs.diff_ids.length, 2);
    assert.equal(config.history.length, 2);
    assert.deepEqual(files.get(blobPath(manifest.layers[0].digest)), base.get(blobPath(manifest.layers[0].digest)));
  });

  test("is the same whenever it is made", async () => {
    assert.deepEqual(await whole(writeOci(description)), await whole(writeOci(description)));
  });

  const bases: Readonly<Record<string, (files: Map<string, Uint8Array>) => void>> = {
    "holds no image": (files) => files.set("index.json", Buffer.from('{"manifests":[]}')),
    "has no index that is JSON": (files) => files.set("index.json", Buffer.from("{")),
    "has no list of images": (files) => files.set("index.json", Buffer.from("null")),
    "has a digest that leads out": (files) =>
      files.set("index.json", Buffer.from('{"manifests":[{"digest":"sha256:../../etc/passwd"}]}')),
    "has a blob that was changed": (files) => {
      const [path, content] = [...files].find(([, octets]) => Buffer.from(octets).includes('"layers"'))!;
      files.set(path, Buffer.concat([content, Buffer.from(" ")]));
    },
  };
  for (const [name, damage] of Object.entries(bases)) {
    test(`is refused on a base that ${name}`, async () => {
      const files = new Map(await layout());
      damage(files);
      await assert.rejects(layout({ base: treeOf(files) }), { name: "PackageError", code: "bad-archive" });
    });
  }

  test("is refused when its description is", async () => {
    for (const more of [
      { name: "A" },
      { version: "1-1" },
      { maintainer: "A" },
      { summary: "" },
      { modified: -1 },
      { homepage: "x" },
    ]) {
      await assert.rejects(layout(more), { code: "bad-field" });
    }
  });
});
