import type { ReceiveBuffer } from "@hawser/core";
import type { SmtpLineEndings } from "../wire/data-reader.ts";

/** What is at the front of a buffer. */
export type TakenLine =
  /** Without its end, one octet a character. */
  | { readonly type: "line"; readonly text: string }
  /** `searched` octets hold no LF. */
  | { readonly type: "more"; readonly searched: number }
  | { readonly type: "too-long" }
  | { readonly type: "bare" };

/** Takes a line, of at most `octetsMax` with its end, off a buffer. */
export function takeLine(
  buffer: ReceiveBuffer,
  searched: number,
  octetsMax: number,
  endings: SmtpLineEndings,
): TakenLine {
  const feed = buffer.indexOf(LF, searched);
  if (feed === -1) return buffer.octets >= octetsMax ? { type: "too-long" } : { type: "more", searched: buffer.octets };
  if (feed >= octetsMax) return { type: "too-long" };
  const hasReturn = feed > 0 && buffer.at(feed - 1) === CR;
  const text = buffer.takeLatin1(feed + 1).slice(0, hasReturn ? -2 : -1);
  const isClean = hasReturn && !text.includes("\r");
  return isClean || (endings === "normalize" && !text.includes("\r")) ? { type: "line", text } : { type: "bare" };
}

const CR = 0x0d;
const LF = 0x0a;
