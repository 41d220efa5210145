import { formatAddress, type IpAddress, ipAddress } from "../address.ts";
import type { DatagramOptions, DatagramReceiver, DatagramSocket } from "../datagram.ts";
import { StateError } from "../errors.ts";
import { reportFault } from "../faults.ts";
import { nextTick } from "../process-calls.ts";
import type { Reactor } from "../reactor.ts";
import { broadcastHost, isGroupOrBroadcast, isWildcard } from "./address-kinds.ts";
import type { Datagram } from "./medium.ts";
import type { WiredNetwork } from "./wired-network.ts";

/** The largest payload of UDP over IPv4 (RFC 768, RFC 791): 65,535 less both headers. */
const payloadOctetsMax = 65_507;

/** Datagrams that wait for {@link DatagramSocket.start}; later ones are lost, as in a full socket buffer. */
const heldMax = 1_024;

/** A UDP socket of a {@link WiredNetwork}. */
export class WiredDatagramSocket implements DatagramSocket {
  readonly reactor: Reactor;
  readonly #network: WiredNetwork;
  readonly #options: DatagramOptions;
  readonly #groups = new Set<string>();
  readonly #held: Datagram[] = [];
  #local: IpAddress | undefined;
  #release: (() => void) | undefined;
  #receiver: DatagramReceiver | undefined;
  #loopback = true;

  constructor(network: WiredNetwork, options: DatagramOptions) {
    this.reactor = network.host.reactor;
    this.#network = network;
    this.#options = options;
  }

  get local(): IpAddress {
    return this.#local!;
  }

  opened(local: IpAddress, release: () => void): this {
    this.#local = local;
    this.#release = release;
    return this;
  }

  start(receiver: DatagramReceiver): void {
    this.#receiver = receiver;
    nextTick(() => {
      for (const datagram of this.#held.splice(0)) this.arrived(datagram);
    });
  }

  send(payload: Uint8Array, to: IpAddress): void {
    if (this.#release === undefined) return;
    this.#checkSendable(payload, to);
    const { medium } = this.#network.host;
    const datagram: Datagram = { from: this.#sourceFor(to), to, payload };
    for (const network of medium.hearers(this.#network, to)) {
      if (network === this.#network && isGroupOrBroadcast(to) && !this.#loopback) continue;
      medium.carry(this.#network, network, datagram, () => network.hear(datagram));
    }
  }

  close(): void {
    if (this.#release === undefined) return;
    this.#release();
    this.#release = undefined;
    this.#held.length = 0;
    nextTick(() => this.#tell((receiver) => receiver.closed()));
  }

  joinGroup(group: string): void {
    if (group === broadcastHost || !isGroupOrBroadcast(ipAddress(group, 0)))
      throw new TypeError(`Cannot join "${group}": not a multicast address`);
    this.#groups.add(group);
  }

  leaveGroup(group: string): void {
    this.#groups.delete(group);
  }

  setMulticast(options: { readonly loopback?: boolean | undefined }): void {
    this.#loopback = options.loopback ?? this.#loopback;
  }

  /** Takes what was sent to this socket's address. */
  arrived(datagram: Datagram): void {
    if (this.#release === undefined) return;
    if (this.#receiver !== undefined) this.#tell((receiver) => receiver.datagram(datagram.payload, datagram.from));
    else if (this.#held.length < heldMax) this.#held.push(datagram);
  }

  /** Takes what was sent to a group or to all, if it is for us. */
  hear(datagram: Datagram): void {
    if (datagram.to.host === broadcastHost || this.#groups.has(datagram.to.host)) this.arrived(datagram);
  }

  #checkSendable(payload: Uint8Array, to: IpAddress): void {
    if (payload.length > payloadOctetsMax)
      throw new RangeError(`Cannot send a datagram of ${payload.length} octets: at most ${payloadOctetsMax} fit`);
    if (to.host === broadcastHost && !this.#options.broadcast)
      throw new StateError(`Cannot send to ${formatAddress(to)}: the socket was not bound with broadcast`);
  }

  #sourceFor(to: IpAddress): IpAddress {
    if (!isWildcard(this.local.host)) return this.local;
    return ipAddress(this.#network.host.medium.localHost(this.#network, to), this.local.port);
  }

  #tell(call: (receiver: DatagramReceiver) => void): void {
    if (this.#receiver === undefined) return;
    try {
      call(this.#receiver);
    } catch (error) {
      reportFault(error, "DatagramReceiver");
    }
  }
}
