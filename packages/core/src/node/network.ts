import { chmod } from "node:fs/promises";
import { createServer, connect as netConnect, type Server, type Socket } from "node:net";
import { type Address, formatAddress, type IpAddress, ipAddress, type UnixAddress } from "../address.ts";
import type { ConnectionError } from "../errors.ts";
import type { DescriptorAddress, Network, Port, StreamConnectOptions, StreamListenOptions } from "../network.ts";
import type { Reactor } from "../reactor.ts";
import type { Transport } from "../transport.ts";
import { StreamTransport } from "../transports/stream-transport.ts";
import { connectionError } from "./errors.ts";
import { SocketLink } from "./socket-link.ts";
import { removeStaleSocket } from "./stale-socket.ts";

/** The kernel's queue of connections not yet accepted: 511, Node's default, makes a storm of 10,000 connects crawl. */
const backlogDefault = 4_096;

/** Sockets of the operating system. */
export function nodeNetwork(reactor: () => Reactor): Network {
  return {
    listen: (address, options, accept) => listenStream(reactor(), address, options, accept),
    connect: (address, options) => connectStream(reactor(), address, options),
    bind: async (address, options) => {
      const { bindDatagram } = await import("./datagram.ts");
      return bindDatagram(reactor(), address, options ?? {});
    },
  };
}

async function listenStream(
  reactor: Reactor,
  address: IpAddress | UnixAddress | DescriptorAddress,
  options: StreamListenOptions,
  accept: (transport: Transport) => void,
): Promise<Port> {
  const unixPath = address.family === "unix" ? address.path : undefined;
  const addresses = unixPath === undefined ? undefined : { local: unixAddress(unixPath), peer: unixAddress("") };
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
  server.on("connection", (socket: Socket) => {
    accept(new StreamTransport(reactor, new SocketLink(socket, { addresses }), options));
  });
  await opened(server, address, options).catch(async (error: ConnectionError) => {
    if (unixPath === undefined || error.code !== "address-in-use" || !(await removeStaleSocket(unixPath))) throw error;
    await opened(server, address, options);
  });
  if (unixPath !== undefined && options.mode !== undefined) await chmod(unixPath, options.mode);
  return {
    address: serverAddress(server, unixPath),
    // The kernel's socket is closed at once; node's own callback would wait for the connections too.
    close: async () => void server.close(),
  };
}

function opened(
  server: Server,
  address: IpAddress | UnixAddress | DescriptorAddress,
  options: StreamListenOptions,
): Promise<void> {
  const backlog = options.backlog ?? backlogDefault;
  return new Promise((resolve, reject) => {
    const refused = (cause: Error) => reject(connectionError(`Cannot listen on ${describe(address)}`, cause));
    server.once("error", refused);
    const listening = () => {
      server.off("error", refused);
      resolve();
    };
    if (address.family === "descriptor") server.listen({ fd: address.fd, backlog }, listening);
    else if (address.family === "unix") server.listen({ path: address.path, backlog }, listening);
    else
      server.listen(
        { host: address.host, port: address.port, backlog, ipv6Only: options.ipv6Only ?? false },
        listening,
      );
  });
}

function connectStream(
  reactor: Reactor,
  address: IpAddress | UnixAddress,
  options: StreamConnectOptions,
): Promise<Transport> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const socket = netConnect({
      ...(address.family === "unix"
        ? { path: address.path }
        : { host: address.host, port: address.port, family: address.family === "ipv6" ? 6 : 4 }),
      allowHalfOpen: true,
      noDelay: true,
      ...(options.localHost === undefined ? {} : { localAddress: options.localHost }),
      ...(options.localPort === undefined ? {} : { localPort: options.localPort }),
    });
    const settle = () => {
      signal?.removeEventListener("abort", onAbort);
      socket.off("error", onError);
    };
    const onAbort = () => {
      settle();
      socket.on("error", () => {});
      socket.destroy();
      reject(signal!.reason);
    };
    const onError = (cause: Error) => {
      settle();
      reject(connectionError(`Cannot connect to ${formatAddress(address)}`, cause, formatAddress(address)));
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    socket.once("error", onError);
    socket.once("connect", () => {
      settle();
      const addresses = address.family === "unix" ? { local: unixAddress(""), peer: address } : undefined;
      resolve(new StreamTransport(reactor, new SocketLink(socket, { addresses }), options));
    });
  });
}

function serverAddress(server: Server, unixPath: string | undefined): Address {
  if (unixPath !== undefined) return { family: "unix", path: unixPath };
  const address = server.address();
  if (address === null) return { family: "opaque", name: "(closed)" };
  return typeof address === "string" ? { family: "unix", path: address } : ipAddress(address.address, address.port);
}

function describe(address: IpAddress | UnixAddress | DescriptorAddress): string {
  return address.family === "descriptor" ? `descriptor ${address.fd}` : formatAddress(address);
}

function unixAddress(path: string): UnixAddress {
  return { family: "unix", path };
}
