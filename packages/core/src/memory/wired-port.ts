import { type Address, formatAddress } from "../address.ts";
import { reportFault } from "../faults.ts";
import type { Port, StreamListenOptions } from "../network.ts";
import type { Transport } from "../transport.ts";
import { StreamTransport } from "../transports/stream-transport.ts";
import type { Descriptor } from "./descriptors.ts";
import type { Route } from "./medium.ts";
import { WireLink } from "./wire-link.ts";
import type { WiredNetwork } from "./wired-network.ts";

const backlogDefault = 4_096;

/** A listening socket of a {@link WiredNetwork}. */
export class WiredPort implements Port {
  readonly #network: WiredNetwork;
  readonly #options: StreamListenOptions;
  readonly #accept: (transport: Transport) => void;
  readonly #descriptor: Descriptor;
  #address: Address | undefined;
  #release: (() => void) | undefined;

  constructor(
    network: WiredNetwork,
    options: StreamListenOptions,
    accept: (transport: Transport) => void,
    descriptor: Descriptor,
  ) {
    this.#descriptor = descriptor;
    this.#network = network;
    this.#options = options;
    this.#accept = accept;
  }

  get address(): Address {
    return this.#address!;
  }

  opened(address: Address, release: () => void): void {
    this.#address = address;
    this.#release = release;
  }

  async close(): Promise<void> {
    if (this.#release === undefined) return;
    this.#release();
    this.#release = undefined;
    this.#descriptor.release();
  }

  /**
   * A client's `open` has arrived: answers it, and gives the connection to the server when a descriptor is free for it.
   * As in a kernel, the client is connected before that; a full backlog refuses.
   */
  knocked(client: Address, server: Address, route: Route): void {
    const { descriptors, reactor, secure } = this.#network.host;
    if (descriptors.waiting >= (this.#options.backlog ?? backlogDefault)) return refuse(route);
    let descriptor: Descriptor | undefined;
    let gone = false;
    const closed = () => {
      gone = true;
      route.closed?.("server");
      descriptor?.release();
    };
    const link = new WireLink({ local: server, peer: client, out: route.back, marks: this.#options, secure, closed });
    const transport = new StreamTransport(reactor, link, this.#options);
    route.there.receiver = link.arrived;
    route.opened?.("server", link, transport);
    route.back.send({ type: "opened" });
    descriptors.whenFree(`connection from ${formatAddress(client)}`, (free) => {
      descriptor = free;
      if (gone) free.release();
      else this.#hand(transport);
    });
  }

  #hand(transport: Transport): void {
    try {
      this.#accept(transport);
    } catch (error) {
      reportFault(error, "accept");
      transport.abort();
    }
  }
}

/** Answers an `open` as a host does on whose port nobody listens. */
export function refuse(route: Route): void {
  route.back.send({ type: "lost", code: "reset" });
}
