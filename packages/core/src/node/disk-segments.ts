import { fileError } from "../files/faults.ts";
import { checkedSegments } from "../files/guard.ts";
import type { TreePath } from "../files/tree.ts";

/** Checks a path, and on Windows the names that mean something else there: streams, devices, endings that are dropped. */
export function diskSegments(path: TreePath): readonly string[] {
  const segments = checkedSegments(path);
  if (process.platform !== "win32" || !segments.some((segment) => windowsOddity.test(segment))) return segments;
  throw fileError("invalid-path", "use the path", path, { fault: "Windows has no such names" });
}

const windowsOddity = /[<>:"|?*\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
