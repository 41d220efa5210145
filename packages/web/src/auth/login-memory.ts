import { type Login, LoginError, type User } from "@hawser/auth/protocol";
import { builtIn, type Reactor, reportFault, type Timer } from "@hawser/core";
import type { HttpRequest } from "../http/request.ts";
import type { HttpRoot } from "../http/resource.ts";

/** How long and how much {@link LoginMemory} remembers. */
export interface LoginMemoryOptions {
  /** For how long credentials that were right are not checked again. 0: for no time. Default 30,000 ms. */
  readonly rememberMs?: number | undefined;
  /** How many logins are remembered; the oldest go first. Default 1,000. */
  readonly loginsMax?: number | undefined;
}

/** Somebody who has shown the right credentials a moment ago. */
export interface RememberedLogin {
  readonly login: Login<User>;
  /** H(A1) of Digest, by which further proofs are checked. */
  readonly secret: string | undefined;
  /** The user's part of the site, made on first use. */
  root: HttpRoot | undefined;
}

/** A login that was just made. */
export type MadeLogin = Omit<RememberedLogin, "root">;

interface Entry extends RememberedLogin {
  readonly forgetAt: number;
}

/**
 * Logins that need not be made again: HTTP sends the credentials with every request, and hashing a password is meant to be
 * slow. A login ends when it is forgotten; using it does not make it live longer, so a changed password counts after
 * `rememberMs` at the latest. Credentials are kept as a keyed hash.
 */
export class LoginMemory {
  readonly #reactor: Reactor;
  readonly #key: Uint8Array;
  readonly #rememberMs: number;
  readonly #loginsMax: number;
  /** In the order in which they are forgotten. */
  readonly #entries = new Map<string, Entry>();
  readonly #pending = new Map<string, Promise<RememberedLogin>>();
  #timer: Timer | undefined;

  constructor(reactor: Reactor, options: LoginMemoryOptions = {}) {
    this.#reactor = reactor;
    this.#key = reactor.random.bytes(32);
    this.#rememberMs = options.rememberMs ?? 30_000;
    this.#loginsMax = options.loginsMax ?? 1_000;
  }

  /** The name under which credentials are remembered. */
  nameOf(scheme: string, ...credentials: readonly (string | Uint8Array)[]): string {
    const hash = builtIn("node:crypto").createHmac("sha256", this.#key).update(scheme);
    for (const one of credentials) hash.update(`:${Buffer.byteLength(one)}:`).update(one);
    return hash.digest("base64");
  }

  find(name: string): RememberedLogin | undefined {
    const entry = this.#entries.get(name);
    return entry === undefined || entry.forgetAt <= this.#reactor.clock.now() ? undefined : entry;
  }

  /**
   * The login under a name, made by `logIn` if need be. A browser opens a page with several requests at once: they wait for
   * one login, and a wrong password counts once. Only a refusal is shared: when the one who logs in goes away, another does.
   */
  async take(
    name: string,
    asking: Pick<HttpRequest, "signal">,
    logIn: () => Promise<MadeLogin>,
  ): Promise<RememberedLogin> {
    for (;;) {
      const known = this.find(name);
      if (known !== undefined) return known;
      const pending = this.#pending.get(name);
      if (pending === undefined || !this.remembers) return await this.#make(name, logIn);
      const found = await pending.catch((error: unknown) => {
        if (error instanceof LoginError) throw error;
        return undefined;
      });
      if (found !== undefined) return found;
      asking.signal.throwIfAborted();
    }
  }

  /** Remembers a login under a name, in the place of another. */
  keep(name: string, made: MadeLogin): RememberedLogin {
    const entry: Entry = { ...made, root: undefined, forgetAt: this.#reactor.clock.now() + this.#rememberMs };
    if (!this.remembers) return entry;
    this.#drop(name);
    this.#entries.set(name, entry);
    if (this.#entries.size > this.#loginsMax) this.#drop(this.#entries.keys().next().value!);
    this.#setTimer();
    return entry;
  }

  /** Whether logins outlive their request. */
  get remembers(): boolean {
    return this.#rememberMs > 0;
  }

  /** Logs out and forgets everybody, or one user, whose password was changed or who was locked out. */
  async forget(user?: string | undefined): Promise<void> {
    const gone = [...this.#entries].filter(([, { login }]) => user === undefined || login.user.name === user);
    for (const [name] of gone) this.#entries.delete(name);
    await Promise.all(gone.map(([, { login }]) => login.logout()));
    this.#setTimer();
  }

  async #make(name: string, logIn: () => Promise<MadeLogin>): Promise<RememberedLogin> {
    const making = logIn().then((made) => this.keep(name, made));
    this.#pending.set(name, making);
    try {
      return await making;
    } finally {
      if (this.#pending.get(name) === making) this.#pending.delete(name);
    }
  }

  #drop(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#entries.delete(name);
    entry.login.logout().catch((error: unknown) => reportFault(error, "HTTP logout"));
  }

  /** One timer for the oldest, which does not keep the process alive. */
  #setTimer(): void {
    const oldest = this.#entries.values().next().value;
    if (oldest === undefined) {
      this.#timer?.cancel();
      this.#timer = undefined;
      return;
    }
    const { clock } = this.#reactor;
    this.#timer ??= clock.after(Math.max(oldest.forgetAt - clock.now(), 0), () => this.#forgetOld(), { idle: true });
  }

  #forgetOld(): void {
    this.#timer = undefined;
    const now = this.#reactor.clock.now();
    for (const [name, { forgetAt }] of this.#entries) {
      if (forgetAt > now) break;
      this.#drop(name);
    }
    this.#setTimer();
  }
}
