import type { FileBeginning, FilesReadOptions } from "../../files/tree.ts";
import { NodeThreads } from "../threads.ts";
import type { FilesRead } from "./worker.ts";

/** One for all trees: a thread is at work while files are read, and gone soon after. */
const threads = new NodeThreads();

/**
 * Reads files of a directory in a thread, one after the other with blocking calls: a call that waits its turn in the loop
 * costs several times what such a call does, and here there are thousands.
 * @param directory its path, which goes on meaning this directory for all threads of the process
 */
export async function readInThread(
  directory: string,
  names: readonly string[],
  { octetsMax, until }: FilesReadOptions,
): Promise<readonly (FileBeginning | undefined)[]> {
  const module = new URL(import.meta.resolve("#disk-reading"));
  const parameters = [directory, names, octetsMax, until];
  const read = await threads.run<FilesRead>(module, "readBeginnings", parameters).catch(() => undefined);
  if (read === undefined) return names.map(() => undefined); // a process that may have no threads opens each
  const { octets, lengths, sizes, times } = read;
  let at = 0;
  return names.map((_, i) => {
    const length = lengths[i]!;
    if (length < 0) return undefined;
    const start = at;
    at += length;
    return { octets: octets.subarray(start, at), fileOctets: sizes[i]!, modified: times[i]! };
  });
}
