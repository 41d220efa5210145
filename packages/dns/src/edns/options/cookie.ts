import { DnsProtocolError } from "../../errors.ts";
import { hexOf } from "./hex.ts";
import type { EdnsOptionKind } from "./option.ts";

/** What both sides know each other by, so that a forged address is noticed (RFC 7873 §4). */
export interface EdnsCookie {
  readonly type: "cookie";
  /** Eight octets. */
  readonly client: Uint8Array;
  /** 8 to 32 octets, once the server has said them. */
  readonly server: Uint8Array | undefined;
}

/** Any other length is answered with FORMERR (RFC 7873 §5.2.2). */
export const cookieOption: EdnsOptionKind<EdnsCookie> = {
  type: "cookie",
  code: 10,
  decode(reader) {
    const octets = reader.left;
    if (octets !== 8 && (octets < 16 || octets > 40))
      throw new DnsProtocolError("bad-option", `a cookie has ${octets} octets`, "RFC 7873 §5.2.2");
    return { type: "cookie", client: reader.take(8), server: octets > 8 ? reader.rest() : undefined };
  },
  encode({ client, server }, writer) {
    const length = server?.length ?? 8;
    if (client.length !== 8 || length < 8 || length > 32)
      throw new RangeError(`Cannot encode a cookie of ${client.length} and ${length} octets: 8 and 8 to 32 are needed`);
    writer.put(client);
    if (server !== undefined) writer.put(server);
  },
  format: ({ client, server }) => `COOKIE: ${hexOf(client)}${server === undefined ? "" : hexOf(server)}`,
};
