import type { Address, IpAddress, UnixAddress } from "./address.ts";
import type { DatagramOptions, DatagramSocket } from "./datagram.ts";
import type { Transport, WaterMarks } from "./transport.ts";

/** An open listening socket, as a reactor gives it. People use {@link listen}, which stands on it. */
export interface Port {
  readonly address: Address;
  /** Stops accepting. Connections that were accepted live on. */
  close(): Promise<void>;
}

/** An inherited, already listening socket (systemd socket activation, a parent process). */
export interface DescriptorAddress {
  readonly family: "descriptor";
  readonly fd: number;
}

/** How a listening socket is opened. */
export interface StreamListenOptions extends WaterMarks {
  /** Connections the kernel holds until we accept them. Default 4,096. */
  readonly backlog?: number | undefined;
  /** Permissions of a UNIX socket, such as 0o660. */
  readonly mode?: number | undefined;
  readonly ipv6Only?: boolean | undefined;
  /** Several processes share the port, the kernel spreads connections (SO_REUSEPORT), where the platform has it. */
  readonly reusePort?: boolean | undefined;
}

/** How one connection is attempted. */
export interface StreamConnectOptions extends WaterMarks {
  readonly signal?: AbortSignal | undefined;
  /** The local address to connect from. */
  readonly localHost?: string | undefined;
  readonly localPort?: number | undefined;
}

/** Sockets. Addresses here are literal; names, several addresses and deadlines are {@link connect}'s business. */
export interface Network {
  /** `accept` gets each new connection before any of its octets. It must call {@link Transport.start} or abort, at once. */
  listen(
    address: IpAddress | UnixAddress | DescriptorAddress,
    options: StreamListenOptions,
    accept: (transport: Transport) => void,
  ): Promise<Port>;
  /**
   * One attempt at one address.
   * @throws {ConnectionError} `refused`, `unreachable`, `timed-out`, `not-permitted`; `signal.reason` when aborted
   */
  connect(address: IpAddress | UnixAddress, options: StreamConnectOptions): Promise<Transport>;
  bind(address: IpAddress, options?: DatagramOptions): Promise<DatagramSocket>;
}
