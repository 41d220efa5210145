import {
  type Clock,
  ConnectionError,
  type DatagramOptions,
  type DatagramSocket,
  type DescriptorAddress,
  formatAddress,
  type IpAddress,
  type Network,
  type Port,
  quote,
  type Reactor,
  type StreamListenOptions,
  type Transport,
  type UnixAddress,
} from "@hawser/core";
import { KeptDatagrams } from "./kept-datagrams.ts";
import { KeptPort } from "./kept-port.ts";
import type { SocketHolder } from "./socket-holder.ts";

type ListenAddress = IpAddress | UnixAddress | DescriptorAddress;

/**
 * The listening sockets of an application. They belong to the application and are lent to its services: a service that is
 * started anew gets the sockets of its predecessor, so that no connection finds the door closed.
 */
export class KeptSockets {
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #ports = new Set<KeptPort>();
  readonly #datagrams = new Set<KeptDatagrams>();

  constructor(reactor: Reactor) {
    this.#network = reactor.network;
    this.#clock = reactor.clock;
  }

  /** How many sockets are open. */
  get openCount(): number {
    return this.#ports.size + this.#datagrams.size;
  }

  /** As the network's own; `told` learns which port it is. @throws {ConnectionError} `address-in-use`, also where another service has it */
  async listen(
    holder: SocketHolder,
    address: ListenAddress,
    options: StreamListenOptions,
    accept: (transport: Transport) => void,
    told: (port: KeptPort) => void,
  ): Promise<Port> {
    refuseEnded(holder);
    const key = `${addressKey(address)} ${streamKey(options)}`;
    const byName = isChosen(address);
    const kept = [...this.#ports].find((port) => port.key === key && port.isFreeFor(holder, byName));
    if (kept !== undefined) {
      told(kept);
      return kept.lease(holder, accept);
    }
    const port = new KeptPort(key, this.#clock, holder, (closed) => this.#ports.delete(closed));
    const lease = port.lease(holder, accept);
    port.opened(await this.#network.listen(address, options, port.arrive));
    this.#ports.add(port);
    if (holder.isEnded) await port.endHolder(holder);
    refuseEnded(holder);
    told(port);
    return lease;
  }

  async bind(holder: SocketHolder, address: IpAddress, options: DatagramOptions = {}): Promise<DatagramSocket> {
    const { signal, ...shape } = options;
    signal?.throwIfAborted();
    refuseEnded(holder);
    const key = `${addressKey(address)} ${JSON.stringify(shape)}`;
    const byName = isChosen(address);
    const kept = [...this.#datagrams].find((socket) => socket.key === key && socket.isFreeFor(holder, byName));
    if (kept !== undefined) return kept.lease(holder);
    const bound = await this.#network.bind(address, options);
    const socket = new KeptDatagrams(key, bound, holder, (closed) => this.#datagrams.delete(closed));
    this.#datagrams.add(socket);
    if (holder.isEnded) socket.endHolder(holder);
    refuseEnded(holder);
    return socket.lease(holder);
  }

  /** From here on the holder's sockets bring it what arrives, and what has arrived before. */
  serve(holder: SocketHolder): void {
    holder.serve();
    for (const port of [...this.#ports]) port.serve(holder);
    for (const socket of [...this.#datagrams]) socket.serve(holder);
  }

  /** Closes what the holder has left open and nobody has taken over. */
  async end(holder: SocketHolder): Promise<void> {
    holder.end();
    for (const socket of [...this.#datagrams]) socket.endHolder(holder);
    await Promise.all([...this.#ports].map((port) => port.endHolder(holder)));
  }
}

function addressKey(address: ListenAddress): string {
  return address.family === "descriptor" ? `fd ${address.fd}` : `${address.family} ${formatAddress(address)}`;
}

/** What makes two sockets on one address differ. */
function streamKey({
  backlog,
  mode,
  ipv6Only,
  reusePort,
  highWaterOctets,
  lowWaterOctets,
}: StreamListenOptions): string {
  return JSON.stringify([backlog, mode, ipv6Only, reusePort, highWaterOctets, lowWaterOctets]);
}

function isChosen(address: ListenAddress): boolean {
  return (address.family === "ipv4" || address.family === "ipv6") && address.port === 0;
}

function refuseEnded(holder: SocketHolder): void {
  if (holder.isEnded)
    throw new ConnectionError("aborted", `Cannot listen: the service ${quote(holder.name)} has ended`);
}
