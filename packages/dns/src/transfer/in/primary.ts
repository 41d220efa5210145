import type { Endpoint, TlsClientOptions } from "@hawser/core";
import type { DnsServerPlace } from "../../client/exchanger.ts";
import type { TsigKey } from "../../tsig/key.ts";

/** A server that zones are taken from. */
export interface ZonePrimary {
  /** An address; or a name, which the reactor looks up. */
  readonly host: string;
  /** Default 53, or 853 over TLS. */
  readonly port?: number | undefined;
  /** `udp` asks for the SOA over UDP, and for zones over TCP. `tls` does all over TLS (RFC 9103). Default `udp`. */
  readonly transport?: "tcp" | "tls" | "udp" | undefined;
  /**
   * Asks for differences over UDP first, and over TCP where a datagram cannot hold them (RFC 1995 §2): one round trip, where
   * they are small. Only with the transport `udp`. Default false.
   */
  readonly ixfrOverUdp?: boolean | undefined;
  /** Signs what we ask, and must have signed the answers (RFC 8945). */
  readonly tsigKey?: TsigKey | undefined;
  /** Over TLS: the server's name, trust anchors, our certificate. Default: `host`, the platform's, none. */
  readonly tls?: Partial<Omit<TlsClientOptions, "alpn" | "side">> | undefined;
}

/** Where it is asked for a SOA. */
export function placeOfPrimary({ host, port, transport = "udp", tls }: ZonePrimary): DnsServerPlace {
  return { transport, host, port: port ?? (transport === "tls" ? 853 : 53), serverName: tls?.serverName };
}

/** Where it is asked for a zone. */
export function streamOfPrimary(primary: ZonePrimary): Endpoint {
  const { transport, host, port } = placeOfPrimary(primary);
  return transport === "tls" ? { type: "tls", host, port, alpn: ["dot"] } : { type: "tcp", host, port };
}

/** `udp:192.0.2.1:53`, for errors and status. */
export function formatPrimary(primary: ZonePrimary): string {
  const { transport, host, port } = placeOfPrimary(primary);
  return `${transport}:${host.includes(":") ? `[${host}]` : host}:${port}`;
}
