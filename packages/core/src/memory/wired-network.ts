import { formatAddress, type IpAddress, ipAddress, type UnixAddress } from "../address.ts";
import type { DatagramOptions, DatagramSocket } from "../datagram.ts";
import { ConnectionError } from "../errors.ts";
import type { DescriptorAddress, Network, Port, StreamConnectOptions, StreamListenOptions } from "../network.ts";
import type { Transport } from "../transport.ts";
import { isGroupOrBroadcast } from "./address-kinds.ts";
import { attemptConnection } from "./attempt.ts";
import type { Descriptor } from "./descriptors.ts";
import type { Datagram, WiredHost } from "./medium.ts";
import { PortTable } from "./port-table.ts";
import { WiredDatagramSocket } from "./wired-datagrams.ts";
import { WiredPort } from "./wired-port.ts";

/** The sockets of one host on a {@link Medium}: streams with ports and paths, and datagrams. */
export class WiredNetwork implements Network {
  readonly host: WiredHost;
  /** A connection's own local port is held by nobody who could be found: `undefined`. */
  readonly #streams = new PortTable<WiredPort | undefined>();
  readonly #paths = new Map<string, WiredPort>();
  readonly #datagrams = new PortTable<WiredDatagramSocket>();

  constructor(host: WiredHost) {
    this.host = host;
  }

  async listen(
    address: IpAddress | UnixAddress | DescriptorAddress,
    options: StreamListenOptions,
    accept: (transport: Transport) => void,
  ): Promise<Port> {
    if (address.family === "descriptor")
      throw new ConnectionError("unsupported", `Cannot listen on descriptor ${address.fd}: this reactor inherits none`);
    const descriptor = this.host.descriptors.take(`listener on ${formatAddress(address)}`);
    try {
      const port = new WiredPort(this, options, accept, descriptor);
      if (address.family === "unix") this.#openOnPath(port, address);
      else this.#openOnPort(port, address, options);
      return port;
    } catch (error) {
      descriptor.release();
      throw error;
    }
  }

  async connect(address: IpAddress | UnixAddress, options: StreamConnectOptions): Promise<Transport> {
    options.signal?.throwIfAborted();
    const descriptor = this.host.descriptors.take(`connection to ${formatAddress(address)}`);
    try {
      return address.family === "unix"
        ? await attemptConnection(this, { family: "unix", path: "" }, address, options, descriptor.release)
        : await this.#connectFromPort(address, options, descriptor);
    } catch (error) {
      descriptor.release();
      throw error;
    }
  }

  async bind(address: IpAddress, options: DatagramOptions = {}): Promise<DatagramSocket> {
    options.signal?.throwIfAborted();
    this.#checkOwned(address);
    const descriptor = this.host.descriptors.take(`datagram socket on ${formatAddress(address)}`);
    try {
      return this.#bindSocket(address, options, descriptor);
    } catch (error) {
      descriptor.release();
      throw error;
    }
  }

  /** Who listens at an address of this host. */
  portAt(address: IpAddress | UnixAddress): WiredPort | undefined {
    return address.family === "unix" ? this.#paths.get(address.path) : this.#streams.find(address);
  }

  /** Gives an arrived datagram to the sockets it is for. */
  hear(datagram: Datagram): void {
    if (isGroupOrBroadcast(datagram.to))
      for (const socket of this.#datagrams.holdersOf(datagram.to.port)) socket.hear(datagram);
    else this.#datagrams.find(datagram.to)?.arrived(datagram);
  }

  #openOnPort(port: WiredPort, address: IpAddress, options: StreamListenOptions): void {
    this.#checkOwned(address);
    const claim = this.#streams.claim({
      address,
      holder: port,
      shared: options.reusePort ?? false,
      ipv6Only: options.ipv6Only ?? false,
    });
    port.opened(claim.address, () => this.#streams.release(claim));
  }

  #openOnPath(port: WiredPort, address: UnixAddress): void {
    if (this.#paths.has(address.path))
      throw new ConnectionError("address-in-use", `Cannot listen on ${address.path}: address already in use`);
    this.#paths.set(address.path, port);
    port.opened(address, () => this.#paths.delete(address.path));
  }

  #connectFromPort(address: IpAddress, options: StreamConnectOptions, descriptor: Descriptor): Promise<Transport> {
    const host = options.localHost ?? this.host.medium.localHost(this, address);
    const claim = this.#streams.claim({
      address: ipAddress(host, options.localPort ?? 0),
      holder: undefined,
      shared: false,
      ipv6Only: false,
    });
    const release = () => {
      this.#streams.release(claim);
      descriptor.release();
    };
    return attemptConnection(this, claim.address, address, options, release);
  }

  #bindSocket(address: IpAddress, options: DatagramOptions, descriptor: Descriptor): WiredDatagramSocket {
    const socket = new WiredDatagramSocket(this, options);
    const claim = this.#datagrams.claim({
      address,
      holder: socket,
      shared: options.reuseAddress ?? false,
      ipv6Only: options.ipv6Only ?? false,
    });
    return socket.opened(claim.address, () => {
      this.#datagrams.release(claim);
      descriptor.release();
    });
  }

  #checkOwned(address: IpAddress): void {
    if (this.host.medium.owns(this, address.host)) return;
    throw new ConnectionError("unreachable", `Cannot listen on ${formatAddress(address)}: not an address of this host`);
  }
}
