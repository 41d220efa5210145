import { FileError, type FileTree, type Reactor } from "@hawser/core";
import { fileAt } from "../config/path.ts";

/** Makes a folder and those above it, for its owner alone where they are new. */
export async function makeFolders(reactor: Reactor, directory: string): Promise<void> {
  const { tree, path } = fileAt(reactor, directory);
  const segments = path.split("/").filter((segment) => segment !== "");
  for (let depth = 1; depth <= segments.length; depth++) {
    const folder = segments.slice(0, depth);
    if (!(await makeFolder(tree, folder))) continue;
    await tree.setAttributes(folder, { mode: 0o700 });
  }
}

/** Copies all files of a tree, with their modes, and leaves alone those that are there already. */
export async function copyTree(from: FileTree, to: FileTree, folder: readonly string[] = []): Promise<void> {
  for (const entry of await from.list(folder)) {
    const path = [...folder, entry.name];
    if (entry.kind === "directory") {
      await makeFolder(to, path);
      await copyTree(from, to, path);
    } else if (entry.kind === "file") await copyFile(from, to, path, entry.mode);
  }
}

async function copyFile(from: FileTree, to: FileTree, path: readonly string[], mode: number): Promise<void> {
  const content = await from.readFile(path);
  try {
    const file = await to.open(path, { write: true, create: "exclusive", mode: mode & 0o777 });
    await file.write(0, content).finally(() => file.close());
  } catch (error) {
    if (!(error instanceof FileError && error.code === "exists")) throw error;
  }
}

/** @returns false when it was there */
async function makeFolder(tree: FileTree, path: readonly string[]): Promise<boolean> {
  try {
    await tree.makeDirectory(path);
    return true;
  } catch (error) {
    if (error instanceof FileError && error.code === "exists") return false;
    throw error;
  }
}
