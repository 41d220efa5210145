import { fileError } from "../files/faults.ts";
import { FileError, type FileErrorCode, type TreePath } from "../files/tree.ts";

/** The operating system's numbers in our words. What is not listed is `failed`, with the cause kept. */
const codes: Readonly<Record<string, FileErrorCode>> = {
  EACCES: "not-permitted",
  EBUSY: "not-permitted",
  EDQUOT: "no-space",
  EEXIST: "exists",
  EFBIG: "no-space",
  EINVAL: "invalid-path", // a directory moved into itself, a name this file system cannot hold
  EISDIR: "is-a-directory",
  ELOOP: "invalid-path",
  EMFILE: "too-many-open",
  ENAMETOOLONG: "invalid-path",
  ENFILE: "too-many-open",
  ENODEV: "not-permitted", // a device or socket, which is never opened
  ENOENT: "not-found",
  ENOSPC: "no-space",
  ENOTDIR: "not-a-directory",
  ENOTEMPTY: "not-empty",
  ENXIO: "not-permitted",
  EPERM: "not-permitted",
  EROFS: "read-only",
  ETXTBSY: "not-permitted",
  EXDEV: "failed", // a mount point inside the tree: nothing moves across it
};

/** Runs calls of `node:fs`, and tells what they throw in our words. */
export async function attempt<Result>(action: string, path: TreePath, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw diskError(error, action, path);
  }
}

/** Turns what `node:fs` threw into a {@link FileError} whose text names the path inside the tree only. */
function diskError(cause: unknown, action: string, path: TreePath): unknown {
  const errno = errnoOf(cause);
  if (cause instanceof FileError || errno === undefined) return cause;
  return fileError(codes[errno] ?? "failed", action, path, { cause });
}

/** The name of a system call's error, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
