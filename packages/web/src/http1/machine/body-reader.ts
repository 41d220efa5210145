import type { ReceiveBuffer } from "@hawser/core/protocol";
import type { HttpHeaders } from "../../http/headers.ts";
import { Http1ProtocolError } from "../errors.ts";
import type { Http1Limits } from "../limits.ts";
import { ChunkLineReader } from "../wire/chunk-line.ts";
import { type Http1BodyKind, trailersOver } from "../wire/framing.ts";
import { HeadScanner } from "../wire/head-scanner.ts";

const LF = 0x0a;
const CR = 0x0d;

/** Cuts one body out of the octets of a connection, however its end is told (RFC 9112 §6.3). Used for one body after another. */
export class BodyReader {
  /** The body has been read to its end, trailers included. */
  done = true;
  trailers: HttpHeaders | undefined;
  /** Octets of the body itself given so far. */
  octetsRead = 0;

  readonly #limits: Http1Limits;
  #place: "data" | "until-close" | "chunk-line" | "chunk-data" | "chunk-cr" | "chunk-lf" | "trailers" = "data";
  /** What is left of the body, or of the chunk. */
  #remaining = 0;
  #chunkLine: ChunkLineReader | undefined;
  #trailers: HeadScanner | undefined;

  constructor(limits: Http1Limits) {
    this.#limits = limits;
  }

  /** What is left of a body whose length was announced; `undefined` when nobody knows. */
  get remaining(): number | undefined {
    return this.#place === "data" ? this.#remaining : undefined;
  }

  begin(kind: Http1BodyKind, length: number | undefined): void {
    this.done = kind === "none";
    this.trailers = undefined;
    this.octetsRead = 0;
    this.#remaining = length ?? 0;
    this.#place = kind === "chunked" ? "chunk-line" : kind === "close" ? "until-close" : "data";
    if (kind === "chunked") {
      this.#chunkLine ??= new ChunkLineReader(this.#limits.chunkExtensionOctetsMax);
      this.#chunkLine.reset();
    }
  }

  /** The next piece of the body; `undefined` when it is {@link done}, or more octets are needed. */
  read(buffer: ReceiveBuffer): Uint8Array | undefined {
    while (!this.done && buffer.octets > 0) {
      switch (this.#place) {
        case "data":
        case "chunk-data":
          return this.#takeData(buffer);
        case "until-close":
          return this.#count(buffer.take());
        case "chunk-line":
          this.#readChunkLine(buffer);
          break;
        case "chunk-cr":
          this.#expect(buffer, CR, "chunk-lf");
          break;
        case "chunk-lf":
          this.#expect(buffer, LF, "chunk-line");
          break;
        case "trailers":
          if (!this.#readTrailers(buffer)) return undefined;
          break;
        default:
          this.#place satisfies never;
      }
    }
    return undefined;
  }

  /** The peer will send no more. @throws {Http1ProtocolError} `truncated` when the body ends only with what is missing (RFC 9112 §8) */
  end(): void {
    if (this.#place !== "until-close" && !this.done) throw new Http1ProtocolError("truncated");
    this.done = true;
  }

  #takeData(buffer: ReceiveBuffer): Uint8Array {
    const chunk = this.#count(buffer.take(Math.min(this.#remaining, buffer.octets)));
    this.#remaining -= chunk.length;
    if (this.#remaining > 0) return chunk;
    if (this.#place === "data") this.done = true;
    else this.#place = "chunk-cr";
    return chunk;
  }

  #count(chunk: Uint8Array): Uint8Array {
    this.octetsRead += chunk.length;
    return chunk;
  }

  #readChunkLine(buffer: ReceiveBuffer): void {
    const line = this.#chunkLine!;
    const dataStart = line.read(buffer.storage, buffer.start, buffer.end);
    buffer.skip(dataStart === -1 ? buffer.octets : dataStart - buffer.start);
    if (dataStart === -1) return;
    this.#remaining = line.size;
    this.#place = line.size === 0 ? "trailers" : "chunk-data";
  }

  #expect(buffer: ReceiveBuffer, octet: number, place: "chunk-lf" | "chunk-line"): void {
    if (buffer.storage[buffer.start] !== octet) throw new Http1ProtocolError("bad-chunk", "it does not end in CR LF");
    buffer.skip(1);
    this.#place = place;
  }

  /** trailer-section = *( field-line CRLF ) (RFC 9112 §7.1.2), and the empty line that ends the body. */
  #readTrailers(buffer: ReceiveBuffer): boolean {
    const scanner = this.#trailerScanner();
    if (!scanner.scan(buffer.storage, buffer.start, buffer.end)) {
      const { fault } = scanner;
      if (fault === "head-too-large") throw new Http1ProtocolError("trailers-too-large");
      if (fault !== undefined) throw new Http1ProtocolError(fault, "in the trailers");
      return false;
    }
    this.trailers = trailersOver(buffer.takeLatin1(scanner.position), scanner.marks);
    this.done = true;
    scanner.reset();
    return true;
  }

  #trailerScanner(): HeadScanner {
    const { trailerOctetsMax, lineOctetsMax, fieldsMax } = this.#limits;
    this.#trailers ??= new HeadScanner({ headOctetsMax: trailerOctetsMax, lineOctetsMax, fieldsMax }, "trailers");
    return this.#trailers;
  }
}
