import * as zlib from "node:zlib";

/** The Zstandard functions (RFC 8878) that Node has from 22.15 on, and the types of Node 20 do not know. */
export interface ZstdModule {
  readonly zstdCompressSync?: (content: Uint8Array) => Buffer;
  readonly zstdDecompressSync?: (content: Uint8Array, options: { maxOutputLength: number }) => Buffer;
  readonly createZstdCompress?: (options?: zlib.ZlibOptions) => zlib.Gzip;
  readonly createZstdDecompress?: (options?: zlib.ZlibOptions) => zlib.Gunzip;
}

/** `node:zlib`, seen with its Zstandard functions; without them where they cannot be trusted. */
export const zstd: ZstdModule = noticesCuts(zlib as ZstdModule) ? (zlib as ZstdModule) : {};

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
