import { type IpAddress, ipAddress, type UnixAddress } from "../address.ts";
import { ConnectionError, quote } from "../errors.ts";
import type { StreamConnectOptions } from "../network.ts";
import type { Reactor } from "../reactor.ts";
import type { Transport } from "../transport.ts";

/** Connects to `unix:path`, or to the first address of the host in `tcp:host:port`. */
export async function dial(reactor: Reactor, endpoint: string, options: StreamConnectOptions): Promise<Transport> {
  return reactor.network.connect(await resolve(reactor, endpoint), options);
}

async function resolve(reactor: Reactor, endpoint: string): Promise<IpAddress | UnixAddress> {
  if (endpoint.startsWith("unix:")) return { family: "unix", path: endpoint.slice("unix:".length) };
  const [, host, port] = /^tcp:(.+):(\d{1,5})$/.exec(endpoint) ?? [];
  if (host === undefined)
    throw new TypeError(`Cannot connect to ${quote(endpoint)}: expected tcp:host:port or unix:path`);
  const [found] = await reactor.names.lookup(host);
  if (found === undefined) throw new ConnectionError("name-not-found", `Cannot find the address of ${quote(host)}`);
  return ipAddress(found.host, Number(port));
}
