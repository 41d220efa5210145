import type { Login, User } from "@hawser/auth";
import { type Address, ConnectionError, type Reactor, type Security, type Transport } from "@hawser/core";
import type { SmtpSession } from "../backend.ts";

/** One session of a server, as its connection knows it. */
export class SmtpServerSession implements SmtpSession {
  readonly id: string;
  readonly #transport: Transport;
  #ending: AbortController | undefined;
  #isOver = false;
  /** What a trusted proxy has said instead. */
  replaced: { readonly peer?: Address | undefined; readonly local?: Address | undefined } = {};
  peerName: string | undefined;
  hello: string | undefined;
  isExtended = false;
  login: Login<User> | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
    this.id = Buffer.from(transport.reactor.random.bytes(6)).toString("hex");
  }

  get reactor(): Reactor {
    return this.#transport.reactor;
  }

  get peer(): Address {
    return this.replaced.peer ?? this.#transport.peer;
  }

  get local(): Address {
    return this.replaced.local ?? this.#transport.local;
  }

  get security(): Security | undefined {
    return this.#transport.security;
  }

  get user(): User | undefined {
    return this.login?.user;
  }

  get signal(): AbortSignal {
    this.#ending ??= new AbortController();
    if (this.#isOver) this.#ending.abort(gone());
    return this.#ending.signal;
  }

  /** The connection is gone. */
  end(): void {
    this.#isOver = true;
    this.#ending?.abort(gone());
  }

  /** Forgets what was said before TLS, or by a proxy for itself. */
  restart(): Promise<void> | undefined {
    const { login } = this;
    this.hello = undefined;
    this.isExtended = false;
    this.login = undefined;
    return login && Promise.resolve(login.logout());
  }
}

function gone(): ConnectionError {
  return new ConnectionError("aborted", "The SMTP session is over");
}
