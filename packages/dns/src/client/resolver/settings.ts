import type { Reactor } from "@hawser/core";
import { DomainName, parseDomainName } from "../../name/domain-name.ts";
import type { DnsServerPlace } from "../exchanger.ts";
import { parseDnsServer } from "../server-place.ts";
import { type HostsTable, parseHostsFile } from "../system/hosts-file.ts";
import { parseResolvConf, type ResolvConf, resolvConfDefault } from "../system/resolv-conf.ts";
import { WatchedFile } from "../system/watched-file.ts";
import type { DnsResolverOptions } from "./options.ts";
import type { DnsServerStrategy } from "./server-order.ts";

/** What is in force now. */
export interface ResolverSettings
  extends Pick<ResolvConf, "attemptsMax" | "ndots" | "noAaaa" | "search" | "serverTimeoutMs" | "trustAd"> {
  readonly servers: readonly DnsServerPlace[];
  readonly strategy: DnsServerStrategy;
}

const noHosts: HostsTable = { addresses: new Map(), names: new Map() };

/** The options of a resolver over what the files of the system say, which may change at any time. */
export class SettingsSource {
  readonly #options: DnsResolverOptions;
  readonly #conf: WatchedFile<ResolvConf> | undefined;
  readonly #hosts: WatchedFile<HostsTable> | undefined;
  #servers: readonly DnsServerPlace[] | undefined;
  readonly #search: readonly DomainName[] | undefined;
  #made: { readonly conf: ResolvConf; readonly settings: ResolverSettings } | undefined;

  /** @throws {DnsTextError} when a server or a domain cannot be read */
  constructor(reactor: Reactor, options: DnsResolverOptions) {
    const { hostsFile = "/etc/hosts", resolvConf = "/etc/resolv.conf" } = options;
    this.#options = options;
    this.#servers = placesOf(options.servers);
    this.#search = options.search?.map((domain) => (domain instanceof DomainName ? domain : parseDomainName(domain)));
    this.#conf =
      resolvConf === false ? undefined : new WatchedFile(reactor, resolvConf, parseResolvConf, resolvConfDefault);
    this.#hosts = hostsFile === false ? undefined : new WatchedFile(reactor, hostsFile, parseHostsFile, noHosts);
  }

  hosts(): HostsTable | Promise<HostsTable> {
    return this.#hosts?.value() ?? noHosts;
  }

  settings(): ResolverSettings | Promise<ResolverSettings> {
    const conf = this.#conf?.value() ?? resolvConfDefault;
    return conf instanceof Promise ? conf.then((read) => this.#over(read)) : this.#over(conf);
  }

  /** Other servers than those of the options and the file; `undefined`: these again. @throws {DnsTextError} */
  setServers(servers: readonly (DnsServerPlace | string)[] | undefined): void {
    this.#servers = placesOf(servers);
    this.#made = undefined;
  }

  #over(conf: ResolvConf): ResolverSettings {
    if (this.#made?.conf === conf) return this.#made.settings;
    const { strategy, ndots, serverTimeoutMs, attemptsMax } = this.#options;
    const places =
      this.#servers ??
      conf.servers.map((place) => ({ ...place, ...(conf.useTcp ? { transport: "tcp" as const } : {}) }));
    const settings: ResolverSettings = {
      servers: places,
      search: this.#search ?? conf.search,
      ndots: ndots ?? conf.ndots,
      serverTimeoutMs: serverTimeoutMs ?? conf.serverTimeoutMs,
      attemptsMax: attemptsMax ?? conf.attemptsMax,
      noAaaa: conf.noAaaa,
      trustAd: this.#options.trustAd ?? conf.trustAd,
      strategy: strategy ?? (conf.rotate ? "rotate" : "in-order"),
    };
    this.#made = { conf, settings };
    return settings;
  }
}

function placesOf(servers: readonly (DnsServerPlace | string)[] | undefined): readonly DnsServerPlace[] | undefined {
  return servers?.map((server) => (typeof server === "string" ? parseDnsServer(server) : server));
}

/** Finds mistakes in options at once, where making the resolver must wait. @throws {DnsTextError} */
export function checkSettings({ servers, search = [] }: DnsResolverOptions): void {
  placesOf(servers);
  for (const domain of search) if (!(domain instanceof DomainName)) parseDomainName(domain);
}
