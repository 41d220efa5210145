import type { IpAddress } from "./address.ts";
import type { ConnectionError } from "./errors.ts";
import type { Reactor } from "./reactor.ts";

/** What a datagram socket pushes into. */
export interface DatagramReceiver {
  datagram(payload: Uint8Array, from: IpAddress): void;
  /** An earlier datagram could not be delivered (ICMP), or the socket failed. The socket lives on. */
  failed?(error: ConnectionError): void;
  closed(error?: ConnectionError): void;
}

/** A UDP socket. */
export interface DatagramSocket {
  readonly reactor: Reactor;
  readonly local: IpAddress;
  start(receiver: DatagramReceiver): void;
  /**
   * Sends one datagram, which must not be changed afterwards. `to` is a literal address; names are resolved before. Lost
   * datagrams are nobody's error.
   */
  send(payload: Uint8Array, to: IpAddress): void;
  close(): void;
  /** Joins a multicast group (RFC 1112) on one interface, or on the system's choice. */
  joinGroup(group: string, options?: { readonly interface?: string | undefined }): void;
  leaveGroup(group: string, options?: { readonly interface?: string | undefined }): void;
  /** `ttl` hops for multicast (default 1), and whether our own group messages come back to us (default true). */
  setMulticast(options: {
    readonly ttl?: number | undefined;
    readonly loopback?: boolean | undefined;
    readonly interface?: string | undefined;
  }): void;
}

/** How a datagram socket is bound. */
export interface DatagramOptions {
  /** Several processes or sockets share the port. Default false. */
  readonly reuseAddress?: boolean | undefined;
  /** IPv6 sockets take no IPv4. Default false. */
  readonly ipv6Only?: boolean | undefined;
  readonly broadcast?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}
