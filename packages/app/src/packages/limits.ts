/**
 * How much one package may hold. A package is compressed while it is read, and kept compressed until its size and digests
 * are known, since all three formats want them first: so memory is what the package will have, and one block more.
 */

/** All files of a package together, as they are unpacked: a Node binary has some 120 MiB, what npm installs some tens. */
export const packageOctetsMaxDefault: number = 512 * 1024 * 1024;

/** Files, directories and links of a package. Large applications have some 30,000 files below node_modules. */
export const packageEntriesMax = 100_000;

/** One file: what cpio's eight hexadecimal digits can tell, and RPM's 32-bit sizes. */
export const packageFileOctetsMax = 0xffff_ffff;

/** A maintainer script. dpkg and rpm have no limit; ours have some 3 KiB. */
export const scriptOctetsMax: number = 64 * 1024;

/** A single line of a description: name, version, maintainer, summary. */
export const lineOctetsMax = 256;

/** A text of several lines: description, copyright. */
export const textOctetsMax: number = 1024 * 1024;
