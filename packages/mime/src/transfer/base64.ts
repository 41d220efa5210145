import type { TransferCoder } from "./coder.ts";

/** Octets that make a whole line of 76 characters (RFC 2045 §6.8). */
const lineOctets = 57;

/** Writes base64 in lines of 76 characters that end with CRLF. */
export function base64Encoder(): TransferCoder {
  let kept = Buffer.alloc(0);
  return {
    push(chunk) {
      const octets = kept.length === 0 ? Buffer.from(chunk) : Buffer.concat([kept, chunk]);
      const whole = octets.length - (octets.length % lineOctets);
      kept = Buffer.from(octets.subarray(whole));
      return encodedLines(octets.subarray(0, whole));
    },
    end: () => encodedLines(kept),
  };
}

function encodedLines(octets: Buffer): Uint8Array {
  const lines: string[] = [];
  for (let at = 0; at < octets.length; at += lineOctets)
    lines.push(octets.toString("base64", at, Math.min(at + lineOctets, octets.length)), "\r\n");
  return Buffer.from(lines.join(""), "latin1");
}

/** Reads base64. Characters that are none are passed over (RFC 2045 §6.8), and padding in the middle too. */
export function base64Decoder(): TransferCoder {
  let kept = "";
  return {
    push(chunk) {
      const text =
        kept +
        Buffer.from(chunk)
          .toString("latin1")
          .replace(/[^A-Za-z0-9+/]+/g, "");
      const whole = text.length - (text.length % 4);
      kept = text.slice(whole);
      return Buffer.from(text.slice(0, whole), "base64");
    },
    end: () => Buffer.from(kept, "base64"),
  };
}
