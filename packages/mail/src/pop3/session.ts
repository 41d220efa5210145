import type { Login, Portal } from "@hawser/auth/protocol";
import {
  type Connection,
  ConnectionError,
  DeadlineTimer,
  isConfidential,
  type Reactor,
  type TlsServerOptions,
} from "@hawser/core";
import type { MailAccount } from "../store/store.ts";
import { DotStuffer } from "./dots.ts";
import { Pop3ReplyError } from "./errors.ts";
import { Pop3Maildrop } from "./maildrop.ts";
import type { Pop3ResponseCode, Pop3State } from "./words.ts";

/** Lines are said together: a write costs more than many lines. */
const listOctets = 16_384;

/** Octets of a message from which on they are passed on as they come, rather than with all that is said of it. */
const contentOctets = 32_768;

/** How a server speaks. */
export interface Pop3ServerOptions {
  /** Certificates for STLS (RFC 2595 §4). Default: none, and no STLS. */
  readonly tls?: Omit<TlsServerOptions, "side"> | undefined;
  /** Takes passwords in clear from everywhere. Default false: over TLS, from this machine and on UNIX sockets alone. */
  readonly allowPlainText?: boolean | undefined;
  /** What the greeting calls this server; in APOP's challenge too. Default: what TLS was asked for, else `localhost`. */
  readonly host?: string | undefined;
  /** APOP, for old clients (RFC 1939 §7): it needs a database with passwords in clear. Default false. */
  readonly apop?: boolean | undefined;
  /** SASL mechanisms by name. Default: those of `saslServer`. */
  readonly mechanisms?: readonly string[] | undefined;
  /** How long a client may be silent. Default 600,000 ms; 60,000 ms before its login. */
  readonly idleTimeoutMs?: number | undefined;
}

/** One client and what it has come to: what commands work on. */
export class Pop3Session {
  readonly peer: Connection;
  readonly portal: Portal;
  readonly options: Pop3ServerOptions;
  readonly signal: AbortSignal;
  /** What `USER` said. */
  user: string | undefined;
  /** The client wants UTF-8 (RFC 6856 §2.1). */
  utf8 = false;
  loginsFailed = 0;
  isOver = false;
  /** Aborts when the server stops, or the client was silent for too long. */
  readonly heard: AbortSignal;
  readonly #timer: DeadlineTimer;
  #login: Login<MailAccount> | undefined;
  #maildrop: Pop3Maildrop | undefined;

  constructor(peer: Connection, portal: Portal, options: Pop3ServerOptions, signal: AbortSignal) {
    this.peer = peer;
    this.portal = portal;
    this.options = options;
    this.signal = signal;
    const silence = new AbortController();
    const tooLong = new ConnectionError("timed-out", "Cannot go on: the client was silent for too long");
    this.#timer = new DeadlineTimer(peer.reactor.clock, () => silence.abort(tooLong));
    this.heard = AbortSignal.any([silence.signal, signal]);
  }

  get reactor(): Reactor {
    return this.peer.reactor;
  }

  get state(): Pop3State {
    return this.#maildrop === undefined ? "authorization" : "transaction";
  }

  get host(): string {
    return this.options.host ?? this.peer.security?.serverName ?? "localhost";
  }

  /** Whether a password may be sent that others could read. */
  get isPrivate(): boolean {
    return this.options.allowPlainText === true || isConfidential(this.peer);
  }

  /** The maildrop, once there was a login. */
  get maildrop(): Pop3Maildrop {
    if (this.#maildrop === undefined) throw new Pop3ReplyError("Log in first");
    return this.#maildrop;
  }

  /** Begins the transaction. @throws {Pop3ReplyError} `IN-USE` */
  async begin(login: Login<MailAccount>): Promise<void> {
    try {
      this.#maildrop = await Pop3Maildrop.open(login.avatar);
      this.#login = login;
    } catch (error) {
      await login.logout();
      throw error;
    }
  }

  /** Lets go of the maildrop and the login. What was marked stays. */
  async leave(): Promise<void> {
    this.#timer.cancel();
    const [maildrop, login] = [this.#maildrop, this.#login];
    this.#maildrop = undefined;
    this.#login = undefined;
    await maildrop?.[Symbol.asyncDispose]();
    await login?.logout();
  }

  ok(text = ""): void {
    this.peer.write(text === "" ? "+OK\r\n" : `+OK ${text}\r\n`);
  }

  refuse(text: string, code?: Pop3ResponseCode | undefined): void {
    this.peer.write(`-ERR ${code === undefined ? "" : `[${code}] `}${text}\r\n`);
  }

  /** Lines that follow `+OK`, up to the dot, as fast as the client takes them. */
  async list(text: string, lines: Iterable<string>): Promise<void> {
    let said = `+OK ${text}\r\n`;
    for (const line of lines) {
      said += `${line}\r\n`;
      if (said.length < listOctets) continue;
      await this.peer.send(said, { signal: this.signal });
      said = "";
    }
    await this.peer.send(`${said}.\r\n`, { signal: this.signal });
  }

  /** A message that follows `+OK`, as fast as the client takes it. */
  async content(text: string, octets: AsyncIterable<Uint8Array>): Promise<void> {
    const dots = new DotStuffer();
    let waiting: Uint8Array[] = [Buffer.from(`+OK ${text}\r\n`)];
    let count = 0;
    for await (const chunk of octets) {
      waiting.push(dots.push(chunk));
      count += chunk.length;
      if (count < contentOctets) continue;
      for (const octets of waiting) await this.peer.send(octets, { signal: this.signal });
      waiting = [];
      count = 0;
    }
    await this.peer.send(Buffer.concat([...waiting, dots.end()]), { signal: this.signal });
  }

  /** So long the client may be silent from now on; `undefined`: it is our turn. */
  expectCommand(idleMs: number | undefined): void {
    this.#timer.set(idleMs === undefined ? undefined : this.reactor.clock.now() + idleMs);
  }
}
