import assert from "node:assert/strict";
import type { FileErrorCode, FileTree, OpenFile, TreePath } from "../files/tree.ts";

/** Every call is refused with this code. */
export async function fails(code: FileErrorCode, ...calls: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(calls)) {
    assert.equal(result.status, "rejected", `expected ${code}`);
    const { name, code: actual } = result.reason as { name: string; code: string };
    assert.deepEqual({ name, code: actual }, { name: "FileError", code }, String(result.reason));
  }
}

/** What a file says. */
export async function textOf(tree: FileTree, path: TreePath): Promise<string> {
  return Buffer.from(await tree.readFile(path)).toString();
}

/** What an open file says at an offset. */
export async function textAt(file: OpenFile, offset: number, octets: number): Promise<string> {
  return Buffer.from(await file.read(offset, octets)).toString();
}

/** What is in a directory. */
export async function namesIn(tree: FileTree, path: TreePath): Promise<readonly string[]> {
  return (await tree.list(path)).map((entry) => entry.name);
}
