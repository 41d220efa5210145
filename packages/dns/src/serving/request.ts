import type { Address } from "@hawser/core";
import type { DnsQuery } from "../message/query.ts";
import type { TsigKey } from "../tsig/key.ts";

/** What carries messages (RFC 1035 §4.2, RFC 7858, RFC 8484). */
export type DnsTransport = "https" | "tcp" | "tls" | "udp";

/**
 * A question, update or notice as it reached a server. Some of it is made when it is asked for, and does not come along when it is
 * spread into another: {@link changedDnsRequest} makes that.
 */
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

/** A request with another question, or for whoever goes away at another time; all the rest is that of `request`. */
export function changedDnsRequest(
  request: DnsRequest,
  changes: Partial<Pick<DnsRequest, "query" | "signal">>,
): DnsRequest {
  return new ChangedRequest(request, changes);
}

class ChangedRequest implements DnsRequest {
  readonly query: DnsQuery;
  readonly peer: Address;
  readonly transport: DnsTransport;
  readonly octetsMax: number;
  readonly tsigKey: TsigKey | undefined;
  readonly isAddressProven: boolean | undefined;
  readonly #request: DnsRequest;
  readonly #signal: AbortSignal | undefined;

  constructor(request: DnsRequest, { query = request.query, signal }: Partial<Pick<DnsRequest, "query" | "signal">>) {
    this.query = query;
    this.peer = request.peer;
    this.transport = request.transport;
    this.octetsMax = request.octetsMax;
    this.tsigKey = request.tsigKey;
    this.isAddressProven = request.isAddressProven;
    this.#request = request;
    this.#signal = signal;
  }

  get arrivedAt(): number {
    return this.#request.arrivedAt;
  }

  get signal(): AbortSignal {
    return this.#signal ?? this.#request.signal;
  }
}
