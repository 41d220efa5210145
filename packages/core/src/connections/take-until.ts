import { FramingError } from "../framing/errors.ts";
import type { ReceiveBuffer } from "../framing/receive-buffer.ts";

/** Makes the attempt to take everything up to a mark, and the mark away; repeated as more arrives, it searches nothing twice. */
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
