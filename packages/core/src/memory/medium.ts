import type { Address, IpAddress, UnixAddress } from "../address.ts";
import type { Reactor } from "../reactor.ts";
import type { TlsOptions } from "../security.ts";
import type { Link } from "../transports/link.ts";
import type { StreamTransport } from "../transports/stream-transport.ts";
import type { Descriptors } from "./descriptors.ts";
import type { Wire } from "./wire.ts";
import type { WireLink } from "./wire-link.ts";
import type { WiredNetwork } from "./wired-network.ts";

/** Which end of a connection: the one that connected, or the one that accepted. */
export type ConnectionSide = "client" | "server";

/** The way of one connection: where it leads, its two wires, and who wants to know of its ends. */
export interface Route {
  readonly network: WiredNetwork;
  readonly there: Wire;
  readonly back: Wire;
  opened?(side: ConnectionSide, link: WireLink, transport: StreamTransport): void;
  closed?(side: ConnectionSide): void;
}

/** One datagram under way. */
export interface Datagram {
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly payload: Uint8Array;
}

/** What lies between the hosts of a wired network. The memory reactor has one host and a perfect medium. */
export interface Medium {
  /** The way from a host to an address, for a new connection; `undefined`: nobody has that address. */
  route(from: WiredNetwork, local: Address, peer: IpAddress | UnixAddress): Route | undefined;
  /** The address a host speaks from to reach another. */
  localHost(from: WiredNetwork, peer: IpAddress): string;
  /** True when a host may listen at this literal address. */
  owns(network: WiredNetwork, host: string): boolean;
  /** The hosts whose sockets may hear what is sent to an address: one, or all for a group or a broadcast. */
  hearers(from: WiredNetwork, to: IpAddress): Iterable<WiredNetwork>;
  /** Brings a datagram to one host; calls `arrive` later, any number of times. */
  carry(from: WiredNetwork, to: WiredNetwork, datagram: Datagram, arrive: () => void): void;
}

/** What a host gives to its network. */
export interface WiredHost {
  readonly reactor: Reactor;
  readonly medium: Medium;
  readonly descriptors: Descriptors;
  readonly secure: (link: Link, options: TlsOptions) => Promise<Link>;
}
