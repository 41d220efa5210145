/** What an entry of a `tar` archive is. */
export type TarEntryType = "file" | "directory" | "link" | "hard-link";

/** What the header of a `tar` archive says of a file. */
export interface TarEntry {
  readonly type: TarEntryType;
  /** As it stands in the archive, such as `./usr/bin/x`; a directory's without the `/` at its end. */
  readonly path: string;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly user: string;
  readonly group: string;
  /** Seconds since 1970. */
  readonly modified: number;
  /** What a link leads to; empty for everything else. */
  readonly target: string;
}

/** An entry with the content of a file; empty for everything else. */
export interface TarFile extends TarEntry {
  readonly content: Uint8Array;
}

/** The octet that stands for each type (POSIX pax, "ustar Interchange Format"). */
export const tarTypeFlags = {
  file: "0",
  "hard-link": "1",
  link: "2",
  directory: "5",
} as const;

/** Everything in a tar archive is a multiple of this. */
export const tarBlockOctets = 512;

/** Where the fields of a ustar header lie, and how long they are (POSIX pax, "ustar Interchange Format"). */
export const ustar = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  modified: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  target: [157, 100],
  magic: [257, 8],
  user: [265, 32],
  group: [297, 32],
  major: [329, 8],
  minor: [337, 8],
  prefix: [345, 155],
} as const;

/** The sum of all octets of a header, the checksum itself counted as spaces. */
export function tarChecksum(header: Uint8Array): number {
  const [at, octets] = ustar.checksum;
  let sum = octets * 0x20;
  for (let i = 0; i < tarBlockOctets; i++) if (i < at || i >= at + octets) sum += header[i]!;
  return sum;
}
