import { access, chmod } from "node:fs/promises";
import { createServer, connect as netConnect, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { type Address, formatAddress, type IpAddress, ipAddress, type UnixAddress } from "../address.ts";
import { ConnectionError } from "../errors.ts";
import { reportFault } from "../faults.ts";
import type { DescriptorAddress, Network, Port, StreamConnectOptions, StreamListenOptions } from "../network.ts";
import type { Reactor } from "../reactor.ts";
import type { Transport } from "../transport.ts";
import { StreamTransport } from "../transports/stream-transport.ts";
import { descriptorBudget } from "./descriptors.ts";
import { connectionError } from "./errors.ts";
import { inheritedUnixAddress } from "./inherited.ts";
import { type SocketAddresses, SocketLink } from "./socket-link.ts";
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
  const budget = descriptorBudget();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
  let addresses: SocketAddresses | undefined;
  server.on("connection", (socket: Socket) => {
    socket.on("close", budget.release);
    if (!budget.take()) return refuse(socket);
    accept(new StreamTransport(reactor, new SocketLink(socket, { addresses }), options));
  });
  await opened(server, address, options).catch(async (error: ConnectionError) => {
    if (address.family !== "unix") throw error;
    await requireFolder(address);
    if (error.code !== "address-in-use") throw error;
    if (!(await removeStaleSocket(address.path))) throw error;
    await opened(server, address, options);
  });
  server.on("error", reportAcceptError);
  const local = serverAddress(server, address);
  if (local.family !== "ipv4" && local.family !== "ipv6") addresses = { local, peer: unixAddress("") };
  if (address.family === "unix" && options.mode !== undefined)
    await chmod(address.path, options.mode).catch((cause: unknown) => {
      server.close(); // rather not at all than open to others
      throw connectionError(`Cannot listen on ${describe(address)}`, cause);
    });
  return {
    address: local,
    // The kernel's socket is closed at once; node's own callback would wait for the connections too.
    close: async () => void server.close(),
  };
}

/** libuv says EACCES when the folder of the socket is not there. */
async function requireFolder({ path }: UnixAddress): Promise<void> {
  if (
    await access(dirname(path)).then(
      () => true,
      () => false,
    )
  )
    return;
  throw new ConnectionError("failed", `Cannot listen on unix:${path}: no such directory`);
}

/** There are no descriptors left for this connection. A reset lets its client know. */
function refuse(socket: Socket): void {
  socket.on("error", () => {});
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}

/** A connection could not be accepted; the listening socket lives on. */
function reportAcceptError(error: Error): void {
  reportFault(error, "Network.listen");
}

/**
 * Node reads the address that it is given by an expression that takes it 5 ms to compile, and listens on `::` when it is
 * given none. Should it have to leave IPv6 out, it is told to listen there and nowhere else, and says why it cannot.
 */
async function opened(
  server: Server,
  address: IpAddress | UnixAddress | DescriptorAddress,
  options: StreamListenOptions,
): Promise<void> {
  const isPlain = !options.ipv6Only && !options.reusePort; // what Node takes note of together with an address alone
  if (address.family !== "ipv6" || address.host !== "::" || !isPlain) return openedAs(server, address, options);
  await openedAs(server, address, options, { isUntold: true });
  if (serverAddress(server, address).family === "ipv6") return;
  server.close();
  await openedAs(server, address, options);
}

function openedAs(
  server: Server,
  address: IpAddress | UnixAddress | DescriptorAddress,
  options: StreamListenOptions,
  { isUntold = false }: { readonly isUntold?: boolean } = {},
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
        {
          ...(isUntold ? {} : { host: address.host }),
          port: address.port,
          backlog,
          ipv6Only: options.ipv6Only ?? false,
          ...(options.reusePort ? { reusePort: true } : {}), // from Node 22.12 on
        },
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
      const budget = descriptorBudget();
      budget.take(); // ours is never refused, and counts
      socket.on("close", budget.release);
      const addresses = address.family === "unix" ? { local: unixAddress(""), peer: address } : undefined;
      resolve(new StreamTransport(reactor, new SocketLink(socket, { addresses }), options));
    });
  });
}

function serverAddress(server: Server, asked: IpAddress | UnixAddress | DescriptorAddress): Address {
  if (asked.family === "unix") return asked;
  const address = server.address();
  if (address !== null && typeof address === "object") return ipAddress(address.address, address.port);
  if (asked.family === "descriptor") return inheritedUnixAddress(asked.fd);
  return { family: "opaque", name: "(closed)" };
}

function describe(address: IpAddress | UnixAddress | DescriptorAddress): string {
  return address.family === "descriptor" ? `descriptor ${address.fd}` : formatAddress(address);
}

function unixAddress(path: string): UnixAddress {
  return { family: "unix", path };
}
