import type {
  AnyRecord,
  CaaRecord,
  MxRecord,
  NaptrRecord,
  RecordWithTtl,
  ResolveOptions,
  ResolverOptions,
  ResolveWithTtlOptions,
  SoaRecord,
  SrvRecord,
} from "node:dns";
import { isIP } from "node:net";
import { ConnectionError, formatIp, parseIp } from "@hawser/core";
import type { DnsLocalHosts } from "../client/exchange/dialer.ts";
import type { DnsServerPlace } from "../client/exchanger.ts";
import { dnsResolver } from "../client/resolver/default-resolver.ts";
import type { DnsRecordNamed, DnsResolver } from "../client/resolver/dns-resolver.ts";
import { DnsLookupError } from "../client/resolver/errors.ts";
import { formatDnsServer, parseDnsServer } from "../client/server-place.ts";
import type { DnsTypeName } from "../records/types.ts";
import { argumentError, facadeError, makeFacadeError } from "./errors.ts";
import {
  type DnsFacadeTlsaRecord,
  nodeAny,
  nodeCaa,
  nodeIpv6,
  nodeMx,
  nodeName,
  nodeNaptr,
  nodeSoa,
  nodeSrv,
  nodeTlsa,
} from "./records.ts";

/** For a whole lookup, where its options do not make it longer. */
const timeoutMsDefault = 15_000;

/** What is left out is as in node: five seconds for a server, four times. */
const triesDefault = 4;

/** The servers of the system, as they were when the module was loaded: `getServers` tells them at once. */
const systemServers = await serversOfSystem();

async function serversOfSystem(): Promise<readonly DnsServerPlace[]> {
  await using resolver = dnsResolver();
  return resolver.servers();
}

/**
 * A resolver with the methods of that of `node:dns/promises`, whose lookups hold no thread and go through `dnsResolver`.
 * Servers may also be asked over TLS and HTTPS: `setServers(["tls://dns.example"])`.
 */
export class Resolver {
  readonly #options: ResolverOptions;
  #servers: readonly DnsServerPlace[] | undefined;
  #localHosts: DnsLocalHosts = {};
  #made: DnsResolver | undefined;

  constructor(options: ResolverOptions = {}) {
    this.#options = options;
  }

  /** Gives up every lookup under way, with `ECANCELLED`. */
  cancel(): void {
    this.#made?.cancel(new ConnectionError("aborted", "The lookup was cancelled"));
  }

