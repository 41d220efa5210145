import { closeSync, constants, lstatSync, openSync, readSync } from "node:fs";

/** What was read of many files. */
export interface FilesRead {
  /** What they begin with, one behind the other. */
  readonly octets: Uint8Array;
  /** How much of {@link octets} is of each; -1 for one that could not be read. */
  readonly lengths: Float64Array;
  /** How long each file is, and when it was changed, in milliseconds since 1970. */
  readonly sizes: Float64Array;
  readonly times: Float64Array;
}

/** Runs in a worker thread: it blocks. Links are not followed, and what is no plain file is not opened. */
export function readBeginnings(
  directory: string,
  names: readonly string[],
  octetsMax: number,
  until: Uint8Array | undefined,
): FilesRead {
  const lengths = new Float64Array(names.length).fill(-1);
  const sizes = new Float64Array(names.length);
  const times = new Float64Array(names.length);
  let used = 0;
  for (const [i, name] of names.entries()) {
    const path = `${directory}/${name}`;
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() !== true) continue;
    const wanted = Math.min(stats.size, octetsMax);
    if (used + wanted > room.length) room = grown(room, used, used + wanted);
    if (wanted > 0 && readOne(path, room, used, wanted) < wanted) continue; // it was cut meanwhile, or may not be read
    lengths[i] = lengthUntil(room, used, wanted, until);
    sizes[i] = stats.size;
    times[i] = stats.mtimeMs;
    used += lengths[i]!;
  }
  return { octets: room.slice(0, used), lengths, sizes, times };
}

function lengthUntil(octets: Uint8Array, from: number, length: number, until: Uint8Array | undefined): number {
  const at = until === undefined ? -1 : Buffer.from(octets.buffer, from, length).indexOf(until);
  return at === -1 ? length : at + until!.length;
}

/** Its octets from the first on; -1: it cannot be opened. */
function readOne(path: string, into: Uint8Array, start: number, wanted: number): number {
  let file: number | undefined;
  try {
    file = openSync(path, flags);
    let length = 0;
    while (length < wanted) {
      const more = readSync(file, into, start + length, wanted - length, length);
      if (more === 0) break;
      length += more;
    }
    return length;
  } catch {
    return -1; // whoever wants to know why opens it
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function grown(before: Uint8Array, used: number, octets: number): Uint8Array {
  const after = new Uint8Array(Math.max(octets, 2 * before.length));
  after.set(before.subarray(0, used));
  return after;
}

/** Kept from one call to the next. */
let room: Uint8Array = new Uint8Array(1_048_576);

const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
