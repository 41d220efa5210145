import { ConnectionError, parseIp, quote, type Reactor, StateError, unmappedIp } from "@hawser/core";
import { DnsCache } from "../../cache/dns-cache.ts";
import { DnsTextError } from "../../errors.ts";
import { DomainName } from "../../name/domain-name.ts";
import { domainNameFromUnicode } from "../../name/idna.ts";
import type { DnsDataOf } from "../../records/record.ts";
import type { DnsRecordTypeName, DnsTypeName, DnsUnknownTypeName } from "../../records/types.ts";
import { DnsClient } from "../dns-client.ts";
import type { DnsServerPlace } from "../exchanger.ts";
import { LimitedWork } from "../limited-work.ts";
import { answerOf, type DnsAnswer } from "./answer.ts";
import { AnswerSource } from "./answer-source.ts";
import type { AskServersOptions } from "./ask-servers.ts";
import { bothFamilies } from "./both-families.ts";
import type { DnsHostAddress, DnsRecordNamed, DnsResolver } from "./dns-resolver.ts";
import { DnsLookupError, type DnsLookupErrorCode } from "./errors.ts";
import { fromHosts } from "./from-hosts.ts";
import { lookUp, lookUpKnown } from "./lookup.ts";
import type { DnsLookupOptions, DnsResolverOptions } from "./options.ts";
import { searchNames } from "./search.ts";
import { ServerOrder } from "./server-order.ts";
import { SettingsSource } from "./settings.ts";
import { sortAddresses } from "./sort-addresses.ts";
import { reverseName, specialAnswer } from "./special-names.ts";

/** For a whole lookup: long enough for two rounds of three silent servers, and about what people wait. */
const timeoutMsDefault = 15_000;

/** Answers that a resolver keeps: more names than a program talks to. */
const cacheEntries = 10_000;

/** A {@link DnsResolver} on a reactor. */
export class ReactorResolver implements DnsResolver {
  readonly #options: DnsResolverOptions;
  readonly #reactor: Reactor;
  readonly #settings: SettingsSource;
  readonly #client: DnsClient | undefined;
  readonly #source: AnswerSource;
  readonly #closing = new AbortController();
  readonly #work: LimitedWork;

