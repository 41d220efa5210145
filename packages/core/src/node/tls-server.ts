import type { Duplex } from "node:stream";
import { createSecureContext, createServer, type SecureContext, type Server, type TLSSocket } from "node:tls";
import { ConnectionError, quote } from "../errors.ts";
import type { KeyPair, TlsServerOptions } from "../security.ts";

/** What node:tls says about one handshake. */
interface HandshakeResult {
  accepted(socket: TLSSocket): void;
  /** `socket.authorizationError` tells more when the client's certificate was the reason. */
  refused(cause: Error, socket: TLSSocket): void;
}

/** The fatal alert of RFC 6066 §3 as a record in clear: node:tls closes without a word. */
const unrecognizedName = Uint8Array.of(21, 3, 3, 0, 2, 2, 112);

const acceptors = new WeakMap<TlsServerOptions, TlsAcceptor>();

/** Starts the server's side of TLS on a live connection. Connections with the same options object share tickets and certificates. */
export function acceptTls(raw: Duplex, options: TlsServerOptions, result: HandshakeResult): void {
  const shared = options.sharedWith ?? options;
  let acceptor = acceptors.get(shared);
  if (acceptor === undefined) {
    acceptor = new TlsAcceptor(shared);
    acceptors.set(shared, acceptor);
  }
  acceptor.accept(raw, result);
}

/**
 * A `tls.Server` that never listens: live connections are handed to it, which is the documented way to run TLS on
 * something that is connected already.
 */
class TlsAcceptor {
  readonly #options: TlsServerOptions;
  readonly #server: Server;
  /** The context of a certificate lives as long as the object its owner keeps for it: a reloaded one is another object. */
  readonly #contexts = new WeakMap<KeyPair, SecureContext>();
  #unnamed: KeyPair | undefined;

  constructor(options: TlsServerOptions) {
    this.#options = options;
    const acceptor = this;
    this.#server = createServer({
      ...this.#contextOptions(undefined),
      ...(options.alpn === undefined ? {} : { ALPNProtocols: [...options.alpn] }),
      SNICallback(this: { readonly server?: Handshake }, name, answer) {
        acceptor.#choose(name, this.server?.raw, answer);
      },
      requestCert: (options.clientCertificate ?? "none") !== "none",
      rejectUnauthorized: options.clientCertificate === "required",
      handshakeTimeout: 0, // the transport keeps the time, on the reactor's clock
    });
    this.#server.on("secureConnection", onAccepted);
    this.#server.on("tlsClientError", onRefused);
  }

  accept(raw: Duplex, result: HandshakeResult): void {
    this.#chooseUnnamed();
    // node:tls emits the outcome on `this` of its connection listener, and does not say which connection it belongs to.
    // An object that inherits from the server and carries the result tells one handshake from another.
    const handshake: Handshake = Object.assign(Object.create(this.#server) as Server, { raw, result });
    handshake.emit("connection", raw);
  }

  /** A client that names no server gets the certificate that is current now; node:tls asks nobody then. */
  #chooseUnnamed(): void {
    const pair = this.#options.keyPair(undefined);
    if (pair === this.#unnamed) return;
    this.#server.setSecureContext(this.#contextOptions(pair));
    this.#unnamed = pair;
  }

  #choose(
    serverName: string,
    raw: Duplex | undefined,
    answer: (error: Error | null, context?: SecureContext) => void,
  ): void {
    try {
      const pair = this.#options.keyPair(serverName);
      if (pair !== undefined) return answer(null, this.#contextOf(pair));
      raw?.write(unrecognizedName);
      answer(
        new ConnectionError("handshake-failed", `Cannot start TLS: there is no certificate for ${quote(serverName)}`),
      );
    } catch (error) {
      answer(error as Error);
    }
  }

  #contextOf(pair: KeyPair): SecureContext {
    let context = this.#contexts.get(pair);
    if (context === undefined) {
      context = createSecureContext(this.#contextOptions(pair));
      this.#contexts.set(pair, context);
    }
    return context;
  }

  #contextOptions(pair: KeyPair | undefined): TlsContextOptions {
    return tlsContextOptions(pair, this.#options);
  }
}

type Handshake = Server & { readonly raw: Duplex; readonly result: HandshakeResult };
type TlsContextOptions = NonNullable<Parameters<typeof createSecureContext>[0]>;

/** What both sides write into a context of node:tls. */
export function tlsContextOptions(
  pair: KeyPair | undefined,
  options: Pick<TlsServerOptions, "ca" | "versionMin">,
): TlsContextOptions {
  return {
    minVersion: options.versionMin ?? "TLSv1.2",
    ...(options.ca === undefined ? {} : { ca: options.ca.map(toBuffer) }),
    ...(pair === undefined ? {} : { cert: toBuffer(pair.certificate), key: toBuffer(pair.key) }),
  };
}

function toBuffer(pem: string | Uint8Array): Buffer {
  return Buffer.from(pem as Uint8Array);
}

function onAccepted(this: Server, socket: TLSSocket): void {
  (this as Handshake).result.accepted(socket);
}

function onRefused(this: Server, cause: Error, socket: TLSSocket): void {
  (this as Handshake).result.refused(cause, socket);
}
