import mime from "mime-types";
import { endingOf } from "./options.ts";

/** The Content-Type for a file of this name. Text is declared as UTF-8; what nobody knows is `application/octet-stream`. */
export function mediaTypeOf(name: string, types: ReadonlyMap<string, string>): string {
  const ending = endingOf(name);
  const type = types.get(ending) ?? (ending === "" ? false : mime.lookup(ending));
  if (type === false) return "application/octet-stream";
  return type.startsWith("text/") && !type.includes("charset=") ? `${type}; charset=utf-8` : type;
}
