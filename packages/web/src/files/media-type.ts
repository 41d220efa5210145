import { builtIn } from "@hawser/core";
import { endingOf } from "./options.ts";

/** The Content-Type for a file of this name. Text is declared as UTF-8; what nobody knows is `application/octet-stream`. */
export function mediaTypeOf(name: string, types: ReadonlyMap<string, string>): string {
  const ending = endingOf(name);
  const type = types.get(ending) ?? (ending === "" ? false : registry().lookup(ending));
  if (type === false) return "application/octet-stream";
  return type.startsWith("text/") && !type.includes("charset=") ? `${type}; charset=utf-8` : type;
}

let loaded: typeof import("mime-types") | undefined;

/**
 * The table of all types, which is read with the first file: a server's start need not wait for it. It comes in one piece,
 * not by `import()`, which takes turns of the loop that a simulation could not count.
 */
function registry(): typeof import("mime-types") {
  loaded ??= builtIn("node:module").createRequire(import.meta.url)("mime-types") as typeof import("mime-types");
  return loaded;
}
