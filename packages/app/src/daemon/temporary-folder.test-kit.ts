import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A folder for one test; it goes with it. @returns paths in it */
export function temporaryFolder(context: TestContext): (name?: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "hawser-app-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return (name = ".") => join(folder, name);
}
