import { base64Decoder, base64Encoder } from "./base64.ts";
import { codeWhole, identityCoder, type TransferCoder } from "./coder.ts";
import { quotedPrintableDecoder, quotedPrintableEncoder } from "./quoted-printable.ts";

/** How a body travels (RFC 2045 §6.1). */
export type TransferEncoding = "7bit" | "8bit" | "base64" | "binary" | "quoted-printable";

/** Reads a body; an encoding that nobody knows is left as it is, as all that came (RFC 2045 §6.4). */
export function transferDecoder(encoding: string): TransferCoder {
  if (encoding === "base64") return base64Decoder();
  return encoding === "quoted-printable" ? quotedPrintableDecoder() : identityCoder();
}

/** Writes a body. */
export function transferEncoder(encoding: TransferEncoding): TransferCoder {
  if (encoding === "base64") return base64Encoder();
  return encoding === "quoted-printable" ? quotedPrintableEncoder() : identityCoder();
}

/** A whole body at once. */
export function decodeTransfer(octets: Uint8Array, encoding: string): Uint8Array {
  return codeWhole(transferDecoder(encoding), octets);
}

/** A whole body at once. */
export function encodeTransfer(octets: Uint8Array, encoding: TransferEncoding): Uint8Array {
  return codeWhole(transferEncoder(encoding), octets);
}
