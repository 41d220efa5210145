import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { type MovesBuffers, movedBuffers } from "../moved-buffers.ts";

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

/** Runs in a worker thread: it blocks. Links are not followed, and of what is no plain file nothing is read. */
export function readBeginnings(
  directory: string,
  names: readonly string[],
  octetsMax: number,
  until: Uint8Array | undefined,
): FilesRead & MovesBuffers {
  const lengths = new Float64Array(names.length).fill(-1);
  const sizes = new Float64Array(names.length);
  const times = new Float64Array(names.length);
  let used = 0;
  for (const [i, name] of names.entries()) {
    const stats = readOne(`${directory}/${name}`, used, octetsMax);
    if (stats === undefined) continue;
    lengths[i] = lengthUntil(room, used, Math.min(stats.size, octetsMax), until);
    sizes[i] = stats.size;
    times[i] = stats.mtimeMs;
    used += lengths[i]!;
  }
  const octets = room.slice(0, used);
  return { octets, lengths, sizes, times, [movedBuffers]: [octets.buffer] };
}

function lengthUntil(octets: Uint8Array, from: number, length: number, until: Uint8Array | undefined): number {
  const at = until === undefined ? -1 : Buffer.from(octets.buffer, from, length).indexOf(until);
  return at === -1 ? length : at + until!.length;
}

/** Takes its octets, from the first on, into {@link room}; `undefined`: it cannot be read, or was cut meanwhile. */
function readOne(path: string, start: number, octetsMax: number): Stats | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, flags); // to look at it first would take its path once more
    const stats = fstatSync(file);
    if (!stats.isFile()) return undefined;
    const wanted = Math.min(stats.size, octetsMax);
    if (start + wanted > room.length) room = grown(room, start, start + wanted);
    return readWhole(file, start, wanted) ? stats : undefined;
  } catch {
    return undefined; // whoever wants to know why opens it
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readWhole(file: number, start: number, wanted: number): boolean {
  for (let length = 0, more = 0; length < wanted; length += more) {
    more = readSync(file, room, start + length, wanted - length, length);
    if (more === 0) return false;
  }
  return true;
}

function grown(before: Uint8Array, used: number, octets: number): Uint8Array {
  const after = new Uint8Array(Math.max(octets, 2 * before.length));
  after.set(before.subarray(0, used));
  return after;
}

/** Kept from one call to the next. */
let room: Uint8Array = new Uint8Array(1_048_576);

const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
