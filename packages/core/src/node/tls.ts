import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { formatAddress } from "../address.ts";
import { ConnectionError, quote } from "../errors.ts";
import type { Security, TlsOptions } from "../security.ts";
import type { Link } from "../transports/link.ts";
import { LinkDuplex } from "./link-duplex.ts";
import { type SocketAddresses, SocketLink } from "./socket-link.ts";
import { initiateTls } from "./tls-client.ts";
import { tlsError } from "./tls-errors.ts";
import { acceptTls } from "./tls-server.ts";

/**
 * Runs TLS (RFC 8446, RFC 5246) on a connected socket: for STARTTLS, and for connections that begin with it.
 *
 * Octets that came in clear and were not read are given to TLS, where anything but a handshake fails it; so nothing
 * sent before the protection can be taken for something said under it. `end` sends close_notify and closes our side,
 * the peer may go on; node:tls does not tell a missing close_notify from one that came.
 *
 * The time limit is the transport's: destroying the socket makes this reject.
 * @throws {ConnectionError} `bad-certificate`, `handshake-failed`, `reset`; the socket is destroyed then
 */
export async function secureSocket(
  socket: Socket,
  options: TlsOptions,
  addresses?: SocketAddresses | undefined,
): Promise<SocketLink> {
  await written(socket);
  return handshake(socket, options, addresses);
}

/** {@link secureSocket} over any link: a pair in memory, an SSH channel. The link has a new owner from now on. */
export function secureLink(link: Link, options: TlsOptions): Promise<SocketLink> {
  return handshake(new LinkDuplex(link), options, { local: link.local, peer: link.peer });
}

/** Waits until what was written in clear has been handed to the kernel: TLS writes past the queue of the socket. */
async function written(socket: Socket): Promise<void> {
  if (socket.writableLength === 0) return;
  await new Promise<void>((resolve) => socket.write("", () => resolve()));
}

function handshake(raw: Duplex, options: TlsOptions, addresses: SocketAddresses | undefined): Promise<SocketLink> {
  const what = `Cannot start TLS with ${peerName(raw, options, addresses)}`;
  raw.on("error", ignore); // the TLS socket tells the same error, and more
  // TLS begins with what waits in the stream.
  if (options.side === "server" && options.received !== undefined) raw.unshift(options.received);
  raw.allowHalfOpen = false; // a peer that leaves in the middle of the handshake has failed it
  return new Promise((resolve, reject) => {
    const refused = (cause: unknown, socket?: TLSSocket) => {
      raw.destroy();
      reject(tlsError(what, cause, certificateFault(socket)));
    };
    // At once, not in a later turn: from here on the link listens to the socket's errors.
    const accepted = (socket: TLSSocket) => resolve(securedLink(raw, socket, options, addresses));
    try {
      if (options.side === "server") acceptTls(raw, options, { accepted, refused });
      else awaitSecure(initiateTls(raw, options), { accepted, refused });
    } catch (error) {
      refused(error); // a certificate or a key that cannot be used
    }
  });
}

function awaitSecure(
  socket: TLSSocket,
  result: { accepted(socket: TLSSocket): void; refused(cause: unknown, socket: TLSSocket): void },
): void {
  const lost = new ConnectionError("reset", "Cannot start TLS: the connection was lost");
  const failed = (cause: unknown) => result.refused(cause, socket);
  socket.on("error", failed);
  socket.once("close", () => failed(lost));
  socket.once("secureConnect", () => result.accepted(socket));
}

function securedLink(
  raw: Duplex,
  socket: TLSSocket,
  options: TlsOptions,
  addresses: SocketAddresses | undefined,
): SocketLink {
  const carrier = raw instanceof Socket ? raw : undefined;
  socket.allowHalfOpen = true;
  raw.allowHalfOpen = true;
  // TLS 1.3 tells a client after its handshake that its certificate was refused (RFC 8446 §4.4.2.4).
  const explain = (cause: Error) => tlsError("Connection lost", cause);
  return new SocketLink(socket, { addresses, carrier, explain, security: tlsSecurity(socket, options) });
}

function tlsSecurity(socket: TLSSocket, options: TlsOptions): Security {
  const { servername } = socket as TLSSocket & { readonly servername?: string | false | null };
  return {
    version: socket.getProtocol() ?? "unknown",
    cipher: socket.getCipher().standardName,
    alpn: socket.alpnProtocol || undefined,
    serverName: (options.side === "client" ? options.serverName : servername) || undefined,
    peerCertificate: socket.getPeerX509Certificate()?.raw,
    ownCertificate: socket.getX509Certificate()?.raw,
    authorized: socket.authorized,
    exportKeyingMaterial: (length, label, context) => socket.exportKeyingMaterial(length, label, Buffer.from(context)),
  };
}

/** What is wrong with the peer's certificate; node types it as an Error and sets its code. */
function certificateFault(socket: TLSSocket | undefined): string | undefined {
  const fault: unknown = socket?.authorizationError;
  return typeof fault === "string" ? fault : undefined;
}

function peerName(raw: Duplex, options: TlsOptions, addresses: SocketAddresses | undefined): string {
  if (options.side === "client") return quote(options.serverName);
  if (addresses !== undefined) return formatAddress(addresses.peer);
  return raw instanceof Socket ? formatAddress(new SocketLink(raw).peer) : "the client";
}

function ignore(): void {}