  /** The servers that are asked: `192.0.2.1`, `[2001:db8::1]:5353`. */
  getServers(): string[] {
    return (this.#servers ?? systemServers).map(formatNodeServer);
  }

  /** Asks other servers from now on. @throws {TypeError} `ERR_INVALID_IP_ADDRESS` */
  setServers(servers: readonly string[]): void {
    if (!Array.isArray(servers)) throw argumentError("ERR_INVALID_ARG_TYPE", 'The "servers" argument must be an Array');
    this.#servers = servers.map(parseNodeServer);
    this.#made?.setServers(this.#servers);
  }

  /** Addresses of this machine to ask from. @throws {TypeError} `ERR_INVALID_ARG_VALUE` */
  setLocalAddress(ipv4?: string, ipv6?: string): void {
    const given = [ipv4, ipv6].filter((address) => address !== undefined);
    if (given.length === 0 || given.some((address) => isIP(address) === 0))
      throw argumentError("ERR_INVALID_ARG_VALUE", "Cannot ask from there: it is no address");
    const hosts = given.map((address) => (isIP(address) === 4 ? { ipv4: address } : { ipv6: address }));
    this.#localHosts = Object.assign({}, ...hosts) as DnsLocalHosts;
    this.#made = undefined;
  }

  resolve(hostname: string, rrtype?: "A" | "AAAA" | "CNAME" | "NS" | "PTR"): Promise<string[]>;
  resolve(hostname: string, rrtype: "ANY"): Promise<AnyRecord[]>;
  resolve(hostname: string, rrtype: "CAA"): Promise<CaaRecord[]>;
  resolve(hostname: string, rrtype: "MX"): Promise<MxRecord[]>;
  resolve(hostname: string, rrtype: "NAPTR"): Promise<NaptrRecord[]>;
  resolve(hostname: string, rrtype: "SOA"): Promise<SoaRecord>;
  resolve(hostname: string, rrtype: "SRV"): Promise<SrvRecord[]>;
  resolve(hostname: string, rrtype: "TLSA"): Promise<DnsFacadeTlsaRecord[]>;
  resolve(hostname: string, rrtype: "TXT"): Promise<string[][]>;
  resolve(
    hostname: string,
    rrtype: string,
  ): Promise<AnyRecord[] | CaaRecord[] | MxRecord[] | NaptrRecord[] | SoaRecord | SrvRecord[] | string[] | string[][]>;
  /** The records of a type, `A` when none is given. @throws {TypeError} `ERR_INVALID_ARG_VALUE` */
  resolve(hostname: string, rrtype = "A"): Promise<never> {
    if (typeof rrtype !== "string")
      throw argumentError("ERR_INVALID_ARG_TYPE", 'The "rrtype" argument must be of type string');
    const method = Object.hasOwn(methods, rrtype) ? methods[rrtype as keyof typeof methods] : undefined;
    if (method === undefined)
      throw argumentError("ERR_INVALID_ARG_VALUE", `The argument 'rrtype' is invalid. Received '${rrtype}'`);
    return this[method](hostname) as Promise<never>; // the overloads say what it is
  }

  resolve4(hostname: string): Promise<string[]>;
  resolve4(hostname: string, options: ResolveWithTtlOptions): Promise<RecordWithTtl[]>;
  resolve4(hostname: string, options?: ResolveOptions): Promise<string[] | RecordWithTtl[]>;
  /** IPv4 addresses; with `ttl`, and the seconds that they may be kept. */
  resolve4(hostname: string, options?: ResolveOptions): Promise<string[] | RecordWithTtl[]> {
    return this.#addresses(hostname, "A", options);
  }

  resolve6(hostname: string): Promise<string[]>;
  resolve6(hostname: string, options: ResolveWithTtlOptions): Promise<RecordWithTtl[]>;
  resolve6(hostname: string, options?: ResolveOptions): Promise<string[] | RecordWithTtl[]>;
  /** IPv6 addresses; with `ttl`, and the seconds that they may be kept. */
  resolve6(hostname: string, options?: ResolveOptions): Promise<string[] | RecordWithTtl[]> {
    return this.#addresses(hostname, "AAAA", options);
  }

  /** Everything that servers tell about a name (RFC 8482: many tell little). */
  resolveAny(hostname: string): Promise<AnyRecord[]> {
    return this.#query(hostname, "ANY", (records) => records.flatMap(nodeAny) as AnyRecord[]);
  }

  /** Who may give out certificates. */
  resolveCaa(hostname: string): Promise<CaaRecord[]> {
    return this.#query(hostname, "CAA", (records) => records.map(({ data }) => nodeCaa(data)));
  }

  /** What a name is another name of. */
  resolveCname(hostname: string): Promise<string[]> {
    return this.#query(hostname, "CNAME", (records) => records.map(({ data }) => nodeName(data.target)));
  }

  /** Who takes mail. */
  resolveMx(hostname: string): Promise<MxRecord[]> {
    return this.#query(hostname, "MX", (records) => records.map(({ data }) => nodeMx(data)));
  }

  /** Rules that rewrite names. */
  resolveNaptr(hostname: string): Promise<NaptrRecord[]> {
    return this.#query(hostname, "NAPTR", (records) => records.map(({ data }) => nodeNaptr(data)));
  }

  /** The name servers. */
  resolveNs(hostname: string): Promise<string[]> {
    return this.#query(hostname, "NS", (records) => records.map(({ data }) => nodeName(data.nameServer)));
  }

  /** What a name points to. */
  resolvePtr(hostname: string): Promise<string[]> {
    return this.#query(hostname, "PTR", (records) => records.map(({ data }) => nodeName(data.target)));
  }

  /** The head of a zone. */
  resolveSoa(hostname: string): Promise<SoaRecord> {
    return this.#query(hostname, "SOA", ([record]) => nodeSoa(record!.data));
  }

  /** Where a service is. */
  resolveSrv(hostname: string): Promise<SrvRecord[]> {
    return this.#query(hostname, "SRV", (records) => records.map(({ data }) => nodeSrv(data)));
  }

  /** The certificates of a TLS server. */
  resolveTlsa(hostname: string): Promise<DnsFacadeTlsaRecord[]> {
    return this.#query(hostname, "TLSA", (records) => records.map(({ data }) => nodeTlsa(data)));
  }

  /** Texts, each in its pieces. */
  resolveTxt(hostname: string): Promise<string[][]> {
    return this.#query(hostname, "TXT", (records) => records.map(({ data }) => [...data.strings]));
  }

  /** The names of an address; from the hosts file, too. Rejects with `EINVAL` for what is none. */
  async reverse(ip: string): Promise<string[]> {
    requireText("ip", ip);
    if (isIP(ip) === 0) throw makeFacadeError("EINVAL", "getHostByAddr", ip);
    try {
      return (await this.#resolver().reverse(ip)).map(nodeName);
    } catch (error) {
      throw facadeError(error, "getHostByAddr", ip);
    }
  }

  #addresses(hostname: string, type: "A" | "AAAA", options?: ResolveOptions): Promise<string[] | RecordWithTtl[]> {
    return this.#query<typeof type, string[] | RecordWithTtl[]>(hostname, type, (records) => {
      const found = records.map((record) => {
        const address = record.type === "A" ? record.data.address : nodeIpv6(record.data.address);
        return { address, ttl: record.ttl };
      });
      return options?.ttl ? found : found.map(({ address }) => address);
    });
  }

  /** Arguments are checked at once, as node does. */
  #query<Type extends DnsTypeName, Result>(
    hostname: string,
    type: Type,
    form: (records: readonly DnsRecordNamed<Type>[]) => Result,
  ): Promise<Result> {
    requireText("name", hostname);
    const syscall = `query${type[0]}${type.slice(1).toLowerCase()}`;
    const found = this.#resolver().query(hostname, type, { search: false, hosts: false });
    return found.then(
      ({ records }) => form(records),
      (error: unknown) => {
        if (isAliasOnly(error) && nothingFor.includes(type)) return [] as Result;
        throw isAliasOnly(error) && type === "SOA"
          ? makeFacadeError("EBADRESP", syscall, hostname)
          : facadeError(error, syscall, hostname);
      },
    );
  }

  #resolver(): DnsResolver {
    const { timeout = -1, tries = triesDefault } = this.#options;
    const serverTimeoutMs = timeout > 0 ? timeout : undefined;
    this.#made ??= dnsResolver({
      servers: this.#servers,
      attemptsMax: tries,
      serverTimeoutMs,
      timeoutMs: Math.max(timeoutMsDefault, (serverTimeoutMs ?? 0) * tries),
      client: { localHosts: this.#localHosts },
    });
    return this.#made;
  }
}

