import { DnsProtocolError } from "../../errors.ts";
import { checkInteger } from "../../records/fields/numbers.ts";
import type { EdnsOptionKind } from "./option.ts";

/** How long a server keeps an idle TCP connection; a client only asks (RFC 7828 §3.1). */
export interface EdnsTcpKeepalive {
  readonly type: "tcp-keepalive";
  /** In steps of 100 ms; `undefined` in questions. */
  readonly idleTimeoutMs: number | undefined;
}

/** edns-tcp-keepalive */
export const tcpKeepaliveOption: EdnsOptionKind<EdnsTcpKeepalive> = {
  type: "tcp-keepalive",
  code: 11,
  decode(reader) {
    if (reader.left === 0) return { type: "tcp-keepalive", idleTimeoutMs: undefined };
    if (reader.left === 2) return { type: "tcp-keepalive", idleTimeoutMs: reader.uint16() * 100 };
    throw new DnsProtocolError("bad-option", "a TCP keepalive has no or two octets", "RFC 7828 §3.1");
  },
  encode({ idleTimeoutMs }, writer) {
    if (idleTimeoutMs !== undefined) writer.uint16(checkInteger(Math.floor(idleTimeoutMs / 100), 0xffff));
  },
  format: ({ idleTimeoutMs }) =>
    `TCP KEEPALIVE${idleTimeoutMs === undefined ? "" : `: ${(idleTimeoutMs / 1000).toFixed(1)} secs`}`,
};
