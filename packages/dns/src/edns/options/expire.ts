import { DnsProtocolError } from "../../errors.ts";
import { longPeriodText } from "../../presentation/period-text.ts";
import { checkInteger } from "../../records/fields/numbers.ts";
import type { EdnsOptionKind } from "./option.ts";

/** How long a server may serve its copy of a zone; a secondary asks for it, and lets its own expire no later (RFC 7314). */
export interface EdnsExpire {
  readonly type: "expire";
  /** In seconds; `undefined` in questions. */
  readonly expireSeconds: number | undefined;
}

/** EXPIRE */
export const expireOption: EdnsOptionKind<EdnsExpire> = {
  type: "expire",
  code: 9,
  decode(reader) {
    if (reader.left === 0) return { type: "expire", expireSeconds: undefined };
    if (reader.left === 4) return { type: "expire", expireSeconds: reader.uint32() };
    throw new DnsProtocolError("bad-option", "an EXPIRE has no or four octets", "RFC 7314 §2");
  },
  encode({ expireSeconds }, writer) {
    if (expireSeconds !== undefined) writer.uint32(checkInteger(expireSeconds, 0xffff_ffff));
  },
  format: ({ expireSeconds }) =>
    expireSeconds === undefined ? "EXPIRE" : `EXPIRE: ${expireSeconds} (${longPeriodText(expireSeconds)})`,
};
