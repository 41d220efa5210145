import { builtIn } from "@hawser/core";
import { HttpContentError } from "./errors.ts";
import { zstd } from "./zstd.ts";

/** The content codings there are: one whole body in, one whole body out, at once (RFC 9110 §8.4.1). */
export interface HttpContentCoding {
  readonly name: "gzip" | "br" | "zstd" | "deflate";
  /** Compresses a small body. The same octets in give the same octets out. */
  compress(content: Uint8Array): Uint8Array;
  /**
   * Undoes it.
   * @throws {HttpContentError} `corrupt`; `too-large` beyond `octetsMax`
   */
  decompress(content: Uint8Array, octetsMax: number): Uint8Array;
}

/** How hard we try, for content that is compressed as it is sent: where all of them are quick. */
export const codingLevels = { gzip: 6, br: 4, zstd: 3, deflate: 6 } as const;

let codings: ReadonlyMap<string, HttpContentCoding> | undefined;

/** The codings of this platform, as {@link httpContentCodings} has them; `node:zlib` is loaded when they are first wanted. */
export function contentCodings(): ReadonlyMap<string, HttpContentCoding> {
  codings ??= new Map(
    [zstdCoding(), brotliCoding(), gzipCoding(), deflateCoding()].flatMap((coding) =>
      coding ? [[coding.name, coding]] : [],
    ),
  );
  return codings;
}

function gzipCoding(): HttpContentCoding {
  const zlib = builtIn("node:zlib");
  return {
    name: "gzip",
    compress: (content) => zlib.gzipSync(content, { level: codingLevels.gzip }),
    decompress: bounded((content, maxOutputLength) => zlib.gunzipSync(content, { maxOutputLength })),
  };
}

function brotliCoding(): HttpContentCoding {
  const zlib = builtIn("node:zlib");
  const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: codingLevels.br };
  return {
    name: "br",
    compress: (content) => zlib.brotliCompressSync(content, { params }),
    decompress: bounded((content, maxOutputLength) => zlib.brotliDecompressSync(content, { maxOutputLength })),
  };
}

/** The zlib format (RFC 1950); what some peers send instead, bare DEFLATE, is read too (RFC 9110 §8.4.1.2). */
function deflateCoding(): HttpContentCoding {
  const zlib = builtIn("node:zlib");
  return {
    name: "deflate",
    compress: (content) => zlib.deflateSync(content, { level: codingLevels.deflate }),
    decompress: bounded((content, maxOutputLength) =>
      isZlibFormat(content)
        ? zlib.inflateSync(content, { maxOutputLength })
        : zlib.inflateRawSync(content, { maxOutputLength }),
    ),
  };
}

function zstdCoding(): HttpContentCoding | undefined {
  const { zstdCompressSync, zstdDecompressSync } = zstd();
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined) return undefined;
  return {
    name: "zstd",
    compress: (content) => zstdCompressSync(content),
    decompress: bounded((content, maxOutputLength) => zstdDecompressSync(content, { maxOutputLength })),
  };
}

/** Says whether content begins as RFC 1950 §2.2 has it; its first octet is enough to tell it from bare DEFLATE. */
export function isZlibFormat(content: Uint8Array): boolean {
  return content.length === 0 || (content[0]! & 0x0f) === 8;
}

function bounded(decompress: (content: Uint8Array, octetsMax: number) => Buffer) {
  return (content: Uint8Array, octetsMax: number): Uint8Array => {
    try {
      return decompress(content, octetsMax);
    } catch (cause) {
      if ((cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") {
        throw new HttpContentError("too-large", `Cannot decompress the content: it has more than ${octetsMax} octets`, {
          cause,
        });
      }
      throw new HttpContentError("corrupt", "Cannot decompress the content: it is corrupt", { cause });
    }
  };
}