const methods = {
  A: "resolve4",
  AAAA: "resolve6",
  ANY: "resolveAny",
  CAA: "resolveCaa",
  CNAME: "resolveCname",
  MX: "resolveMx",
  NAPTR: "resolveNaptr",
  NS: "resolveNs",
  PTR: "resolvePtr",
  SOA: "resolveSoa",
  SRV: "resolveSrv",
  TLSA: "resolveTlsa",
  TXT: "resolveTxt",
} as const;

/** An answer that has aliases and no records of the type is none for addresses, and an empty one for these: so c-ares reads it. */
const nothingFor: readonly string[] = ["CAA", "MX", "NAPTR", "SRV", "TLSA", "TXT"];

function isAliasOnly(error: unknown): boolean {
  return error instanceof DnsLookupError && error.code === "no-data" && error.aliases.length > 0;
}

/** @throws {TypeError} `ERR_INVALID_ARG_TYPE` */
export function requireText(what: string, value: unknown): void {
  if (typeof value !== "string")
    throw argumentError("ERR_INVALID_ARG_TYPE", `The "${what}" argument must be of type string`);
}

function parseNodeServer(server: string): DnsServerPlace {
  requireText("servers[]", server);
  try {
    return parseDnsServer(server);
  } catch {
    throw argumentError("ERR_INVALID_IP_ADDRESS", `Invalid IP address: ${server}`);
  }
}

function formatNodeServer(place: DnsServerPlace): string {
  const { transport, host, port } = place;
  if (transport !== "udp") return formatDnsServer(place);
  const address = formatIp(parseIp(host)!);
  if (port === 53) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
