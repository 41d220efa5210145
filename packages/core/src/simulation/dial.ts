import { type Address, type IpAddress, ipAddress, type UnixAddress } from "../address.ts";
import { ConnectionError, quote } from "../errors.ts";
import type { StreamConnectOptions } from "../network.ts";
import type { Reactor } from "../reactor.ts";
import type { Transport } from "../transport.ts";

/** Connects to an address, or to the first address of the host in `tcp:host:port`; `tcp:port` means this host. */
export async function dial(reactor: Reactor, to: string | Address, options: StreamConnectOptions): Promise<Transport> {
  return reactor.network.connect(await resolve(reactor, to), options);
}

async function resolve(reactor: Reactor, to: string | Address): Promise<IpAddress | UnixAddress> {
  if (typeof to !== "string") {
    if (to.family === "opaque") throw new TypeError(`Cannot connect to ${quote(to.name)}: it has no address`);
    return to;
  }
  if (to.startsWith("unix:")) return { family: "unix", path: to.slice("unix:".length) };
  const [, host, port] = /^tcp:(?:(.+):)?(\d{1,5})$/.exec(to) ?? [];
  if (port === undefined) throw new TypeError(`Cannot connect to ${quote(to)}: expected tcp:host:port or unix:path`);
  const [found] = await reactor.names.lookup(host?.replace(/^\[(.*)\]$/, "$1") ?? "127.0.0.1");
  if (found === undefined) throw new ConnectionError("name-not-found", `Cannot find the address of ${quote(to)}`);
  return ipAddress(found.host, Number(port));
}
