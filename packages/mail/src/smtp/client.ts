import { isIPv6 } from "node:net";
import type { SaslClientOptions } from "@hawser/auth/sasl";
import { saslClient } from "@hawser/auth/sasl";
import {
  type Cancellable,
  type ConnectOptions,
  connect,
  type Endpoint,
  isWithinMachine,
  parseEndpoint,
  type Security,
  type TlsClientOptions,
  type Transport,
} from "@hawser/core";
import { abortWith, SmtpChannel } from "./client/channel.ts";
import { planMessage, type SmtpMessage } from "./client/message.ts";
import { SmtpClientTransaction, type SmtpSendResult } from "./client/transaction.ts";
import { SmtpClientError, SmtpReplyError } from "./errors.ts";
import { type SmtpClientLimits, smtpClientLimits } from "./limits.ts";
import type { SmtpReply } from "./wire/reply.ts";
import { SmtpCode, type SmtpKind } from "./words.ts";

/** Who logs in, and how: what `saslClient` takes of credentials. */
export type SmtpLogin = Omit<
  SaslClientOptions,
  "host" | "offered" | "peer" | "port" | "reactor" | "security" | "service"
>;

/** How a client connects and what it says of itself. */
export interface SmtpClientOptions extends ConnectOptions {
  /** What we call ourselves. Default: our address, `[192.0.2.1]` (RFC 5321 §4.1.4). */
  readonly name?: string | undefined;
  /** Default `smtp`. */
  readonly kind?: SmtpKind | undefined;
  /**
   * TLS where the endpoint has none: `required`, or nothing is sent; `opportunistic`, with any certificate, where the server
   * offers it; `never`. Default: `required` with a login, unless the server is on this machine; else `opportunistic`. With
   * `opportunistic` the certificate is verified only where `tls.verify` says so.
   */
  readonly startTls?: "required" | "opportunistic" | "never" | undefined;
  readonly login?: SmtpLogin | undefined;
  /** Sends in chunks (BDAT) where the server takes them. Default: only what is binary. */
  readonly chunking?: boolean | undefined;
  readonly limits?: Partial<SmtpClientLimits> | undefined;
}

/** Sends mail over one connection, one message after the other. */
export interface SmtpClient extends AsyncDisposable {
  readonly greeting: SmtpReply;
  /** What the server offers: `SIZE` → `52428800`, by names in capitals. */
  readonly extensions: ReadonlyMap<string, string>;
  readonly security: Security | undefined;
  /** The connection can carry no more messages. */
  readonly isClosed: boolean;
  /**
   * Sends a message; calls wait for each other. Resolves when the server has taken it, for some recipients at least.
   * @throws {SmtpReplyError} the server's no; {@link SmtpRecipientsError} when it was said to every recipient
   * @throws {SmtpClientError} it cannot be sent as it is
   * @throws {SmtpOutcomeError} nobody knows whether it was accepted
   * @throws {ConnectionError} the connection was lost before: it was not accepted
   */
  send(message: SmtpMessage, options?: Cancellable): Promise<SmtpSendResult>;
  /** Asks whether the server is still there. @throws {SmtpReplyError} */
  noop(): Promise<void>;
  /** Says goodbye and closes. Safe to repeat. */
  quit(): Promise<void>;
  /** Closes at once. Safe to repeat. */
  abort(reason?: Error): void;
}

/**
 * Connects to a mail server, says hello, begins TLS and logs in as the options say.
 * @throws {ConnectionError}, {@link SmtpReplyError}, {@link SmtpClientError}, and what `saslClient` throws
 */
export async function connectSmtp(endpoint: string | Endpoint, options: SmtpClientOptions = {}): Promise<SmtpClient> {
  const where = typeof endpoint === "string" ? parseEndpoint(endpoint) : endpoint;
  const transport = await connect(where, undefined, options);
  const channel = new SmtpChannel(transport, { ...smtpClientLimits, ...options.limits });
  const client = new ConnectedClient(channel, hostOf(where), options);
  const letGo = abortWith(channel, options);
  try {
    await client.open();
    return client;
  } catch (error) {
    channel.abort(error);
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    letGo();
  }
}

class ConnectedClient implements SmtpClient {
  readonly #channel: SmtpChannel;
  readonly #host: string;
  readonly #options: SmtpClientOptions;
  greeting!: SmtpReply;
  extensions: ReadonlyMap<string, string> = new Map();
  /** The last thing that was begun: what comes next waits for it. */
  #turn: Promise<unknown> = Promise.resolve();
  #quitting: Promise<void> | undefined;

  constructor(channel: SmtpChannel, host: string, options: SmtpClientOptions) {
    this.#channel = channel;
    this.#host = host;
    this.#options = options;
  }

  get security(): Security | undefined {
    return this.#channel.security;
  }

  get isClosed(): boolean {
    return this.#channel.isOver || this.#quitting !== undefined;
  }

  /** Everything that comes before the first message. */
  async open(): Promise<void> {
    this.greeting = expectYes(await this.#channel.greeting);
    await this.#hello();
    await this.#startTls();
    if (this.#options.login !== undefined) await this.#logIn(this.#options.login);
  }

  send(message: SmtpMessage, options: Cancellable = {}): Promise<SmtpSendResult> {
    return this.#next(() => this.#send(message, options));
  }

  noop(): Promise<void> {
    return this.#next(async () => void expectYes(await this.#channel.ask("NOOP")));
  }

  quit(): Promise<void> {
    this.#quitting ??= this.#next(async () => {
      if (!this.#channel.isOver) await this.#channel.ask("QUIT", undefined, quitTimeoutMs).catch(() => {});
      await this.#channel.end();
    });
    return this.#quitting;
  }

  abort(reason: Error = new SmtpClosed()): void {
    this.#channel.abort(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.quit();
  }

  #next<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(run);
    this.#turn = result.catch(() => {});
    return result;
  }

