import * as zlib from "node:zlib";

/** The Zstandard functions (RFC 8878) that Node has from 22.15 on, and the types of Node 20 do not know. */
export interface ZstdModule {
  readonly zstdCompressSync?: (content: Uint8Array) => Buffer;
  readonly zstdDecompressSync?: (content: Uint8Array, options: { maxOutputLength: number }) => Buffer;
  readonly createZstdCompress?: (options?: zlib.ZlibOptions) => zlib.Gzip;
  readonly createZstdDecompress?: (options?: zlib.ZlibOptions) => zlib.Gunzip;
}

/** `node:zlib`, seen with its Zstandard functions. */
export const zstd: ZstdModule = zlib as ZstdModule;
