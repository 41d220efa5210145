import { connect, type Endpoint, isWithinMachine, parseEndpoint } from "@hawser/core";
import { ImapProtocolError, ImapReplyError } from "../errors.ts";
import { ImapClient } from "./client.ts";
import { ImapCommandStream } from "./command-stream.ts";
import type { ImapConnectOptions } from "./options.ts";
import type { ImapStatusLine } from "./responses.ts";

/**
 * Connects to an IMAP server, protects the connection where that is to be done, and logs in:
 * `await connectImap("tls:imap.example.org:993", { login: { user: "alice", password } })`.
 * @throws {ConnectionError} {@link ImapReplyError} {@link ImapProtocolError}
 */
export async function connectImap(endpoint: string | Endpoint, options: ImapConnectOptions = {}): Promise<ImapClient> {
  const transport = await connect(endpoint, undefined, options);
  const { answerTimeoutMs, responseOctetsMax } = options;
  const where = typeof endpoint === "string" ? parseEndpoint(endpoint) : endpoint;
  const serverName = options.serverName ?? hostOf(where);
  const client = new ImapClient(
    (heard) => new ImapCommandStream(transport, { heard, answerTimeoutMs, responseOctetsMax }),
    {
      ...options,
      serverName,
    },
  );
  const giveUp = (): void => transport.abort(options.signal?.reason);
  options.signal?.addEventListener("abort", giveUp, { once: true });
  try {
    await begin(client, options, serverName);
    return client;
  } catch (error) {
    transport.abort();
    await client.closed;
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", giveUp);
  }
}

async function begin(client: ImapClient, options: ImapConnectOptions, serverName: string | undefined): Promise<void> {
  const greeting = await client.commands.greeting;
  requireWelcome(greeting);
  if (client.capabilities.size === 0) await client.refresh();
  await protect(client, options, serverName, greeting);
  if (greeting.status === "PREAUTH") await client.turnOn();
  else if (options.login !== undefined) await client.login(options.login);
}

function requireWelcome({ status, text, code }: ImapStatusLine): void {
  if (status === "OK" || status === "PREAUTH") return;
  const message = `Cannot use the server: it says ${status} ${text.slice(0, 200)}`;
  throw new ImapReplyError("bye", text, { responseCode: code, message });
}

/** Somebody between us could take STARTTLS from what is offered: who requires it goes no further without. */
async function protect(
  client: ImapClient,
  options: ImapConnectOptions,
  serverName: string | undefined,
  greeting: ImapStatusLine,
): Promise<void> {
  const { transport } = client.commands;
  const wanted = options.startTls ?? (isWithinMachine(transport.peer) ? "never" : "offered");
  if (transport.security !== undefined || wanted === "never") return;
  const isOffered = client.capabilities.has("STARTTLS") && greeting.status !== "PREAUTH";
  if (isOffered) return client.startTls({ serverName: serverName ?? "localhost", ...options.tls });
  if (wanted === "required")
    throw new ImapProtocolError("unexpected", "Cannot protect the connection: the server does not offer STARTTLS");
}

function hostOf(endpoint: Endpoint): string | undefined {
  return "host" in endpoint && typeof endpoint.host === "string" ? endpoint.host : undefined;
}
