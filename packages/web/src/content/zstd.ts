import type { Gunzip, Gzip, ZlibOptions } from "node:zlib";
import { builtIn } from "@hawser/core";

/** The Zstandard functions (RFC 8878) that Node has from 22.15 on, and the types of Node 20 do not know. */
export interface ZstdModule {
  readonly zstdCompressSync?: (content: Uint8Array) => Buffer;
  readonly zstdDecompressSync?: (content: Uint8Array, options: { maxOutputLength: number }) => Buffer;
  readonly createZstdCompress?: (options?: ZlibOptions) => Gzip;
  readonly createZstdDecompress?: (options?: ZlibOptions) => Gunzip;
}

/** `node:zlib`, seen with its Zstandard functions; without them where they cannot be trusted. */
export function zstd(): ZstdModule {
  const zlib = builtIn("node:zlib") as ZstdModule;
  trusted ??= noticesCuts(zlib);
  return trusted ? zlib : {};
}

let trusted: boolean | undefined;

/** Node 22 takes a frame that was cut for a whole one: what is left of a download would pass for all of it. */
function noticesCuts({ zstdDecompressSync }: ZstdModule): boolean {
  if (zstdDecompressSync === undefined) return false;
  try {
    zstdDecompressSync(Buffer.from("28b52ffd2001", "hex"), { maxOutputLength: 16 });
    return false;
  } catch {
    return true;
  }
}
