import type { IpAddress, UnixAddress } from "../address.ts";

/** What a proxy says about the client's own TLS connection (`PP2_TYPE_SSL`). */
export interface ProxySsl {
  /** The client connected over TLS. */
  readonly tls: boolean;
  /** It showed a certificate: on this connection, or on an earlier one of the same TLS session. */
  readonly certificate: "none" | "connection" | "session";
  /** The certificate was verified. */
  readonly verified: boolean;
  /** `TLSv1.3`. */
  readonly version?: string | undefined;
  readonly commonName?: string | undefined;
  readonly cipher?: string | undefined;
  readonly signatureAlgorithm?: string | undefined;
  readonly keyAlgorithm?: string | undefined;
}

/** A field of a version 2 header that has no name here: a registered number, or 0xE0 to 0xEF for private use. */
export interface ProxyTlv {
  readonly type: number;
  readonly value: Uint8Array;
}

/** The true ends of a proxied connection: who connected, and to which address. */
export interface ProxyAddresses {
  readonly transport: "stream" | "datagram";
  readonly source: IpAddress | UnixAddress;
  readonly destination: IpAddress | UnixAddress;
}

/** What stands before the first octet of a proxied connection (PROXY protocol, versions 1 and 2, HAProxy). */
export interface ProxyHeader {
  readonly version: 1 | 2;
  /** `local`: the proxy itself connected, to see whether we live; the real ends of the connection are the true ones. */
  readonly command: "proxy" | "local";
  /** Absent when the proxy does not know (`UNKNOWN`, `UNSPEC`). */
  readonly addresses?: ProxyAddresses | undefined;
  /** The protocol agreed with the client by ALPN. */
  readonly alpn?: string | undefined;
  /** The name the client asked for. */
  readonly authority?: string | undefined;
  /** At most 128 octets that name the connection. */
  readonly uniqueId?: Uint8Array | undefined;
  readonly ssl?: ProxySsl | undefined;
  /** The network namespace, as the proxy's own system names it. */
  readonly networkNamespace?: string | undefined;
  /** Fields without a name here, in order. */
  readonly others?: readonly ProxyTlv[] | undefined;
}
