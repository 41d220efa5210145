import { dnsUdpPayloadOctets } from "../limits.ts";
import type { ServerIdentity } from "./identity.ts";
import type { DnsClientLimitOptions } from "./limiting/client-limiter.ts";
import type { DnsRateLimitOptions } from "./limiting/response-limiter.ts";
import type { DnsTsigKeys } from "./signature.ts";

/** How a server treats DNS cookies (RFC 7873 §5.2). */
export type DnsCookiePolicy =
  | "off" // they are ignored, as an option that nobody knows
  | "offer" // every asker who has one gets ours
  | "require-on-udp-when-limited"; // and when its answers are limited, it must show ours first: BADCOOKIE

/** Options of {@link dnsServer}. Every bound has a default. */
export interface DnsServerOptions {
  /** The keys that requests may be signed with (RFC 8945). A request with another is refused. Default: none. */
  readonly tsigKeys?: DnsTsigKeys | undefined;
  /** Default `offer`. */
  readonly cookies?: DnsCookiePolicy | undefined;
  /**
   * What cookies are made from, 16 octets each: the first makes them, the others are still believed. Servers that share an
   * address share them (RFC 9018 §5). Default: chosen at the start, and anew every day.
   */
  readonly cookieSecrets?: readonly Uint8Array[] | undefined;
  /** What tells this server from others that share its address, for those who ask (RFC 5001); text goes as UTF-8. Default: nothing is told. */
  readonly nsid?: Uint8Array | string | undefined;
  /** The answer to `version.bind` and `version.server` of class CHAOS. Default: refused. */
  readonly version?: string | undefined;
  /** The answer to `hostname.bind` and `id.server` of class CHAOS (RFC 4892). Default: refused. */
  readonly hostname?: string | undefined;
  /** The longest datagram that is sent and, by EDNS, taken: 512 to 4,096 octets. Default 1,232. */
  readonly udpPayloadOctets?: number | undefined;
  /** Limits equal answers to networks that may not have asked. For servers that everybody may ask. Default: no limit. */
  readonly rateLimit?: DnsRateLimitOptions | undefined;
  /** Limits what each client may ask; for resolvers. Beyond it datagrams are dropped and streams refused. Default: no limit. */
  readonly clientLimit?: DnsClientLimitOptions | undefined;
  /**
   * How long an answer may take that is not at hand; then it is SERVFAIL and its work is aborted. Default 10,000 ms: who
   * asks a resolver has given up or asked again by then.
   */
  readonly answerTimeoutMs?: number | undefined;
  /**
   * How long a connection without questions stays open (RFC 7766 §6.2.3), and how long one is kept whose peer does not read
   * its answers. Default 10,000 ms: opening another costs a resolver one round trip, an idle one costs us 5 KiB.
   */
  readonly idleTimeoutMs?: number | undefined;
  /** Connections of all listeners together. Default 1,000; BIND and NSD have 150 and 100. */
  readonly connectionsMax?: number | undefined;
  /** Connections of one IPv4 address or one IPv6 network of 64 bits (RFC 7766 §6.2.2). Default 50. */
  readonly connectionsPerPeerMax?: number | undefined;
  /** Answers of one connection that are not at hand; then nothing more is read from it. Default 100. */
  readonly answersPerConnectionMax?: number | undefined;
  /** Answers to datagrams of one socket that are not at hand; then questions are dropped. Default 10,000. */
  readonly answersPerSocketMax?: number | undefined;
}

/** The options as the server uses them. */
export interface ServerSettings {
  readonly tsigKeys: DnsTsigKeys;
  readonly cookies: DnsCookiePolicy;
  readonly cookieSecrets: readonly Uint8Array[] | undefined;
  readonly identity: ServerIdentity;
  readonly rateLimit: DnsRateLimitOptions | undefined;
  readonly clientLimit: DnsClientLimitOptions | undefined;
  readonly nsid: Uint8Array | undefined;
  readonly udpPayloadOctets: number;
  readonly answerTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly connectionsMax: number;
  readonly connectionsPerPeerMax: number;
  readonly answersPerConnectionMax: number;
  readonly answersPerSocketMax: number;
}

/** What paths of the Internet carry, with fragments (RFC 6891 §6.2.5); less than 512 nobody may offer (RFC 6891 §6.2.3). */
const udpPayloadOctetsRange = [512, 4_096] as const;

/** Puts defaults where nothing was said. @throws {RangeError} */
export function serverSettings(options: DnsServerOptions): ServerSettings {
  const { nsid, udpPayloadOctets = dnsUdpPayloadOctets } = options;
  const [least, most] = udpPayloadOctetsRange;
  if (!(udpPayloadOctets >= least && udpPayloadOctets <= most))
    throw new RangeError(`Cannot serve datagrams of ${udpPayloadOctets} octets: ${least} to ${most} may be`);
  return {
    tsigKeys: options.tsigKeys ?? [],
    cookies: options.cookies ?? "offer",
    cookieSecrets: options.cookieSecrets,
    identity: { version: options.version, hostname: options.hostname },
    rateLimit: options.rateLimit,
    clientLimit: options.clientLimit,
    nsid: typeof nsid === "string" ? Buffer.from(nsid) : nsid,
    udpPayloadOctets,
    answerTimeoutMs: options.answerTimeoutMs ?? 10_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 10_000,
    connectionsMax: options.connectionsMax ?? 1_000,
    connectionsPerPeerMax: options.connectionsPerPeerMax ?? 50,
    answersPerConnectionMax: options.answersPerConnectionMax ?? 100,
    answersPerSocketMax: options.answersPerSocketMax ?? 10_000,
  };
}
