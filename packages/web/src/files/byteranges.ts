import { contentRangeField } from "../fields/content-range.ts";
import type { HttpResolvedRange } from "../fields/range.ts";
import type { FilePiece } from "./reading.ts";

/** The Content-Range of one part of a file of so many octets (RFC 9110 §14.4). */
export function contentRange({ first, last }: HttpResolvedRange, length: number): string {
  return contentRangeField.format({ type: "part", unit: "bytes", first, last, length });
}

/** The pieces of a `multipart/byteranges` body, and how long they are together (RFC 9110 §14.6). */
export function byterangesOf(
  ranges: readonly HttpResolvedRange[],
  about: { readonly boundary: string; readonly mediaType: string; readonly length: number },
): { readonly pieces: readonly FilePiece[]; readonly octets: number } {
  const pieces: FilePiece[] = [];
  let lead = "";
  for (const range of ranges) {
    const fields = `Content-Type: ${about.mediaType}\r\nContent-Range: ${contentRange(range, about.length)}\r\n`;
    pieces.push(Buffer.from(`${lead}--${about.boundary}\r\n${fields}\r\n`, "latin1"), range);
    lead = "\r\n";
  }
  pieces.push(Buffer.from(`\r\n--${about.boundary}--\r\n`, "latin1"));
  const octets = pieces.reduce((sum, piece) => sum + octetsOf(piece), 0);
  return { pieces, octets };
}

function octetsOf(piece: FilePiece): number {
  return piece instanceof Uint8Array ? piece.length : piece.last + 1 - piece.first;
}
