import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { type ConnectionOptions, connect, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import type { TlsClientOptions } from "../security.ts";
import { tlsContextOptions } from "./tls-server.ts";

/** What connections made with the same options object share: the context, and the last ticket (RFC 8446 §2.2). */
interface TlsMemory {
  readonly context: SecureContext;
  session: Buffer | undefined;
}

const memories = new WeakMap<TlsClientOptions, TlsMemory>();

/**
 * Starts the client's side of TLS on a live connection. A session is resumed only by the options object that made it,
 * so one that was not verified can never stand in for one that must be.
 */
export function initiateTls(raw: Duplex, options: TlsClientOptions): TLSSocket {
  const memory = memoryOf(options);
  const socket = connect(connectionOptions(raw, options, memory));
  socket.on("session", (session) => {
    memory.session = session;
  });
  return socket;
}

function connectionOptions(raw: Duplex, options: TlsClientOptions, memory: TlsMemory): ConnectionOptions {
  const name = options.serverName.replace(/\.$/, "");
  return {
    socket: raw,
    host: name, // what the certificate is checked against
    ...(isIP(name) === 0 ? { servername: name } : {}), // RFC 6066 §3: literal addresses are not sent
    secureContext: memory.context,
    rejectUnauthorized: options.verify ?? true,
    ...(options.alpn === undefined ? {} : { ALPNProtocols: [...options.alpn] }),
    ...(memory.session === undefined ? {} : { session: memory.session }),
  };
}

function memoryOf(options: TlsClientOptions): TlsMemory {
  let memory = memories.get(options);
  if (memory === undefined) {
    memory = { context: createSecureContext(tlsContextOptions(options.keyPair, options)), session: undefined };
    memories.set(options, memory);
  }
  return memory;
}
