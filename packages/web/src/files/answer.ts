import type { OpenFile } from "@hawser/core";
import { HttpError } from "../http/error.ts";
import { HttpHeaders } from "../http/headers.ts";
import type { HttpRequest } from "../http/request.ts";
import { type HttpBody, HttpResponse } from "../http/response.ts";
import { byterangesOf, contentRange } from "./byteranges.ts";
import type { FileDecision } from "./decision.ts";
import { type FilePiece, FileReading } from "./reading.ts";
import type { FileRepresentation } from "./representation.ts";

/** Where the octets of an answer come from: memory, or an open file that the answer then owns. */
export type FileSource = Uint8Array | OpenFile;

/** An answer that needs no octets of the file; `undefined` when it needs some. */
export function answerWithoutContent(
  request: HttpRequest,
  version: FileRepresentation,
  decision: FileDecision,
): HttpResponse | undefined {
  const { octets } = version.stat;
  switch (decision.type) {
    case "not-modified":
      return new HttpResponse(304, notModifiedHeaders(version));
    case "failed":
      throw new HttpError(412);
    case "unsatisfiable":
      throw new HttpError(416, undefined, { headers: { "content-range": `bytes */${octets}` } });
    default:
      return request.method === "HEAD" ? headAnswer(version) : undefined;
  }
}

/** The answer to a GET that wants the file, or parts of it. */
export function answerWithContent(
  request: HttpRequest,
  version: FileRepresentation,
  decision: FileDecision,
  source: FileSource,
): HttpResponse {
  if (decision.type !== "parts") return wholeAnswer(version, source);
  const { ranges } = decision;
  if (ranges.length > 1) return multipartAnswer(request, version, decision, source);
  const range = ranges[0]!;
  const headers = version.headers.copy();
  headers.set("content-range", contentRange(range, version.stat.octets));
  return new HttpResponse(206, headers, bodyOf([range], source), range.last + 1 - range.first);
}

function wholeAnswer(version: FileRepresentation, source: FileSource): HttpResponse {
  const headers = version.headers.copy();
  const { octets } = version.stat;
  if (source instanceof Uint8Array) return new HttpResponse(200, headers, source);
  return new HttpResponse(200, headers, bodyOf(octets === 0 ? [] : [{ first: 0, last: octets - 1 }], source), octets);
}

/** Range is GET's alone (RFC 9110 §14.2): a HEAD tells of the whole. */
function headAnswer(version: FileRepresentation): HttpResponse {
  const headers = version.headers.copy();
  headers.set("content-length", String(version.stat.octets));
  return new HttpResponse(200, headers);
}

/** What a cache needs to bring its stored answer up to date, and no more (RFC 9110 §15.4.5). */
function notModifiedHeaders(version: FileRepresentation): HttpHeaders {
  return new HttpHeaders([...version.headers].filter(([name]) => told304.has(name)));
}

function multipartAnswer(
  request: HttpRequest,
  version: FileRepresentation,
  decision: FileDecision & { type: "parts" },
  source: FileSource,
): HttpResponse {
  const headers = version.headers.copy();
  const boundary = Buffer.from(request.reactor.random.bytes(18)).toString("base64url");
  const { pieces, octets } = byterangesOf(decision.ranges, {
    boundary,
    mediaType: headers.get("content-type")!,
    length: version.stat.octets,
  });
  headers.set("content-type", `multipart/byteranges; boundary=${boundary}`);
  return new HttpResponse(206, headers, bodyOf(pieces, source), octets);
}

function bodyOf(pieces: readonly FilePiece[], source: FileSource): HttpBody {
  if (!(source instanceof Uint8Array)) return new FileReading(source, pieces);
  const slices = pieces.map((piece) =>
    piece instanceof Uint8Array ? piece : source.subarray(piece.first, piece.last + 1),
  );
  return slices.length === 1 ? slices[0] : Buffer.concat(slices);
}

const told304: ReadonlySet<string> = new Set(["etag", "last-modified", "cache-control", "vary"]);
