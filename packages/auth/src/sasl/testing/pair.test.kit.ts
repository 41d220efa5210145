import { ipAddress, type Security } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import type { User } from "../../credentials.ts";
import { type Login, userAvatar } from "../../portal.ts";
import { type SaslClient, type SaslClientOptions, saslClient } from "../client.ts";
import { nothing } from "../exchange.ts";
import { type SaslServer, type SaslServerOptions, saslServer } from "../server.ts";
import { type TestPortal, type TestPortalOptions, testPortal } from "./portal.test.kit.ts";

/** Both ends of a connection, and whatever a test wants otherwise than usual. */
export interface SaslPairOptions {
  readonly portal?: TestPortalOptions | undefined;
  readonly server?: Partial<SaslServerOptions<User>> | undefined;
  readonly client?: Partial<SaslClientOptions> | undefined;
  /** TLS as either end sees it. Default: none, and the peers are on other machines. */
  readonly tls?: { readonly server: Security; readonly client: Security } | undefined;
  /** What somebody between the two does to what they say. */
  readonly between?: ((message: Uint8Array, by: "C" | "S") => Uint8Array) | undefined;
  /** Whether the protocol's success can carry octets. Default true. */
  readonly successCarries?: boolean | undefined;
}

/** What became of a login. */
export interface SaslPairResult {
  readonly login: Login<User>;
  readonly mechanism: string;
  readonly portal: TestPortal;
}

/** The server's end and its portal. */
export function serverEnd(options: SaslPairOptions = {}): { server: SaslServer<User>; portal: TestPortal } {
  const portal = testPortal(memoryReactor(), options.portal);
  const context = { protocol: "imap", peer: ipAddress("192.0.2.1", 40_000), security: options.tls?.server };
  return { portal, server: saslServer(portal, { wanted: userAvatar, context, ...options.server }) };
}

/** The client's end, which is offered what a server has. */
export function clientEnd(offered: readonly string[], options: SaslPairOptions = {}): SaslClient {
  return saslClient({
    reactor: memoryReactor(),
    offered,
    host: "example.org",
    service: "imap",
    security: options.tls?.client,
    peer: ipAddress("192.0.2.2", 143),
    user: "alice",
    password: "wonderland",
    ...options.client,
  });
}

/** Lets our client log in at our server. Rejects with the first error of either. */
export async function logInBoth(options: SaslPairOptions = {}): Promise<SaslPairResult> {
  const { server, portal } = serverEnd(options);
  const client = clientEnd(options.server?.mechanisms?.includes("APOP") ? ["APOP"] : server.mechanisms, options);
  const { between = (message) => message, successCarries = true } = options;
  const first = await client.start();
  let reply = await server.start(client.mechanism, first && between(first, "C"));
  while (reply.type === "challenge") {
    const response = await client.respond(between(reply.data, "S"));
    reply = await server.respond(between(response, "C"));
  }
  const { data = nothing, login } = reply;
  const last = between(data, "S");
  if (successCarries || reply.data === undefined) await client.succeed(last);
  else if ((await client.respond(last)).length === 0) await client.succeed();
  return { login, portal, mechanism: client.mechanism };
}

/** A connection's TLS, as far as SASL looks at it: both ends see the same keys and the same certificate of the server. */
export function fakeTls(
  options: { version?: string; keys?: string; certificate?: string | Uint8Array; client?: string } = {},
): { readonly server: Security; readonly client: Security } {
  const { version = "plain", keys = "keys", certificate = "cert of the server", client } = options;
  const end = (own: string | Uint8Array | undefined, peer: string | Uint8Array | undefined): Security => ({
    version,
    cipher: "none",
    alpn: undefined,
    serverName: "example.org",
    ownCertificate: own === undefined ? undefined : Buffer.from(own),
    peerCertificate: peer === undefined ? undefined : Buffer.from(peer),
    authorized: peer !== undefined,
    exportKeyingMaterial: (length, label) => Buffer.from(`${keys} ${label}`.padEnd(length)).subarray(0, length),
  });
  return { server: end(certificate, client), client: end(client, certificate) };
}
