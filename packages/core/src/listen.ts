import { type Address, type IpAddress, ipAddress } from "./address.ts";
import { defaultReactor } from "./default-reactor.ts";
import type { Factory } from "./factory.ts";
import { type Listener, PortListener } from "./listener.ts";
import type { StreamListenOptions } from "./network.ts";
import type { Reactor } from "./reactor.ts";

export interface ListenOptions extends StreamListenOptions {
  readonly reactor?: Reactor | undefined;
}

/** Serves a factory on an endpoint: `await listen("tcp:7777", httpServer(root))`. */
export async function listen(endpoint: string, factory: Factory, options: ListenOptions = {}): Promise<Listener> {
  const reactor = options.reactor ?? (await defaultReactor());
  const [, port, host] = /^tcp:(\d+)(?::interface=(.*))?$/.exec(endpoint) ?? [];
  const address: IpAddress = ipAddress(host ?? "127.0.0.1", Number(port));
  return new PortListener(reactor, factory).open((accept) => reactor.network.listen(address, options, accept));
}

export type { Address };
