import { HawserError } from "../errors.ts";

/** Why a file could not be used. */
export type FileErrorCode =
  | "exists"
  | "failed" // everything else; see `cause`
  | "invalid-path" // `..`, NUL, a separator inside a segment, a link that leads out
  | "is-a-directory"
  | "no-space"
  | "not-a-directory"
  | "not-empty"
  | "not-found"
  | "not-permitted"
  | "read-only"
  | "too-many-open";

/** A file could not be used. Texts name the path inside the tree, never where the tree lies. */
export class FileError extends HawserError<FileErrorCode> {}

/**
 * A place in a tree, from its root: `docs/index.html`, or the segments already taken apart (`["docs", "index.html"]`),
 * in which a `/` inside a segment is an error and not a separator. The root is `""` or `[]`.
 */
export type TreePath = string | readonly string[];

/** What lies at a path. FIFOs, devices and sockets are `other`: they are listed, and never opened. */
export type FileKind = "file" | "directory" | "other";

/** What is known about a file without opening it. */
export interface FileStat {
  readonly kind: FileKind;
  /** The length of a file; 0 for everything else. */
  readonly octets: number;
  /** Milliseconds since 1970 (fractions where the store has them). */
  readonly modified: number;
  /** Changes whenever the file at this path is another one (inode and device on a disk). */
  readonly identity: string;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
}

/** One line of a directory's list. */
export interface FileEntry extends FileStat {
  readonly name: string;
}

/** What can be changed about a file besides its content. */
export interface FileAttributes {
  /** Permission bits, 0 to 0o777; others stay what they are. */
  readonly mode?: number | undefined;
  /** Milliseconds since 1970. */
  readonly modified?: number | undefined;
}

/** How to open a file. `create` and `truncate` need `write`. */
export interface OpenMode {
  /** Default true. */
  readonly read?: boolean | undefined;
  /** Default false. */
  readonly write?: boolean | undefined;
  /** Makes the file when it is missing; `exclusive` insists that it was. Default false. */
  readonly create?: boolean | "exclusive" | undefined;
  /** Empties an existing file. Default false. */
  readonly truncate?: boolean | undefined;
  /** Permissions of a file made by this call, less the umask on a disk. Default 0o666. */
  readonly mode?: number | undefined;
}

/**
 * An open file. Every call names its offset, so several readers may share it. It stays what it is when its path is
 * renamed, replaced or removed. After {@link close}, and for a direction it was not opened in, it throws `StateError`.
 */
export interface OpenFile extends AsyncDisposable {
  stat(): Promise<FileStat>;
  /**
   * Up to `octets` octets from `offset`; fewer at the end of the file, none after it. They may be put into `room`, where
   * it is given and large enough.
   */
  read(offset: number, octets: number, room?: Uint8Array): Promise<Uint8Array>;
  /** Writes all of `chunk`; a gap before `offset` reads as zeros. */
  write(offset: number, chunk: Uint8Array): Promise<void>;
  /** Cuts the file, or lengthens it with zeros. */
  truncate(octets: number): Promise<void>;
  /** Waits until what was written is on the medium. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** How a name is moved. */
export interface FileRenameOptions {
  /**
   * The file takes the place of the one it replaces: with its permissions, and its owner where the system lets us; and the
   * call waits until the new name is on the medium. So what was written and synchronised before outlives a crash from then
   * on. Default false.
   */
  readonly takePlace?: boolean | undefined;
}

/** How much of a directory is listed. */
export interface FileListOptions {
  /** Only the first so many by name; the others are not even looked at. Ask for one more to learn whether there are more. Default: all. */
  readonly entriesMax?: number | undefined;
}

/** How much is read of each of many files. */
export interface FilesReadOptions {
  /** Of each file only so many octets. All of them together may come to 256 MiB. 0: files are looked at, and not opened. */
  readonly octetsMax: number;
  /** Nothing behind the first such octets is given, where they are within `octetsMax`. Default: as much as may be. */
  readonly until?: Uint8Array | undefined;
}

/** What a file begins with. */
export interface FileBeginning {
  readonly octets: Uint8Array;
  /** How long the whole file is. */
  readonly fileOctets: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/**
 * A tree of files (DESIGN §3.6): what static pages, FTP, SFTP and WebDAV all serve. No path leads out of it: one guard
 * refuses `..`, NUL, separators inside a segment and links whose target lies outside.
 *
 * Every method rejects with {@link FileError}, and with `TypeError` or `RangeError` when it is called with nonsense.
 */
export interface FileTree {
  stat(path: TreePath): Promise<FileStat>;
  /** What a directory holds, sorted by name (code units), without `.` and `..`. Links that lead out are left out. */
  list(path: TreePath, options?: FileListOptions): Promise<readonly FileEntry[]>;
  /**
   * The names in a directory alone, in no order: what is quick where there are a hundred thousand. Links are among them
   * wherever they lead. Absent where lists are not quicker without what they tell.
   */
  names?(path: TreePath): Promise<readonly string[]>;
  /**
   * Reads the beginnings of many files of one directory: what is quick where there are thousands. In their order;
   * `undefined` stands for a file that is not there, is a link or no plain file, or cannot be read: opening it tells why.
   * Absent where it is not quicker than opening each.
   * @throws {RangeError} when so much could come that memory is in danger
   */
  readFiles?(
    directory: TreePath,
    names: readonly string[],
    options: FilesReadOptions,
  ): Promise<readonly (FileBeginning | undefined)[]>;
  open(path: TreePath, mode?: OpenMode): Promise<OpenFile>;
  /** A small file whole. Refuses more than `octetsMax` (default 1 MiB) with a `RangeError`. */
  readFile(path: TreePath, options?: { readonly octetsMax?: number | undefined }): Promise<Uint8Array>;
  /** Replaces a file whole, or makes it: readers see the old content or the new one, never a part. Keeps the old one's mode. */
  writeFile(path: TreePath, content: Uint8Array | string): Promise<void>;
  makeDirectory(path: TreePath): Promise<void>;
  /** Moves a file or directory. Replaces an existing file, or an empty directory by a directory, as POSIX does. */
  rename(from: TreePath, to: TreePath, options?: FileRenameOptions): Promise<void>;
  /**
   * Gives a file one more name, under which nothing is yet (`exists`): both are the same file from then on, with the same
   * content, times and permissions. Absent where files have one name each; a disk may refuse it as `failed` or `not-permitted`.
   */
  link?(from: TreePath, to: TreePath): Promise<void>;
  /** Takes a file, or a link itself, out of its directory. */
  remove(path: TreePath): Promise<void>;
  /** Only an empty one. */
  removeDirectory(path: TreePath): Promise<void>;
  setAttributes(path: TreePath, attributes: FileAttributes): Promise<void>;
  /** The tree below a directory; its root cannot be left either. */
  at(path: TreePath): FileTree;
  /** Where the file really lies, for programs that must be given a path (CGI). Only trees that lie on a disk have it. */
  locate?(path: TreePath): Promise<string>;
}
