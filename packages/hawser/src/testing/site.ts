import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder of files for a test; it is removed with it. */
export interface TestSite extends AsyncDisposable {
  readonly folder: string;
  path(name: string): string;
}

/** Writes files by their path; those in a `cgi-bin` folder may be run. */
export async function testSite(contents: Readonly<Record<string, string | Uint8Array>>): Promise<TestSite> {
  const folder = await mkdtemp(join(tmpdir(), "hawser-site-"));
  const path = (name: string) => join(folder, name);
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(dirname(path(name)), { recursive: true });
    await writeFile(path(name), content);
    if (name.includes("cgi-bin/")) await chmod(path(name), 0o755);
  }
  return { folder, path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
