import { type ConnectionError, type Reactor, StateError } from "@hawser/core";
import type { DomainName } from "../../name/domain-name.ts";
import type { DnsDataOf } from "../../records/record.ts";
import type { DnsRecordTypeName, DnsTypeName, DnsUnknownTypeName } from "../../records/types.ts";
import type { DnsServerPlace } from "../exchanger.ts";
import type { DnsAnswer } from "./answer.ts";
import type { DnsHostAddress, DnsRecordNamed, DnsResolver } from "./dns-resolver.ts";
import type { DnsLookupOptions, DnsResolverOptions } from "./options.ts";
import { reactorWithNames } from "./reactor-with-names.ts";
import { ReactorResolver } from "./resolver.ts";
import { checkSettings } from "./settings.ts";

/**
 * Makes a resolver, which asks the servers of the system unless it is given others:
 *
 * ```ts no-run
 * const dns = dnsResolver({ servers: ["tls://dns.example"] });
 * const { address } = (await dns.resolve("example.org", "A"))[0]!;
 * ```
 *
 * It holds nothing open between questions over UDP; `await using` closes what it keeps over TCP and TLS.
 * @throws {DnsTextError} when a server or a domain of the options cannot be read
 */
export function dnsResolver(options: DnsResolverOptions = {}): DnsResolver {
  if (options.reactor !== undefined) return new ReactorResolver(options.reactor, options);
  checkSettings(options);
  return new DefaultResolver(options);
}

/** A resolver on the `node` reactor, which is loaded when it is first wanted. */
class DefaultResolver implements DnsResolver {
  readonly #options: DnsResolverOptions;
  #made: Promise<ReactorResolver> | undefined;
  #servers: { readonly places: readonly (DnsServerPlace | string)[] | undefined } | undefined;
  #isClosed = false;

  constructor(options: DnsResolverOptions) {
    this.#options = options;
  }

  async resolve<Type extends DnsRecordTypeName | DnsUnknownTypeName>(
    name: DomainName | string,
    type: Type,
    options?: DnsLookupOptions,
  ): Promise<readonly DnsDataOf<Type>[]> {
    return (await this.#resolver()).resolve(name, type, options);
  }

  async query<Type extends DnsTypeName | DnsUnknownTypeName>(
    name: DomainName | string,
    type: Type,
    options?: DnsLookupOptions,
  ): Promise<DnsAnswer<DnsRecordNamed<Type>>> {
    return (await this.#resolver()).query(name, type, options);
  }

  async reverse(address: string, options?: DnsLookupOptions): Promise<readonly DomainName[]> {
    return (await this.#resolver()).reverse(address, options);
  }

  async addresses(host: DomainName | string, options?: DnsLookupOptions): Promise<readonly DnsHostAddress[]> {
    return (await this.#resolver()).addresses(host, options);
  }

  async servers(): Promise<readonly DnsServerPlace[]> {
    return (await this.#resolver()).servers();
  }

  setServers(servers: readonly (DnsServerPlace | string)[] | undefined): void {
    checkSettings({ servers });
    this.#servers = { places: servers };
    void this.#made?.then((resolver) => resolver.setServers(servers));
  }

  cancel(reason?: ConnectionError): void {
    void this.#made?.then((resolver) => resolver.cancel(reason));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await (await this.#made)?.[Symbol.asyncDispose]();
  }

  #resolver(): Promise<ReactorResolver> {
    if (this.#isClosed) return Promise.reject(new StateError("Cannot look up names: the resolver is closed"));
    this.#made ??= nodeReactor().then((reactor) => {
      const resolver = new ReactorResolver(reactor, this.#options);
      if (this.#servers !== undefined) resolver.setServers(this.#servers.places);
      return resolver;
    });
    return this.#made;
  }
}

/** With the system's names, whoever has put others in their place: servers of their own must not be found by themselves. */
async function nodeReactor(): Promise<Reactor> {
  const { nodeReactor: reactor, systemNames } = await import("@hawser/core/node");
  return reactorWithNames(reactor, systemNames);
}
