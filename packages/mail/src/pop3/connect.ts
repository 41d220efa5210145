import { type SaslClient, SaslError, saslClient } from "@hawser/auth/sasl";
import {
  type Connection,
  ConnectionError,
  connectTo,
  type Endpoint,
  isConfidential,
  isWithinMachine,
  parseEndpoint,
  type TlsClientOptions,
} from "@hawser/core";
import { Pop3Client } from "./client.ts";
import type { Pop3ConnectOptions, Pop3Login } from "./client-options.ts";
import { readReply } from "./replies.ts";

/**
 * Connects, hears the greeting, protects the connection, and logs in.
 * @throws {ConnectionError} also `not-permitted`, when a password would have to be sent in clear
 * @throws {Pop3ReplyError} what the server refuses
 * @throws {Pop3ProtocolError} when it does not speak POP3
 */
export async function connectPop3(endpoint: string | Endpoint, options: Pop3ConnectOptions = {}): Promise<Pop3Client> {
  const peer = await connectTo(endpoint, options);
  try {
    return await begin(peer, options.serverName ?? hostOf(endpoint), options);
  } catch (error) {
    peer.abort();
    throw error;
  }
}

async function begin(peer: Connection, host: string, options: Pop3ConnectOptions): Promise<Pop3Client> {
  const { replyTimeoutMs = 60_000, login } = options;
  const greeting = await readReply(peer, peer.reactor.clock.deadline(replyTimeoutMs));
  const client = new Pop3Client(peer, options);
  await client.learnCapabilities();
  if (peer.security === undefined && (await protect(peer, client, host, options))) await client.learnCapabilities();
  if (login === undefined) return client;
  const challenge = /<[^<>\s]+@[^<>\s]*>/.exec(greeting.type === "ok" ? greeting.text : "")?.[0];
  await logIn(peer, client, { host, login, challenge, options });
  await client.learnCapabilities();
  return client;
}

/** STLS, where it is wanted and to be had (RFC 2595 §4). */
async function protect(
  peer: Connection,
  client: Pop3Client,
  host: string,
  options: Pop3ConnectOptions,
): Promise<boolean> {
  const isLocal = isWithinMachine(peer.peer);
  const { startTls = isLocal ? "preferred" : "required" } = options;
  if (startTls === "never" || (startTls === "preferred" && !client.capabilities.has("STLS"))) return false;
  await client.converse("STLS"); // a server that lists no capabilities may know it
  const tls: TlsClientOptions = { serverName: host, ...options.tls, side: "client" };
  await peer.startTls(tls);
  return true;
}

type Attempt = {
  readonly host: string;
  readonly login: Pop3Login;
  readonly challenge: string | undefined;
  readonly options: Pop3ConnectOptions;
};

/** SASL where it is; else APOP if wanted; else USER and PASS where nobody reads along. */
async function logIn(peer: Connection, client: Pop3Client, attempt: Attempt): Promise<void> {
  const { login, challenge, options } = attempt;
  const offered = client.capabilities.get("SASL") ?? [];
  try {
    if (offered.length > 0) return await authenticate(client, saslOf(peer, attempt, offered));
  } catch (error) {
    if (!(error instanceof SaslError) || error.code !== "no-mechanism") throw error;
  }
  if (options.apop === true && challenge !== undefined) {
    const sasl = saslOf(peer, { ...attempt, mechanisms: ["APOP"] }, ["APOP"]);
    await sasl.start();
    await client.converse(`APOP ${Buffer.from(await sasl.respond(Buffer.from(challenge, "latin1"))).toString()}`);
    return;
  }
  const isPrivate = options.allowPlainText === true || isConfidential(peer);
  if (!isPrivate || login.password === undefined)
    throw new ConnectionError("not-permitted", "Cannot log in: the password would be sent in clear, or there is none");
  await client.converse(`USER ${login.user}`);
  await client.converse(`PASS ${login.password}`);
}

function saslOf(
  peer: Connection,
  attempt: Attempt & { readonly mechanisms?: readonly string[] },
  offered: readonly string[],
): SaslClient {
  const { host, login, options, mechanisms } = attempt;
  const { reactor, security } = peer;
  const surroundings = { reactor, security, peer: peer.peer, host, service: "pop", offered };
  const { allowPlainText, keys } = options;
  return saslClient({ ...surroundings, ...login, allowPlainText, keys, ...(mechanisms && { mechanisms }) });
}

/** RFC 5034 §4. */
async function authenticate(client: Pop3Client, sasl: SaslClient): Promise<void> {
  const initial = await sasl.start();
  const first = initial === undefined ? "" : ` ${initial.length === 0 ? "=" : Buffer.from(initial).toString("base64")}`;
  const isLong = first.length > 200; // RFC 5034 §4: then it is asked for
  let reply = await client.converse(`AUTH ${sasl.mechanism}${isLong ? "" : first}`);
  if (isLong && reply.type === "challenge") reply = await client.converse(first.trim());
  while (reply.type === "challenge") {
    const answer = await sasl.respond(Buffer.from(reply.text, "base64")).catch(async (error: unknown) => {
      await client.converse("*").catch(() => {});
      throw error;
    });
    reply = await client.converse(Buffer.from(answer).toString("base64"));
  }
  await sasl.succeed();
}

function hostOf(endpoint: string | Endpoint): string {
  const where = typeof endpoint === "string" ? parseEndpoint(endpoint) : endpoint;
  return ("host" in where && typeof where.host === "string" && where.host) || "localhost";
}
