import type {
  Clock,
  DatagramOptions,
  DatagramSocket,
  DescriptorAddress,
  FileTree,
  IpAddress,
  Names,
  Network,
  Port,
  Processes,
  Random,
  Reactor,
  StreamConnectOptions,
  StreamListenOptions,
  Threads,
  Transport,
  UnixAddress,
} from "@hawser/core";
import type { KeptPort } from "./kept-port.ts";
import type { KeptSockets } from "./kept-sockets.ts";
import type { SocketHolder } from "./socket-holder.ts";

/** What a service gets for a reactor: the application's own, but for listening sockets, which stay the application's. */
export class HolderReactor implements Reactor {
  readonly kind: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly names: Names;
  readonly processes: Processes;
  readonly threads: Threads;
  readonly #inner: Reactor;

  /** @param told learns of each port that is listened on */
  constructor(inner: Reactor, sockets: KeptSockets, holder: SocketHolder, told: (port: KeptPort) => void = () => {}) {
    this.#inner = inner;
    this.kind = inner.kind;
    this.clock = inner.clock;
    this.random = inner.random;
    this.names = inner.names;
    this.processes = inner.processes;
    this.threads = inner.threads;
    this.network = new HolderNetwork(inner.network, sockets, holder, told);
  }

  files(root: string): FileTree {
    return this.#inner.files(root);
  }
}

class HolderNetwork implements Network {
  readonly #inner: Network;
  readonly #sockets: KeptSockets;
  readonly #holder: SocketHolder;
  readonly #told: (port: KeptPort) => void;

  constructor(inner: Network, sockets: KeptSockets, holder: SocketHolder, told: (port: KeptPort) => void) {
    this.#inner = inner;
    this.#sockets = sockets;
    this.#holder = holder;
    this.#told = told;
  }

  listen(
    address: IpAddress | UnixAddress | DescriptorAddress,
    options: StreamListenOptions,
    accept: (transport: Transport) => void,
  ): Promise<Port> {
    return this.#sockets.listen(this.#holder, address, options, accept, this.#told);
  }

  connect(address: IpAddress | UnixAddress, options: StreamConnectOptions): Promise<Transport> {
    return this.#inner.connect(address, options);
  }

  bind(address: IpAddress, options?: DatagramOptions): Promise<DatagramSocket> {
    return this.#sockets.bind(this.#holder, address, options);
  }
}
