import type { Transform } from "node:stream";
import { builtIn } from "@hawser/core";
import { codingLevels, type HttpContentCoding } from "./codings.ts";
import { zstd } from "./zstd.ts";

/** How a stream is compressed. */
export interface CompressOptions {
  /**
   * Sends on what every chunk gives, for content that somebody waits for: server-sent events. Costs size. Default
   * false.
   */
  readonly flush?: boolean | undefined;
}

/**
 * Compresses content as it comes, with back-pressure. Leaving the result early closes the source.
 * @throws {TypeError} when this platform does not have the coding
 */
export function compressStream(
  content: AsyncIterable<Uint8Array>,
  coding: HttpContentCoding["name"],
  options: CompressOptions = {},
): AsyncIterable<Uint8Array> {
  return through(content, compressor(coding, options.flush ?? false));
}

/** Pumps content through a transform of `node:zlib`. */
export async function* through(
  content: AsyncIterable<Uint8Array>,
  transform: Transform,
): AsyncGenerator<Uint8Array, void> {
  const { pipeline, Readable } = builtIn("node:stream");
  // A failure of either reaches the loop below through the transform.
  pipeline(Readable.from(content, { objectMode: false }), transform, () => {});
  for await (const chunk of transform) yield chunk as Uint8Array;
}

function compressor(coding: HttpContentCoding["name"], flush: boolean): Transform {
  const zlib = builtIn("node:zlib");
  switch (coding) {
    case "gzip":
      return zlib.createGzip({ level: codingLevels.gzip, ...(flush && { flush: zlib.constants.Z_SYNC_FLUSH }) });
    case "deflate":
      return zlib.createDeflate({ level: codingLevels.deflate, ...(flush && { flush: zlib.constants.Z_SYNC_FLUSH }) });
    case "br":
      return zlib.createBrotliCompress({
        params: { [zlib.constants.BROTLI_PARAM_QUALITY]: codingLevels.br },
        ...(flush && { flush: zlib.constants.BROTLI_OPERATION_FLUSH }),
      });
    case "zstd":
      if (zstd().createZstdCompress === undefined)
        throw new TypeError("Cannot compress with zstd: this Node.js does not have it");
      return zstd().createZstdCompress!(flush ? { flush: ZSTD_E_FLUSH } : {});
    default:
      return coding satisfies never;
  }
}

const ZSTD_E_FLUSH = 1;