  async #send(message: SmtpMessage, options: Cancellable): Promise<SmtpSendResult> {
    options.signal?.throwIfAborted();
    const plan = planMessage(message, this.extensions);
    const transaction = new SmtpClientTransaction(this.#channel, plan, {
      kind: this.#options.kind ?? "smtp",
      isPipelined: this.extensions.has("PIPELINING"),
      isChunked: plan.body === "BINARYMIME" || (this.#options.chunking === true && this.extensions.has("CHUNKING")),
    });
    const letGo = abortWith(this.#channel, options);
    try {
      return await transaction.run();
    } catch (error) {
      await this.#recover(transaction.isOpen, error);
      throw error;
    } finally {
      letGo();
    }
  }

  /** After a no the connection is as good as new; after anything else it is not to be trusted. */
  async #recover(isOpen: boolean, error: unknown): Promise<void> {
    if (this.#channel.isOver) return;
    if (!(error instanceof SmtpReplyError)) return this.#channel.abort(error);
    if (isOpen) await this.#channel.ask("RSET").catch(() => {});
  }

  async #hello(): Promise<void> {
    const name = this.#options.name ?? literalOf(this.#channel.transport);
    const verb = this.#options.kind === "lmtp" ? "LHLO" : "EHLO";
    const reply = await this.#channel.ask(verb, name);
    const isOld = verb === "EHLO" && reply.code >= 500 && !this.#channel.isOver;
    const said = expectYes(isOld ? await this.#channel.ask("HELO", name) : reply);
    this.extensions = isOld ? new Map() : extensionsOf(said);
  }

  async #startTls(): Promise<void> {
    if (this.security !== undefined) return;
    const policy = this.#tlsPolicy;
    if (policy === "never") return;
    if (!this.extensions.has("STARTTLS")) {
      if (policy === "opportunistic") return;
      throw new SmtpClientError("needs-starttls", "Cannot go on without TLS: the server offers none");
    }
    const reply = await this.#channel.ask("STARTTLS");
    if (reply.code >= 300 && policy === "opportunistic") return; // it cannot, for now (RFC 3207 §4)
    expectYes(reply);
    const verify = this.#options.tls?.verify ?? policy === "required";
    const tls: TlsClientOptions = { serverName: this.#host, ...this.#options.tls, side: "client", verify };
    await this.#channel.startTls(tls);
    await this.#hello(); // what was said in clear does not count (RFC 3207 §4.2)
  }

  get #tlsPolicy(): "required" | "opportunistic" | "never" {
    const { startTls, login } = this.#options;
    if (startTls !== undefined) return startTls;
    return login !== undefined && !isWithinMachine(this.#channel.transport.peer) ? "required" : "opportunistic";
  }

  async #logIn(login: SmtpLogin): Promise<void> {
    const offered = this.extensions.get("AUTH")?.split(" ");
    if (offered === undefined) throw new SmtpClientError("no-auth", "Cannot log in: the server takes no logins here");
    const { reactor, peer, security } = this.#channel.transport;
    const sasl = saslClient({ ...login, offered, reactor, peer, security, host: this.#host, service: "smtp" });
    let first = await sasl.start();
    const isShort = first !== undefined && first.length <= initialOctetsMax;
    const initial = isShort ? ` ${base64(first!) || "="}` : "";
    if (isShort) first = undefined;
    let reply = await this.#channel.ask("AUTH", `${sasl.mechanism}${initial}`);
    while (reply.code === SmtpCode.challenge) {
      const answer = first ?? (await sasl.respond(Buffer.from(reply.lines[0]!, "base64")));
      first = undefined;
      reply = await this.#channel.respond(base64(answer));
    }
    expectYes(reply);
    await sasl.succeed();
  }
}

/** The connection was given up by who had it. */
class SmtpClosed extends SmtpClientError {
  constructor() {
    super("closed", "The SMTP client was closed");
  }
}

function expectYes(reply: SmtpReply): SmtpReply {
  if (reply.code < 300) return reply;
  throw new SmtpReplyError(
    reply.code >= 400 ? reply : { code: SmtpCode.localError, lines: [`Unexpected ${reply.code}`] },
  );
}

/** The lines of EHLO's answer behind the first (RFC 5321 §4.1.1.1). */
function extensionsOf({ lines }: SmtpReply): ReadonlyMap<string, string> {
  const rows = lines.slice(1).map((line) => /^(\S+)(?: (.*))?$/.exec(line.trim()));
  return new Map(rows.flatMap((row) => (row === null ? [] : [[row[1]!.toUpperCase(), row[2] ?? ""] as const])));
}

function literalOf({ local }: Transport): string {
  if (local.family !== "ipv4" && local.family !== "ipv6") return "localhost";
  return isIPv6(local.host) ? `[IPv6:${local.host}]` : `[${local.host}]`;
}

function hostOf(endpoint: Endpoint): string {
  return "host" in endpoint && typeof endpoint.host === "string" ? endpoint.host : "localhost";
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64");
}

/** What fits into a command of 512 octets (RFC 4954 §4). */
const initialOctetsMax = 350;
/** Nothing is lost when the server does not say goodbye. */
const quitTimeoutMs = 5_000;
