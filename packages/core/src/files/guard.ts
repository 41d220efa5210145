import { fileError } from "./faults.ts";
import type { FileError, TreePath } from "./tree.ts";

/** The longest name of one file, in octets of UTF-8: what ext4, XFS, APFS and NTFS agree on. */
export const segmentOctetsMax = 255;
/** The longest path inside a tree, in octets of UTF-8 (Linux's PATH_MAX). */
export const pathOctetsMax = 4096;

/**
 * Takes a path apart and checks every segment: the one guard that keeps `..`, NUL and odd separators out of every tree.
 * It knows nothing of links; a tree that has some must watch them itself.
 * @throws {FileError} `invalid-path`
 */
export function checkedSegments(path: TreePath): readonly string[] {
  const segments = typeof path === "string" ? (path === "" ? [] : path.split("/")) : [...path];
  let octets = 0;
  for (const segment of segments) {
    const fault = segmentFault(segment);
    if (fault !== undefined) throw refused(path, fault);
    octets += Buffer.byteLength(segment) + 1;
  }
  if (octets > pathOctetsMax) throw refused(path, `it is longer than ${pathOctetsMax} octets`);
  return segments;
}

/**
 * Turns the path of a URL into segments: split at `/`, each segment percent-decoded exactly once as strict UTF-8
 * (RFC 3986 §2.1), then guarded. One leading `/` and one trailing `/` are allowed and mean nothing here; `%2F`, `%5C` and
 * `%00` are refused, since a separator that appears only after decoding is an attack on somebody's guard. How long a name
 * may be is for a tree to say: an application may be given a token in its path.
 * @throws {FileError} `invalid-path`
 */
export function decodePath(urlPath: string): readonly string[] {
  const path = urlPath.startsWith("/") ? urlPath.slice(1) : urlPath;
  if (path === "") return [];
  const segments = path.split("/");
  if (segments.at(-1) === "") segments.pop();
  if (path.length <= segmentOctetsMax && plain.test(path)) return segments;
  return segments.map((segment) => {
    const name = decodeSegment(segment, urlPath);
    const fault = nameFault(name);
    if (fault !== undefined) throw refused(urlPath, fault);
    return name;
  });
}

/** Says whether a name may stand in a path: what a tree may show in its lists. */
export function isSegment(name: string): boolean {
  return segmentFault(name) === undefined;
}

function segmentFault(segment: string): string | undefined {
  const tooLong = segment.length * 3 > segmentOctetsMax && Buffer.byteLength(segment) > segmentOctetsMax;
  return nameFault(segment) ?? (tooLong ? `a name in it is longer than ${segmentOctetsMax} octets` : undefined);
}

function nameFault(segment: string): string | undefined {
  if (segment === "") return "a name in it is empty";
  if (segment === "." || segment === "..") return `it has the segment "${segment}"`;
  if (forbidden.test(segment)) return "a name in it has a separator or NUL";
  if (loneSurrogate.test(segment)) return "a name in it cannot be written as UTF-8";
  return undefined;
}

function decodeSegment(segment: string, urlPath: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw refused(urlPath, "its percent-encoding is not UTF-8", cause);
  }
}

function refused(path: TreePath, fault: string, cause?: unknown): FileError {
  return fileError("invalid-path", "use the path", path, { fault, cause });
}

/** What most paths are: nothing to decode, and nothing in them that {@link segmentFault} could refuse. */
const plain = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*\/?$/;
const forbidden = /[/\\\0]/;
const loneSurrogate = /\p{Surrogate}/u;
