import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { quote } from "@hawser/core";
import { isZlibFormat } from "./codings.ts";
import { through } from "./compress.ts";
import { HttpContentError } from "./errors.ts";
import { codingName } from "./negotiate.ts";
import { httpContentCodings } from "./table.ts";
import { zstd } from "./zstd.ts";

/** Bounds on decoded content, against small content that becomes huge. */
export interface HttpDecodeLimits {
  /** Codings on top of each other. Default 2; CVE-2026-22036 is what happens without. */
  readonly codingsMax?: number | undefined;
  /** Octets after decoding. Default 64 MiB. */
  readonly octetsMax?: number | undefined;
  /**
   * How many times larger than before the content may become. Default 200: text compresses 5 to 20 times, DEFLATE can
   * 1,032.
   */
  readonly ratioMax?: number | undefined;
}

/**
 * Undoes the codings of content as it comes (RFC 9110 §8.4), the last one first. `identity` and an empty list change
 * nothing.
 * @throws {HttpContentError} at once `unsupported-coding`, `too-many-codings`; while reading `too-large`, `corrupt`
 */
export function decodeStream(
  content: AsyncIterable<Uint8Array>,
  codings: readonly string[],
  limits: HttpDecodeLimits = {},
): AsyncIterable<Uint8Array> {
  return checkCodings(codings, limits).reduceRight((decoded, coding) => decodeOne(decoded, coding, limits), content);
}

/**
 * Undoes the codings of a small body, at once.
 * @throws {HttpContentError} as {@link decodeStream}, all at once
 */
export function decodeContent(
  content: Uint8Array,
  codings: readonly string[],
  limits: HttpDecodeLimits = {},
): Uint8Array {
  return checkCodings(codings, limits).reduceRight((decoded, coding) => {
    const { octetsMax, ratioMax } = bounds(limits);
    const grownMax = Math.max(decoded.length * ratioMax, RATIO_FREE_OCTETS);
    return httpContentCodings.get(coding)!.decompress(decoded, Math.min(octetsMax, grownMax));
  }, content);
}

function checkCodings(codings: readonly string[], limits: HttpDecodeLimits): string[] {
  const { codingsMax } = bounds(limits);
  const names = codings.map((coding) => codingName(coding.toLowerCase())).filter((name) => name !== "identity");
  if (names.length > codingsMax) {
    throw new HttpContentError("too-many-codings", `Cannot decode the content: more than ${codingsMax} codings`);
  }
  const unknown = names.find((name) => !httpContentCodings.has(name));
  if (unknown === undefined) return names;
  throw new HttpContentError("unsupported-coding", `Cannot decode the content: unknown coding ${quote(unknown)}`, {
    section: "RFC 9110 §8.4.1",
  });
}

async function* decodeOne(
  content: AsyncIterable<Uint8Array>,
  coding: string,
  limits: HttpDecodeLimits,
): AsyncGenerator<Uint8Array, void> {
  const source = await CountedSource.begin(content);
  if (source === undefined) return; // no octet at all, as in the answer to HEAD
  const { octetsMax, ratioMax } = bounds(limits);
  let octets = 0;
  try {
    for await (const chunk of through(source.chunks(), decompressor(coding, source.first))) {
      octets += chunk.length;
      if (octets > octetsMax) throw tooLargeContent(`${octetsMax} octets`);
      const grownMax = Math.max(source.octets * ratioMax, RATIO_FREE_OCTETS);
      if (octets > grownMax) throw tooLargeContent(`${ratioMax} times its size`);
      yield chunk;
    }
  } catch (error) {
    if (error === source.failure || error instanceof HttpContentError) throw error;
    throw new HttpContentError("corrupt", "Cannot decode the content: it is corrupt", { cause: error });
  }
}

/**
 * Content whose first chunk is known, whose octets are counted, and whose own failure can be told from a bad coding.
 */
class CountedSource {
  readonly first: Uint8Array;
  readonly #rest: AsyncIterator<Uint8Array>;
  octets = 0;
  failure: unknown;

  static async begin(content: AsyncIterable<Uint8Array>): Promise<CountedSource | undefined> {
    const iterator = content[Symbol.asyncIterator]();
    for (;;) {
      const read = await iterator.next();
      if (read.done) return undefined;
      if (read.value.length > 0) return new CountedSource(read.value, iterator);
    }
  }

  private constructor(first: Uint8Array, rest: AsyncIterator<Uint8Array>) {
    this.first = first;
    this.#rest = rest;
  }

  async *chunks(): AsyncGenerator<Uint8Array, void> {
    try {
      for (let chunk: Uint8Array | undefined = this.first; chunk !== undefined; chunk = await this.#next()) {
        this.octets += chunk.length;
        yield chunk;
      }
    } finally {
      await this.#rest.return?.();
    }
  }

  async #next(): Promise<Uint8Array | undefined> {
    try {
      const read = await this.#rest.next();
      return read.done ? undefined : read.value;
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

function decompressor(coding: string, first: Uint8Array): Transform {
  switch (coding) {
    case "gzip":
      return zlib.createGunzip();
    case "deflate":
      return isZlibFormat(first) ? zlib.createInflate() : zlib.createInflateRaw();
    case "br":
      return zlib.createBrotliDecompress();
    default:
      return zstd().createZstdDecompress!(); // the last one that checkCodings lets through
  }
}

function tooLargeContent(bound: string): HttpContentError {
  return new HttpContentError("too-large", `Cannot decode the content: it grows beyond ${bound}`);
}

function bounds({ codingsMax = 2, octetsMax = 64 << 20, ratioMax = 200 }: HttpDecodeLimits): {
  readonly [Key in keyof HttpDecodeLimits]-?: number;
} {
  return { codingsMax, octetsMax, ratioMax };
}

// So little may have any ratio: it is nobody's memory.
const RATIO_FREE_OCTETS = 64 << 10;
