import { FileError } from "@hawser/core";
import { HttpError } from "../http/error.ts";

/** Throws the answer for what a tree threw. The text of a tree's error stays here: it names what the client may not know. */
export function throwHttpError(error: unknown): never {
  throw httpErrorFor(error);
}

function httpErrorFor(error: unknown): unknown {
  if (!(error instanceof FileError)) return error;
  switch (error.code) {
    case "not-found":
    case "not-a-directory":
    case "is-a-directory":
    case "invalid-path":
      return new HttpError(404, undefined, { cause: error });
    case "not-permitted":
      return new HttpError(403, undefined, { cause: error });
    case "too-many-open":
      return new HttpError(503, undefined, { cause: error, headers: { "retry-after": "1" } });
    default:
      return error;
  }
}
