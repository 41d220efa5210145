import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileErrorCode } from "../files/tree.ts";
import { attempt } from "./disk-faults.ts";

const expected: readonly (readonly [string, FileErrorCode])[] = [
  ["ENOENT", "not-found"],
  ["EACCES", "not-permitted"],
  ["EPERM", "not-permitted"],
  ["ELOOP", "invalid-path"],
  ["ENAMETOOLONG", "invalid-path"],
  ["EMFILE", "too-many-open"],
  ["ENFILE", "too-many-open"],
  ["ENOSPC", "no-space"],
  ["EDQUOT", "no-space"],
  ["EROFS", "read-only"],
  ["EISDIR", "is-a-directory"],
  ["ENOTDIR", "not-a-directory"],
  ["ENOTEMPTY", "not-empty"],
  ["EEXIST", "exists"],
  ["ENXIO", "not-permitted"],
  ["EIO", "failed"],
];

for (const [errno, code] of expected) {
  test(`${errno} is told as ${code}, with its cause, and without the path of the disk`, async () => {
    const cause = Object.assign(new Error(`${errno}: open '/srv/secret/f'`), { code: errno, syscall: "open" });
    await assert.rejects(
      attempt("open", "f", () => Promise.reject(cause)),
      (error: Error & { code: string }) => {
        assert.deepEqual([error.name, error.code, error.cause], ["FileError", code, cause]);
        assert.match(error.message, /^Cannot open "f": /);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
  });
}

test("what is not the file system's fault is passed on as it is", async () => {
  const bug = new TypeError("no");
  await assert.rejects(
    attempt("open", "f", () => Promise.reject(bug)),
    (error) => error === bug,
  );
});
