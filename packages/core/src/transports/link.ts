import type { Address } from "../address.ts";
import type { ConnectionError } from "../errors.ts";
import type { Output } from "../machine.ts";
import type { Security, TlsOptions } from "../security.ts";
import type { FlushBatch } from "./flush-batch.ts";

/** What has something to send. */
export interface Flushable {
  flush(): void;
}

/** Where a link delivers: the transport that stands on it. */
export interface LinkOwner {
  received(chunk: Uint8Array): void;
  receivedEnd(): void;
  /** Everything sent so far has been taken, after `pendingOctets` had passed the high-water mark. */
  drained(): void;
  /** The link is gone: once, and last. */
  lost(error?: ConnectionError): void;
}

/**
 * What carries the octets of a {@link StreamTransport}: a socket, one end of a pair in memory, a simulated wire. The
 * transport keeps the queue, the order of calls and the state; a link only moves octets. Write one to bring a new
 * medium into the toolkit.
 *
 * A link never calls its owner from inside a call of its owner, and delivers nothing before `start`.
 */
export interface Link {
  readonly local: Address;
  readonly peer: Address;
  readonly security: Security | undefined;
  /** Octets sent that the medium has not taken yet. */
  readonly pendingOctets: number;
  /** True when a chunk is not looked at any more once `pendingOctets` is 0. Absent where the other side gets the very same chunk. */
  readonly copies?: boolean | undefined;
  /** Where sending costs a call of the system: what may have it done with others, at the end of the loop's turn. */
  readonly batch?: FlushBatch<Flushable> | undefined;
  /** Begins delivery. Called again, it replaces the owner. */
  start(owner: LinkOwner): void;
  /** Takes octets, or text of one octet per character. Between `cork` and `uncork` the pieces are one write. */
  send(chunk: Output): void;
  cork(): void;
  uncork(): void;
  /** Asks for one {@link LinkOwner.drained} when what was sent so far is taken. */
  notifyDrained(): void;
  /** Closes our side after what was sent. */
  end(): void;
  /** Closes both sides now; `lost` follows. */
  abort(): void;
  pause(): void;
  resume(): void;
  /**
   * Makes the protected link that takes this one's place. From the call on this link delivers nothing to its owner, not
   * even `lost`; {@link abort} makes it reject. The transport keeps the time limit. `secureLink` of core/node does it over any link.
   */
  secure(options: TlsOptions): Promise<Link>;
}
