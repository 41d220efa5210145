import type { Address } from "@hawser/core";
import type { DnsQuery } from "../message/query.ts";
import type { TsigKey } from "../tsig/key.ts";

/** What carries messages (RFC 1035 §4.2, RFC 7858, RFC 8484). */
export type DnsTransport = "https" | "tcp" | "tls" | "udp";

/** A question, update or notice as it reached a server. */
export interface DnsRequest {
  readonly query: DnsQuery;
  /** Who asks. Behind `udp` anybody may have written it. */
  readonly peer: Address;
  readonly transport: DnsTransport;
  /** The octets that the asker takes. */
  readonly octetsMax: number;
  /** The key that signed the request, which was found good (RFC 8945 §5.2). */
  readonly tsigKey: TsigKey | undefined;
  /**
   * Whether the asker is where it says to be, since it came over a stream or showed a good cookie (RFC 7873 §5.2.3). Only
   * then does a long answer reach who asked for it, and nobody else.
   */
  readonly isAddressProven?: boolean | undefined;
  /** Milliseconds since 1970, when it arrived. */
  readonly arrivedAt: number;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Who asks, without the port: what limits and access lists count by. Ends without an address share the empty text. */
export function dnsPeerHost({ peer }: Pick<DnsRequest, "peer">): string {
  return peer.family === "ipv4" || peer.family === "ipv6" ? peer.host : "";
}
