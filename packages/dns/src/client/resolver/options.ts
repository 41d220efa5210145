import type { Reactor } from "@hawser/core";
import type { DnsCache } from "../../cache/dns-cache.ts";
import type { DomainName } from "../../name/domain-name.ts";
import type { DnsClientOptions } from "../dns-client.ts";
import type { DnsExchanger, DnsServerPlace } from "../exchanger.ts";
import type { DnsServerStrategy } from "./server-order.ts";
import type { DnsAddressOrder } from "./sort-addresses.ts";

/** How names are looked up. What is not said here says resolv.conf; what is not said there is as in glibc. */
export interface DnsResolverOptions {
  /** Default: the `node` reactor. */
  readonly reactor?: Reactor | undefined;
  /** Whom to ask: `192.0.2.1`, `tls://dns.example`, … Default: those of resolv.conf, or 127.0.0.1. */
  readonly servers?: readonly (DnsServerPlace | string)[] | undefined;
  /** Which of them first. Default `in-order`; `rotate` when resolv.conf says so. */
  readonly strategy?: DnsServerStrategy | undefined;
  /** Domains that short names are tried in. */
  readonly search?: readonly (DomainName | string)[] | undefined;
  /** So many dots make a name that is tried as it is first. Default 1. */
  readonly ndots?: number | undefined;
  /** For a whole lookup: all servers, aliases and domains together. Default 15,000 ms. */
  readonly timeoutMs?: number | undefined;
  /** For one server. Default 5,000 ms, and 2,000 ms in the first round of several. */
  readonly serverTimeoutMs?: number | undefined;
  /** How often servers are asked that do not answer. Default 2. */
  readonly attemptsMax?: number | undefined;
  /** Where answers are kept; `false`: nowhere. Default: a cache of 10,000 answers of its own. */
  readonly cache?: DnsCache | false | undefined;
  /** Path of the hosts file, which is looked at first; `false`: none. Default `/etc/hosts`. */
  readonly hostsFile?: string | false | undefined;
  /** Path of resolv.conf; `false`: none. Default `/etc/resolv.conf`. */
  readonly resolvConf?: string | false | undefined;
  /** Believes servers that they have validated what they mark so (the AD bit). Default: what resolv.conf says (`trust-ad`). */
  readonly trustAd?: boolean | undefined;
  /** Asks servers for names below `local`, which belong to multicast DNS (RFC 6762 §3). Default false. */
  readonly asksLocal?: boolean | undefined;
  /** The order of a host's addresses. Default `preferred`: by RFC 6724. */
  readonly addressOrder?: DnsAddressOrder | undefined;
  /** How servers are asked. */
  readonly client?: DnsClientOptions | undefined;
  /** Asks in the place of a client of its own; it is not closed with the resolver. */
  readonly exchanger?: DnsExchanger | undefined;
}

/** How one name is looked up. */
export interface DnsLookupOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default: that of the resolver. */
  readonly timeoutMs?: number | undefined;
  /** False takes the name as it is, without the search list. Names that are no text always are. Default true. */
  readonly search?: boolean | undefined;
  /** False does not look at the hosts file. Default true. */
  readonly hosts?: boolean | undefined;
}
