import { constants, type Stats } from "node:fs";
import { chmod, lchown, lstat, open, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { realRandom } from "../real/random.ts";
import { errnoOf } from "./disk-faults.ts";
import { writeAt } from "./disk-file.ts";

/** Makes a file that is not there. A link at its name is an error, wherever it leads. */
export const makeNew: number = constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/**
 * Replaces `name` in a directory: the content is written to a draft beside it (`.hawser-` and random digits; a crash can
 * leave one behind), brought to the medium, and then renamed.
 */
export async function replaceFile(directory: string, name: string, content: Uint8Array): Promise<void> {
  const place = join(directory, name);
  const draft = join(directory, `.hawser-${Buffer.from(realRandom.bytes(8)).toString("hex")}`);
  const mode = await modeToKeep(place);
  try {
    await writeDraft(draft, content, mode);
    await rename(draft, place);
  } catch (error) {
    await unlink(draft).catch(() => {}); // the first error is the one to tell
    throw error;
  }
  await syncDirectory(directory);
}

/** Renames a finished file over another one, whose permissions and owner it takes, and brings the new name to the medium. */
export async function takePlace(source: string, target: string, directory: string): Promise<void> {
  await takeAttributes(source, target);
  await rename(source, target);
  await syncDirectory(directory);
}

/** The owner first, since changing it may clear bits of the mode. Only root may give files away; others keep theirs. */
async function takeAttributes(source: string, target: string): Promise<void> {
  const [ours, theirs] = await Promise.all([lstat(source), statIfThere(target)]);
  if (theirs?.isFile() !== true || !ours.isFile()) return;
  if (theirs.uid !== ours.uid || theirs.gid !== ours.gid)
    await lchown(source, theirs.uid, theirs.gid).catch((error: unknown) => {
      if (errnoOf(error) !== "EPERM") throw error;
    });
  await chmod(source, theirs.mode & 0o777);
}

/** The permissions of the file that is to be replaced. */
async function modeToKeep(place: string): Promise<number | undefined> {
  const stats = await statIfThere(place);
  return stats?.isFile() ? stats.mode & 0o777 : undefined;
}

async function statIfThere(place: string): Promise<Stats | undefined> {
  try {
    return await lstat(place);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function writeDraft(draft: string, content: Uint8Array, mode: number | undefined): Promise<void> {
  const handle = await open(draft, constants.O_WRONLY | makeNew, 0o666);
  try {
    if (mode !== undefined) await handle.chmod(mode);
    await writeAt(handle, 0, content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Brings the new name to the medium too, where directories can be opened and synchronised. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === "win32") return;
  try {
    const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!directoriesCannot.has(errnoOf(error))) throw error;
  }
}

/** We may write in the directory but not read it, or its file system has no such call. */
const directoriesCannot = new Set<string | undefined>(["EACCES", "EINVAL", "ENOTSUP"]);
