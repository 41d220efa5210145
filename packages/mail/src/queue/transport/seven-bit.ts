import { isAscii } from "node:buffer";
import { encodeTransfer, type MimePart, readMimeTree } from "@hawser/mime";

/**
 * A message with the same contents, all of it of US-ASCII, for a server that takes nothing else (RFC 6152 §3): what has eight bits
 * becomes quoted-printable or base64. Signatures of the whole message (DKIM) do not outlive it. `undefined`: it cannot be done,
 * since a header has eight bits, or since something inside is signed as it is.
 */
export function toSevenBit(message: Uint8Array): Uint8Array | undefined {
  const pieces: Uint8Array[] = [];
  return convert(readMimeTree(message), message, pieces) ? Buffer.concat(pieces) : undefined;
}

/** False: it cannot be done. */
function convert(part: MimePart, message: Uint8Array, pieces: Uint8Array[]): boolean {
  const whole = message.subarray(part.start, part.end);
  if (isAscii(whole) && part.transferEncoding !== "binary") {
    pieces.push(whole);
    return true;
  }
  if (!isAscii(message.subarray(part.start, part.bodyStart))) return false;
  return part.parts.length === 0 ? convertLeaf(part, message, pieces) : convertParts(part, message, pieces);
}

function convertLeaf(part: MimePart, message: Uint8Array, pieces: Uint8Array[]): boolean {
  if (!["7bit", "8bit", "binary"].includes(part.transferEncoding)) return false;
  if (/^(message|multipart)\//.test(part.contentType.value)) return false; // RFC 2046 §5.2.1
  const isText = part.contentType.value.startsWith("text/") && part.transferEncoding !== "binary";
  const encoding = isText ? "quoted-printable" : "base64";
  const body = message.subarray(part.bodyStart, part.end);
  pieces.push(headerWith(part, encoding), Buffer.from("\r\n"), encodeTransfer(body, encoding));
  return true;
}

/** What is between the parts stays as it is. */
function convertParts(part: MimePart, message: Uint8Array, pieces: Uint8Array[]): boolean {
  if (part.contentType.value === "multipart/signed") return false; // RFC 1847 §2.1
  pieces.push(headerWith(part, "7bit"), Buffer.from("\r\n"));
  let at = part.bodyStart;
  for (const inner of part.parts) {
    const between = message.subarray(at, inner.start);
    if (!isAscii(between)) return false;
    pieces.push(between);
    if (!convert(inner, message, pieces)) return false;
    at = inner.end;
  }
  const rest = message.subarray(at, part.end);
  pieces.push(rest);
  return isAscii(rest);
}

/** The header with another transfer encoding; text of before MIME is of a charset that nobody knows (RFC 1428 §3). */
function headerWith({ header, start }: MimePart, encoding: string): Uint8Array {
  let changed = header.without("Content-Transfer-Encoding");
  if (start === 0 && !changed.has("MIME-Version")) changed = changed.appended("MIME-Version", "1.0");
  if (!changed.has("Content-Type")) changed = changed.appended("Content-Type", "text/plain; charset=unknown-8bit");
  return changed.appended("Content-Transfer-Encoding", encoding).toOctets();
}
