import { ConnectionError, type Endpoint, HawserError, quote, type Reactor } from "@hawser/core";
import { connectSmtp, type SmtpClient, type SmtpClientOptions } from "../../smtp/client.ts";
import { SmtpClientError, SmtpReplyError } from "../../smtp/errors.ts";
import type { MailConsignment, MailTransportResult } from "../queue.ts";
import { refusalsMax, SmtpPool } from "./pool.ts";
import { resultOfReply, sendConsignment } from "./send.ts";

/** What transports over SMTP have in common. */
export interface SmtpTransportOptions {
  readonly reactor: Reactor;
  /** What we call ourselves: the name that our address has in the DNS (RFC 5321 §2.3.5). Default: our address. */
  readonly name?: string | undefined;
  /** For everything that comes before the greeting. Default 30,000 ms. */
  readonly connectTimeoutMs?: number | undefined;
  /** Messages of one connection. Default 100. */
  readonly connectionMessagesMax?: number | undefined;
  /** How long a connection is kept that nobody uses. Default 5,000 ms. */
  readonly connectionIdleMs?: number | undefined;
  /** Connections that are kept in all. Default 50. */
  readonly connectionsIdleMax?: number | undefined;
  /** What else the client is told: limits, a trace, chunks. */
  readonly client?: Pick<SmtpClientOptions, "chunking" | "limits" | "trace"> | undefined;
}

/** A server to try. */
export interface MailServer {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly client: SmtpClientOptions;
  /** It puts mail into mailboxes. */
  readonly isLast: boolean;
  /** Connections for one domain alone are not used for another: it may want more of TLS. Default: for all. */
  readonly domain?: string | undefined;
  /** It is ours to use, by name or by login: when it does not want to talk to us, somebody can put that right. */
  readonly isChosen?: boolean | undefined;
  /** Whether it is we ourselves, by what it calls itself. Default: nobody is. */
  readonly isOwnName?: ((name: string) => boolean) | undefined;
}

/** A message would come back to where it is now. */
export class MailLoopError extends HawserError<"mail-loop"> {
  constructor(name: string) {
    super("mail-loop", `Cannot send mail to ${quote(name)}: it would come back to us`);
  }
}

/** Sends by servers, over connections that carry more than one message. */
export class MailServers implements AsyncDisposable {
  readonly #options: SmtpTransportOptions;
  readonly #pool: SmtpPool;

  constructor(options: SmtpTransportOptions) {
    const { reactor, connectionIdleMs = 5_000, connectionMessagesMax = 100, connectionsIdleMax = 50 } = options;
    this.#options = options;
    this.#pool = new SmtpPool({
      ...{ clock: reactor.clock, idleMs: connectionIdleMs },
      ...{ messagesMax: connectionMessagesMax, idleMax: connectionsIdleMax },
    });
  }

  /** Sends by the first server that talks to us; by the next when one cannot be reached or does not want to (RFC 5321 §5.1). */
  async send(
    consignment: MailConsignment,
    servers: AsyncIterable<MailServer> | Iterable<MailServer>,
  ): Promise<readonly MailTransportResult[]> {
    let failure: MailTransportResult = noServer;
    for await (const server of servers) {
      try {
        return await this.#sendBy(server, consignment);
      } catch (error) {
        consignment.signal.throwIfAborted();
        failure = failureAt(server, error);
      }
    }
    return consignment.recipients.map(() => failure);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pool[Symbol.asyncDispose]();
  }

  async #sendBy(server: MailServer, consignment: MailConsignment): Promise<readonly MailTransportResult[]> {
    const key = JSON.stringify([server.name, server.domain, server.endpoint]);
    const kept = this.#pool.take(key);
    if (kept !== undefined) {
      try {
        return await this.#sendOver(kept, server, consignment, key);
      } catch {
        consignment.signal.throwIfAborted(); // the server was tired of waiting: a new connection tells
      }
    }
    const client = await this.#connect(server, consignment.signal);
    const [greetingName = ""] = client.greeting.lines[0]!.split(" ");
    if (server.isOwnName?.(greetingName.toLowerCase())) {
      await client.quit();
      throw new MailLoopError(greetingName);
    }
    try {
      return await this.#sendOver(client, server, consignment, key);
    } catch (error) {
      consignment.signal.throwIfAborted();
      if (consignment.recipients.length <= refusalsMax) throw error;
      return this.#sendToFew(server, consignment, error);
    }
  }

  /** A session that ended on the way may have had too many refusals in it: a few recipients at a time have not. */
  async #sendToFew(
    server: MailServer,
    consignment: MailConsignment,
    error: unknown,
  ): Promise<readonly MailTransportResult[]> {
    const results: MailTransportResult[] = [];
    let failure = error;
    for (let at = 0; at < consignment.recipients.length; at += refusalsMax) {
      const recipients = consignment.recipients.slice(at, at + refusalsMax);
      const told = await this.#sendBy(server, { ...consignment, recipients }).catch((again: unknown) => {
        consignment.signal.throwIfAborted();
        failure = again;
        return undefined;
      });
      if (told === undefined) break;
      results.push(...told);
    }
    if (results.length === 0) throw failure;
    const rest = failureAt(server, failure);
    return consignment.recipients.map((_, i) => results[i] ?? rest);
  }

  async #sendOver(
    client: SmtpClient,
    { name, isLast }: MailServer,
    consignment: MailConsignment,
    key: string,
  ): Promise<readonly MailTransportResult[]> {
    let refusals = 0;
    try {
      const results = await sendConsignment(consignment, { client, name, isLast });
      refusals = results.filter(({ outcome }) => outcome === "deferred" || outcome === "failed").length;
      return results;
    } finally {
      if (consignment.signal.aborted) client.abort();
      else this.#pool.give(key, client, refusals);
    }
  }

  async #connect(server: MailServer, signal: AbortSignal): Promise<SmtpClient> {
    const { reactor, name, connectTimeoutMs, client } = this.#options;
    const options = { ...client, reactor, name, timeoutMs: connectTimeoutMs, ...server.client, signal };
    try {
      return await connectSmtp(server.endpoint, options);
    } catch (error) {
      signal.throwIfAborted();
      if (options.startTls !== "opportunistic" || !isTlsFailure(error)) throw error;
      return connectSmtp(server.endpoint, { ...options, startTls: "never" }); // better read along than not arrived (RFC 7435 §3)
    }
  }
}

/** TLS that fails looks like a connection that breaks. */
function isTlsFailure(error: unknown): boolean {
  return error instanceof ConnectionError && ["handshake-failed", "bad-certificate", "reset"].includes(error.code);
}

/** A server that cannot be reached, or does not want to talk to us. */
function failureAt({ name, isChosen }: MailServer, error: unknown): MailTransportResult {
  if (error instanceof SmtpReplyError) {
    const result = resultOfReply(error.reply, name);
    if (result.outcome === "failed" && isChosen !== true) return result;
    return { ...result, outcome: "deferred", status: result.status.replace(/^5/, "4"), isBlocked: true };
  }
  if (error instanceof MailLoopError) return { outcome: "failed", status: "5.4.6", text: error.message };
  const text = `${name}: ${error instanceof Error ? error.message : String(error)}`;
  const status = error instanceof SmtpClientError ? "4.7.0" : "4.4.1";
  return { outcome: "deferred", status, text, by: name, isBlocked: true };
}

const noServer: MailTransportResult = { outcome: "failed", status: "5.4.4", text: "Nobody takes mail for this domain" };
