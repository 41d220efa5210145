/** What is known about a protected connection. */
export interface Security {
  /** `TLSv1.3`, `TLSv1.2`; `plain` in a simulation, which encrypts nothing. */
  readonly version: string;
  readonly cipher: string;
  /** The protocol agreed by ALPN (RFC 7301), where both sides offered some. */
  readonly alpn: string | undefined;
  /** The name the client asked for (SNI, RFC 6066 §3). */
  readonly serverName: string | undefined;
  /** The peer's certificate in DER, where it sent one. */
  readonly peerCertificate: Uint8Array | undefined;
  /** Our own certificate in DER, where we have one: a server's binds logins to this connection (RFC 5929 §4). */
  readonly ownCertificate: Uint8Array | undefined;
  /** True when the peer's certificate was verified against our trust anchors (and, for a server's, its name). */
  readonly authorized: boolean;
  /** Keying material of this connection (RFC 5705, RFC 9266). */
  exportKeyingMaterial(length: number, label: string, context: Uint8Array): Uint8Array;
}

/** A certificate with its chain, and its key, both PEM. */
export interface KeyPair {
  readonly certificate: string | Uint8Array;
  readonly key: string | Uint8Array;
}

/** The server's side of TLS. */
export interface TlsServerOptions {
  readonly side: "server";
  /**
   * The certificate to show, by the name the client asked for (`undefined`: it named none). Called per handshake, so
   * that certificates can be replaced without a restart. Give the same object for the same certificate: what is made
   * from it is kept by its identity. `undefined` refuses the handshake.
   */
  readonly keyPair: (serverName: string | undefined) => KeyPair | undefined;
  /** Protocols offered by ALPN, most wanted first. Default: none. */
  readonly alpn?: readonly string[] | undefined;
  /** Ask the client for a certificate; `required` refuses those without a valid one. Default `none`. */
  readonly clientCertificate?: "none" | "requested" | "required" | undefined;
  /** Trust anchors for client certificates, PEM. */
  readonly ca?: readonly (string | Uint8Array)[] | undefined;
  /** Default `TLSv1.2`. */
  readonly versionMin?: "TLSv1.2" | "TLSv1.3" | undefined;
  /** Default 10,000 ms. */
  readonly handshakeTimeoutMs?: number | undefined;
  /** Octets already taken from the connection that belong to the handshake: they came behind a PROXY header. */
  readonly received?: Uint8Array | undefined;
  /**
   * The options that these repeat for one connection, as `received` makes necessary: connections share certificates and
   * tickets by the identity of their options. Default: these.
   */
  readonly sharedWith?: TlsServerOptions | undefined;
}

/**
 * The client's side of TLS. The server's name and chain are verified unless `verify` is turned off. Connections made with
 * the same options object resume each other's session.
 */
export interface TlsClientOptions {
  readonly side: "client";
  /** The name to ask for and to verify. */
  readonly serverName: string;
  readonly alpn?: readonly string[] | undefined;
  /** Default `true`. With `false`, {@link Security.authorized} tells what the check would have said. */
  readonly verify?: boolean | undefined;
  /** Trust anchors, PEM. Default: the platform's. */
  readonly ca?: readonly (string | Uint8Array)[] | undefined;
  /** Our own certificate, for servers that ask. */
  readonly keyPair?: KeyPair | undefined;
  readonly versionMin?: "TLSv1.2" | "TLSv1.3" | undefined;
  /** Default 10,000 ms. */
  readonly handshakeTimeoutMs?: number | undefined;
}

/** Either side of TLS, for {@link Transport.startTls}. */
export type TlsOptions = TlsServerOptions | TlsClientOptions;
