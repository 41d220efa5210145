import type { Address, IpAddress, UnixAddress } from "../address.ts";
import { isGroupOrBroadcast, isLoopback, isWildcard } from "../memory/address-kinds.ts";
import type { ConnectionSide, Datagram, Medium, Route } from "../memory/medium.ts";
import type { WiredNetwork } from "../memory/wired-network.ts";
import type { StreamTransport } from "../transports/stream-transport.ts";
import type { SimulatedFaults } from "./faults.ts";
import type { SimulatedHost } from "./host.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { SimulatedConnection } from "./simulated-connection.ts";
import { SimulatedPath } from "./simulated-path.ts";
import type { Timeline } from "./timeline.ts";
import type { WorldTrace } from "./world-event.ts";

/** Faults for one direction between two hosts, by `from>to`, before those for all. */
export type LinkFaults = Readonly<Record<string, SimulatedFaults>>;

export interface SimulatedMediumOptions {
  readonly timeline: Timeline;
  readonly random: SeededRandom;
  readonly trace: WorldTrace;
  readonly giveUpMs: number;
  readonly faults: SimulatedFaults;
  readonly links: LinkFaults;
}

/** All that lies between the hosts of a world: a path for each pair and direction, and the connections on them. */
export class SimulatedMedium implements Medium {
  /** Connections that have an end which is not closed. */
  readonly connections: Set<SimulatedConnection> = new Set();
  readonly #options: SimulatedMediumOptions;
  readonly #hosts: SimulatedHost[] = [];
  readonly #hostOf = new Map<WiredNetwork, SimulatedHost>();
  readonly #paths = new Map<string, SimulatedPath>();
  readonly #sides = new WeakMap<object, { readonly connection: SimulatedConnection; readonly side: ConnectionSide }>();
  #faults: SimulatedFaults;
  #links: Map<string, SimulatedFaults>;
  #connectionCount = 0;

  constructor(options: SimulatedMediumOptions) {
    this.#options = options;
    this.#faults = options.faults;
    this.#links = new Map(Object.entries(options.links));
  }

  add(host: SimulatedHost): void {
    this.#hosts.push(host);
    this.#hostOf.set(host.network, host);
  }

  /** The path from one host to another, by their names. */
  path(from: string, to: string): SimulatedPath {
    const key = `${from}>${to}`;
    const known = this.#paths.get(key);
    if (known !== undefined) return known;
    const path = new SimulatedPath(
      this.#options.random.fork(`path ${key}`),
      this.#options.timeline,
      this.#options.trace,
    );
    path.faults = { ...this.#faults, ...this.#links.get(key) };
    this.#paths.set(key, path);
    return path;
  }

  /** Adds to the faults of one path, or of all. */
  change(faults: SimulatedFaults, link: string | undefined): void {
    if (link === undefined) this.#faults = { ...this.#faults, ...faults };
    else this.#links.set(link, { ...this.#links.get(link), ...faults });
    for (const [key, path] of this.#paths) path.faults = { ...this.#faults, ...this.#links.get(key) };
  }

  healAll(): void {
    for (const path of this.#paths.values()) path.heal();
  }

  /** Which end of which connection a transport is. */
  sideOf(transport: object): { readonly connection: SimulatedConnection; readonly side: ConnectionSide } | undefined {
    return this.#sides.get(transport);
  }

  route(from: WiredNetwork, local: Address, peer: IpAddress | UnixAddress): Route | undefined {
    const client = this.#host(from);
    const server = peer.family === "unix" ? client : this.#hostAt(client, peer.host);
    if (server === undefined) return undefined;
    this.#connectionCount += 1;
    const connection = new SimulatedConnection({
      ...this.#options,
      number: this.#connectionCount,
      random: this.#options.random.fork(`connection ${this.#connectionCount}`),
      client: local,
      server: peer,
      there: this.path(client.name, server.name),
      back: this.path(server.name, client.name),
    });
    return this.#routeOf(connection, server.network);
  }

  localHost(from: WiredNetwork, peer: IpAddress): string {
    const host = this.#host(from);
    if (isLoopback(peer.host)) return peer.family === "ipv6" ? "::1" : "127.0.0.1";
    return peer.family === "ipv6" ? host.address6 : host.address;
  }

  owns(network: WiredNetwork, address: string): boolean {
    const host = this.#host(network);
    return isWildcard(address) || isLoopback(address) || address === host.address || address === host.address6;
  }

  hearers(from: WiredNetwork, to: IpAddress): Iterable<WiredNetwork> {
    if (isGroupOrBroadcast(to)) return this.#hosts.map(({ network }) => network);
    const host = this.#hostAt(this.#host(from), to.host);
    return host === undefined ? [] : [host.network];
  }

  carry(from: WiredNetwork, to: WiredNetwork, datagram: Datagram, arrive: () => void): void {
    this.path(this.#host(from).name, this.#host(to).name).carry(datagram, arrive);
  }

  #routeOf(connection: SimulatedConnection, network: WiredNetwork): Route {
    const open = new Set<ConnectionSide>();
    return {
      network,
      there: connection.there,
      back: connection.back,
      opened: (side, link, transport: StreamTransport) => {
        connection.links[side] = link;
        this.#sides.set(transport, { connection, side });
        open.add(side);
        this.connections.add(connection);
      },
      closed: (side) => {
        open.delete(side);
        if (open.size === 0) this.connections.delete(connection);
      },
    };
  }

  #host(network: WiredNetwork): SimulatedHost {
    return this.#hostOf.get(network)!;
  }

  #hostAt(from: SimulatedHost, address: string): SimulatedHost | undefined {
    if (isLoopback(address) || isWildcard(address)) return from;
    return this.#hosts.find((host) => host.address === address || host.address6 === address.toLowerCase());
  }
}