  /** @throws {DnsTextError} when a server or a domain of the options cannot be read */
  constructor(reactor: Reactor, options: DnsResolverOptions = {}) {
    const { cache = new DnsCache({ entriesMax: cacheEntries }), exchanger } = options;
    this.#options = options;
    this.#reactor = reactor;
    this.#settings = new SettingsSource(reactor, options);
    this.#work = new LimitedWork(reactor.clock);
    this.#client = exchanger === undefined ? new DnsClient(reactor, options.client) : undefined;
    const order = {
      "in-order": new ServerOrder("in-order"),
      rotate: new ServerOrder("rotate"),
      fastest: new ServerOrder("fastest"),
    };
    const asking = async (): Promise<AskServersOptions> => {
      const settings = await this.#settings.settings();
      return { ...settings, reactor, exchanger: exchanger ?? this.#client!, order: order[settings.strategy] };
    };
    const refreshTimeoutMs = options.timeoutMs ?? timeoutMsDefault;
    this.#source = new AnswerSource({ reactor, cache: cache === false ? undefined : cache, asking, refreshTimeoutMs });
  }

  async resolve<Type extends DnsRecordTypeName | DnsUnknownTypeName>(
    name: DomainName | string,
    type: Type,
    options?: DnsLookupOptions,
  ): Promise<readonly DnsDataOf<Type>[]> {
    const { records } = await this.query(name, type, options);
    return records.map(({ data }) => data as DnsDataOf<Type>);
  }

  async query<Type extends DnsTypeName | DnsUnknownTypeName>(
    name: DomainName | string,
    type: Type,
    options: DnsLookupOptions = {},
  ): Promise<DnsAnswer<DnsRecordNamed<Type>>> {
    this.#closing.signal.throwIfAborted();
    const { signal, timeoutMs = this.#options.timeoutMs ?? timeoutMsDefault } = options;
    const asked: DnsServerPlace[] = [];
    const timedOut = (): Error => lookupError("timed-out", name, type, [...asked]);
    const answer = await this.#work.run({ timeoutMs, signal, timedOut }, (both) =>
      this.#query(name, type, options, asked, both),
    );
    return answer as DnsAnswer<DnsRecordNamed<Type>>;
  }

  async reverse(address: string, options: DnsLookupOptions = {}): Promise<readonly DomainName[]> {
    const octets = parseIp(address);
    if (octets === undefined) throw new DnsTextError("bad-value", `Cannot look up ${quote(address)}: it is no address`);
    const found = await this.resolve(reverseName(unmappedIp(octets)), "PTR", options);
    return found.map(({ target }) => target);
  }

  async addresses(host: DomainName | string, options: DnsLookupOptions = {}): Promise<readonly DnsHostAddress[]> {
    const octets = typeof host === "string" ? parseIp(host) : undefined;
    if (octets !== undefined) return [{ family: octets.length === 4 ? "ipv4" : "ipv6", host: host as string }];
    const { noAaaa } = await this.#settings.settings();
    const ask = (type: "A" | "AAAA") => (signal: AbortSignal) => this.query(host, type, { ...options, signal });
    const found = noAaaa
      ? [await ask("A")(options.signal ?? this.#closing.signal)]
      : await bothFamilies(this.#reactor.clock, ask("AAAA"), ask("A"), options.signal);
    const addresses = found.flatMap(({ records }) =>
      records.map(({ type, data }): DnsHostAddress => ({ family: type === "A" ? "ipv4" : "ipv6", host: data.address })),
    );
    return sortAddresses(addresses, this.#options.addressOrder ?? "preferred");
  }

  async servers(): Promise<readonly DnsServerPlace[]> {
    return (await this.#settings.settings()).servers;
  }

  setServers(servers: readonly (DnsServerPlace | string)[] | undefined): void {
    this.#settings.setServers(servers);
  }

  cancel(reason: Error = new ConnectionError("aborted", "Cannot finish the lookup: it was cancelled")): void {
    this.#work.abort(reason);
  }

  /** Gives up what is under way, and closes every connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    const reason = new StateError("Cannot look up names: the resolver is closed");
    this.#closing.abort(reason);
    this.cancel(reason);
    this.#source.close(reason);
    await this.#client?.[Symbol.asyncDispose]();
  }

  async #query(
    name: DomainName | string,
    type: DnsTypeName | DnsUnknownTypeName,
    options: DnsLookupOptions,
    asked: DnsServerPlace[],
    signal: AbortSignal,
  ): Promise<DnsAnswer> {
    const settings = await this.#settings.settings();
    const search = options.search === false ? [] : settings.search;
    const names = name instanceof DomainName ? [name] : searchNames(name, { ...settings, search });
    const own = await this.#known(name instanceof DomainName ? name : domainNameFromUnicode(name), type, options);
    if (own !== undefined) return own;
    const failures: DnsLookupError[] = [];
    for (const candidate of names) {
      try {
        return await this.#lookUp(candidate, type, asked, signal);
      } catch (error) {
        if (!(error instanceof DnsLookupError) || !goesOn.includes(error.code)) throw error;
        failures.push(error);
      }
    }
    throw goesOn.map((code) => failures.find((error) => error.code === code)).find((error) => error !== undefined)!;
  }

  /** What the hosts file says of a name as it is given, before any domain is put behind it. */
  async #known(
    name: DomainName,
    type: DnsTypeName | DnsUnknownTypeName,
    { hosts = true }: DnsLookupOptions,
  ): Promise<DnsAnswer | undefined> {
    const told = hosts ? fromHosts(name, type, await this.#settings.hosts()) : undefined;
    return this.#own(name, type, told ?? specialAnswer(name, type, this.#options.asksLocal ?? false));
  }

  async #lookUp(
    name: DomainName,
    type: DnsTypeName | DnsUnknownTypeName,
    asked: DnsServerPlace[],
    signal: AbortSignal,
  ): Promise<DnsAnswer> {
    const own = this.#own(name, type, specialAnswer(name, type, this.#options.asksLocal ?? false));
    return own ?? lookUpKnown(name, type, this.#source) ?? lookUp(name, type, this.#source, asked, signal);
  }

  #own(
    name: DomainName,
    type: DnsTypeName | DnsUnknownTypeName,
    records: ReturnType<typeof specialAnswer>,
  ): DnsAnswer | undefined {
    if (records === undefined) return undefined;
    if (records === "unknown") throw lookupError("name-not-found", name, type, []);
    if (records.length === 0) throw lookupError("no-data", name, type, []);
    const known = { aliases: [], authenticData: false, isStale: false, server: undefined };
    return answerOf({ name, canonicalName: name, records, ...known });
  }
}

/** After these the search goes on; and of several the first counts, as in glibc. */
const goesOn: readonly DnsLookupErrorCode[] = ["no-data", "server-failed", "name-not-found"];

function lookupError(
  code: DnsLookupErrorCode,
  name: DomainName | string,
  type: string,
  servers: readonly DnsServerPlace[],
): DnsLookupError {
  const [parsed] = name instanceof DomainName ? [name] : searchNames(name, { search: [], ndots: 1 });
  return new DnsLookupError(code, { name: parsed!, type, servers });
}
