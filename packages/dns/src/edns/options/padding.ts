import { checkInteger } from "../../records/fields/numbers.ts";
import type { EdnsOptionKind } from "./option.ts";

/** Zeros that hide how long a message is (RFC 7830 §3). */
export interface EdnsPadding {
  readonly type: "padding";
  readonly octetCount: number;
}

/** What a peer pads with means nothing. */
export const paddingOption: EdnsOptionKind<EdnsPadding> = {
  type: "padding",
  code: 12,
  decode(reader) {
    const octetCount = reader.left;
    reader.at = reader.end;
    return { type: "padding", octetCount };
  },
  encode: ({ octetCount }, writer) => writer.put(new Uint8Array(checkInteger(octetCount, 0xffff))),
  format: ({ octetCount }) => (octetCount === 0 ? "PAD" : `PAD: (${octetCount} bytes)`),
};
