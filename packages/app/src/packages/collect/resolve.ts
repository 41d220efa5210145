import { FileError, type FileTree } from "@hawser/core";

/**
 * Finds a package as Node does: in the `node_modules` of the folder that asks, and of every folder above it.
 * @param from where the one who asks really lies, relative to the tree's root
 * @returns where it really lies in the tree, links followed; `undefined` when it is nowhere
 */
export async function resolveInstalled(tree: FileTree, from: string, name: string): Promise<string | undefined> {
  const segments = from === "" ? [] : from.split("/");
  for (let depth = segments.length; depth >= 0; depth--) {
    if (segments[depth - 1] === "node_modules") continue;
    const folder = [...segments.slice(0, depth), "node_modules", name].join("/");
    if (await isFile(tree, `${folder}/package.json`)) return realFolder(tree, folder);
  }
  return undefined;
}

async function isFile(tree: FileTree, path: string): Promise<boolean> {
  try {
    return (await tree.stat(path)).kind === "file";
  } catch (error) {
    if (error instanceof FileError && ["not-found", "not-a-directory"].includes(error.code)) return false;
    throw error;
  }
}

/** Where a link of a workspace leads. Trees that lie on no disk have no links. */
async function realFolder(tree: FileTree, folder: string): Promise<string> {
  if (tree.locate === undefined) return folder;
  const [root, real] = [await tree.locate(""), await tree.locate(folder)];
  return real.slice(root === "/" ? 1 : root.length + 1).replaceAll("\\", "/");
}
