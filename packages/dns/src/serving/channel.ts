import type { Address } from "@hawser/core";
import type { DnsTransport } from "./request.ts";
import type { ServedRequest } from "./served-request.ts";

/** Where requests come from and their answers go: a datagram socket, a connection, an HTTP request. */
export interface DnsChannel {
  readonly transport: DnsTransport;
  /** Whether each message has its length before it (RFC 1035 §4.2.2). */
  readonly isFramed: boolean;
  /** Sends one message, framed where that is wanted. */
  send(octets: Uint8Array, to: Address): void;
  /** A promise of room for more while output waits; `undefined`: there is room. Absent where one message is all there can be. */
  room?(): Promise<void> | undefined;
  /** An answer will come later: it counts against what may be in flight, and is given up with the channel. */
  began(request: ServedRequest): void;
  /** That answer has been sent, or never will be. */
  ended(request: ServedRequest): void;
  /** Gives the channel up, since what was begun on it cannot be finished. Absent on datagrams. */
  abort?(reason: Error): void;
}
