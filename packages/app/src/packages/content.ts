import { quote } from "@hawser/core";
import { PackageError } from "./errors.ts";

/** A file that is read only when its turn comes. It must be as long as it says. */
export interface LazyContent {
  readonly octets: number;
  read(): AsyncIterable<Uint8Array>;
}

/** What a packed file holds: text (UTF-8), octets, or a way to read them. */
export type PackageContent = string | Uint8Array | LazyContent;

/** How long a file is, without reading it. */
export function contentOctets(content: PackageContent): number {
  if (typeof content === "string") return Buffer.byteLength(content);
  return content instanceof Uint8Array ? content.length : content.octets;
}

/**
 * The octets of a file, a chunk at a time.
 * @throws {PackageError} `file-changed` when they are more or fewer than was told before
 */
export async function* readContent(path: string, content: PackageContent): AsyncGenerator<Uint8Array> {
  if (typeof content === "string") return yield Buffer.from(content);
  if (content instanceof Uint8Array) return yield content;
  let octets = 0;
  for await (const chunk of content.read()) {
    octets += chunk.length;
    if (octets > content.octets) throw changed(path);
    yield chunk;
  }
  if (octets < content.octets) throw changed(path);
}

function changed(path: string): PackageError {
  return new PackageError("file-changed", `Cannot pack ${quote(path)}: it changed while it was read`);
}
