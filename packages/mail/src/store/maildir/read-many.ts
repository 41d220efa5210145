import type { FileBeginning, FileTree } from "@hawser/core";
import { MailStoreError } from "../errors.ts";
import { headerEnd } from "../header-end.ts";
import type { MailBeginning, MailFolder, ReadManyMailOptions } from "../store.ts";
import type { MaildirFolderState } from "./folder-state.ts";
import { manyFilesMax, manyOctetsMax } from "./limits.ts";
import { ToNetworkLines } from "./line-ends.ts";

/** Where the messages are. */
export interface ManyFilesSource {
  readonly tree: FileTree;
  readonly state: MaildirFolderState;
  /** Reads a message that needs more than a look: its file has another name by now, or is a link. */
  readonly folder: Pick<MailFolder, "read">;
}

/** The beginnings of messages; the next batch is read while one is looked at. */
export async function* readManyFiles(
  source: ManyFilesSource,
  uids: readonly number[],
  options: ReadManyMailOptions,
): AsyncGenerator<readonly MailBeginning[]> {
  const batches = batchesOf(source.state, uids, options.octetsMax);
  const begin = (): Promise<readonly MailBeginning[]> | undefined => {
    const batch = batches.next();
    if (batch.done === true) return undefined;
    const reading = readBatch(source, batch.value, options);
    reading.catch(() => {}); // told when its turn comes, if it does
    return reading;
  };
  let next = begin();
  while (next !== undefined) {
    const now = next;
    next = begin();
    yield await now;
  }
}

/** As many at a time as need little memory. */
function* batchesOf(
  state: MaildirFolderState,
  uids: readonly number[],
  octetsMax: number,
): Generator<readonly number[], void> {
  let batch: number[] = [];
  let octets = 0;
  for (const uid of uids) {
    batch.push(uid);
    octets += Math.min(state.index.find(uid)?.octets ?? 0, octetsMax);
    if (batch.length < manyFilesMax && octets < manyOctetsMax) continue;
    yield batch;
    batch = [];
    octets = 0;
  }
  if (batch.length > 0) yield batch;
}

async function readBatch(
  source: ManyFilesSource,
  uids: readonly number[],
  options: ReadManyMailOptions,
): Promise<readonly MailBeginning[]> {
  const found = await readDirectories(source, uids, options);
  const mails: MailBeginning[] = [];
  for (const uid of uids) {
    const file = found.get(uid);
    const octets = source.state.index.find(uid)?.octets;
    if (octets === undefined) continue;
    const mail =
      file === undefined ? await readOne(source, uid, octets, options) : beginning(uid, file, octets, options);
    if (mail !== undefined) mails.push(mail);
  }
  return mails;
}

/** `new` and `cur` at the same time. What is not found where it was seen last is missing in the answer. */
async function readDirectories(
  { tree, state }: ManyFilesSource,
  uids: readonly number[],
  { octetsMax, headerOnly }: ReadManyMailOptions,
): Promise<ReadonlyMap<number, FileBeginning>> {
  const found = new Map<number, FileBeginning>();
  if (tree.readFiles === undefined) return found;
  const options = headerOnly === true ? { octetsMax, until: emptyLine } : { octetsMax };
  const read = async (directory: "cur" | "new"): Promise<void> => {
    const [there, names]: [number[], string[]] = [[], []];
    for (const uid of uids) {
      const place = state.placeOf(uid);
      if (place?.startsWith(directory) !== true) continue;
      there.push(uid);
      names.push(place.slice(4));
    }
    if (there.length === 0) return;
    const files = await tree.readFiles!(state.pathOf(directory), names, options);
    for (const [i, file] of files.entries()) if (file !== undefined) found.set(there[i]!, file);
  };
  await Promise.all([read("cur"), read("new")]);
  return found;
}

/** As it is in most files; where lines end with CRLF it is found later. */
const emptyLine = Buffer.from("\n\n");

/** A file as long as its mail is given as it is. */
function beginning(
  uid: number,
  { octets, fileOctets }: FileBeginning,
  mailOctets: number,
  { anyLines = false, headerOnly = false }: ReadManyMailOptions,
): MailBeginning {
  const isAsItIs = anyLines || fileOctets === mailOctets;
  const given = headerOnly ? octets.subarray(0, headerEnd(octets)) : octets;
  return { uid, octets: isAsItIs ? given : new ToNetworkLines().convert(given), isWhole: given.length === fileOctets };
}

async function readOne(
  { folder }: ManyFilesSource,
  uid: number,
  octets: number,
  { octetsMax }: ReadManyMailOptions,
): Promise<MailBeginning | undefined> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of folder.read(uid, { end: octetsMax })) pieces.push(piece);
  } catch (error) {
    if (error instanceof MailStoreError && error.code === "no-message") return undefined;
    throw error;
  }
  return { uid, octets: Buffer.concat(pieces), isWhole: octets <= octetsMax };
}
