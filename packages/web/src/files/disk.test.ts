import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { nodeReactor } from "@hawser/core/node";
import { ask } from "../testing/ask.test.kit.ts";
import { files, type HttpFiles } from "./index.ts";

describe("files on a disk", () => {
  let folder = "";
  let site: HttpFiles;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hawser-files-"));
    await mkdir(join(folder, "site/sub"), { recursive: true });
    await writeFile(join(folder, "secret.txt"), "secret");
    await writeFile(join(folder, "site/page.html"), "page");
    await writeFile(join(folder, "site/large.bin"), Buffer.alloc(500_000, "x"));
    await symlink("page.html", join(folder, "site/inside.html"));
    await symlink("../secret.txt", join(folder, "site/outside.txt"));
    await symlink("..", join(folder, "site/up"));
    site = files(join(folder, "site"));
  });
  after(() => rm(folder, { recursive: true }));

  const get = (path: string, fields: readonly string[] = []) =>
    ask(site, `GET ${path}`, fields, { reactor: nodeReactor });
  const rows = [
    ["/page.html", 200],
    ["/inside.html", 200],
    ["/outside.txt", 404],
    ["/up/secret.txt", 404],
    ["/up/", 404],
    ["/../secret.txt", 400],
    ["/sub/%2e%2e/%2e%2e/secret.txt", 400],
  ] as const;
  for (const [path, status] of rows) {
    test(`${path} is answered with ${status}`, async () => {
      const answer = await get(path);
      assert.equal(answer.status, status);
      assert.doesNotMatch(answer.body, /secret|hawser-files/);
    });
  }

  test("the page of the folder shows nothing that leads out", async () => {
    const { body } = await get("/");
    assert.match(body, /inside\.html/);
    assert.doesNotMatch(body, /outside\.txt|>up</);
  });

  test("a large file is streamed, whole and in part", async () => {
    assert.equal((await get("/large.bin")).octets.length, 500_000);
    const part = await get("/large.bin", ["Range: bytes=100000-399999"]);
    assert.deepEqual([part.status, part.octets.length], [206, 300_000]);
  });
});
