import { FramingError } from "../framing/errors.ts";
import type { ReceiveBuffer } from "../framing/receive-buffer.ts";

const [lf, cr] = [0x0a, 0x0d];

/**
 * Makes the attempt to take one line, which may be repeated as more arrives and searches nothing twice. What `crlf` and
 * `lf-or-crlf` mean is what they mean to a {@link LineReader}.
 */
export function takeLine(
  octetsMax: number,
  delimiter: "crlf" | "lf-or-crlf",
): (buffer: ReceiveBuffer) => Uint8Array | undefined {
  let searched = 0;
  return (buffer) => {
    const found = buffer.indexOf(lf, searched);
    const end = found < 0 ? buffer.octets : found;
    const hasReturn = end > 0 && buffer.at(end - 1) === cr;
    const octets = hasReturn ? end - 1 : end;
    if (octets > octetsMax)
      throw new FramingError("line-too-long", `Cannot read a line: it is longer than ${octetsMax} octets`);
    searched = end;
    if (found < 0) return undefined;
    if (delimiter === "crlf" && !(hasReturn && buffer.peek(octets).indexOf(cr) < 0))
      throw new FramingError("bare-line-ending", "Cannot read a line: CR and LF do not stand together");
    const line = buffer.take(octets);
    buffer.skip(found + 1 - octets);
    return line;
  };
}

/** Makes the attempt to take everything up to a mark, and the mark away. */
export function takeUntil(mark: Uint8Array, octetsMax: number): (buffer: ReceiveBuffer) => Uint8Array | undefined {
  let searched = 0;
  return (buffer) => {
    const found = buffer.indexOf(mark, searched);
    searched = Math.max(0, buffer.octets - mark.length + 1);
    if ((found < 0 ? searched : found) > octetsMax)
      throw new FramingError("frame-too-long", `Cannot read on: the mark is not within ${octetsMax} octets`);
    if (found < 0) return undefined;
    const octets = buffer.take(found);
    buffer.skip(mark.length);
    return octets;
  };
}
