/** What the system says about a file, in words. */
export function fileReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ""] ?? message;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the quota is used up",
  EISDIR: "it is a directory",
  ELOOP: "it is a symbolic link",
  EMFILE: "too many open files",
  ENOENT: "no such directory",
  ENOSPC: "no space left",
  ENOTDIR: "a part of its path is no directory",
  EPERM: "not permitted",
  EPIPE: "nobody reads it any more",
  EROFS: "the file system is read-only",
};
