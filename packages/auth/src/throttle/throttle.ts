import { createHmac } from "node:crypto";
import { type Address, type Cancellable, type IpNetwork, parseIpNetwork, type Reactor, StateError } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { LoginError } from "../errors.ts";
import { LeastRecent } from "../least-recent.ts";
import { addressKey, isWithin } from "./address-key.ts";
import { ThrottleGates } from "./gates.ts";
import { afterFailure, afterPardon, afterReservation, delayAfter, failuresAt, type ThrottlePolicy } from "./policy.ts";
import { memoryThrottleStore, type ThrottleEntry, type ThrottleStore } from "./store.ts";

/** Who tries to log in. */
export interface LoginTry {
  /** `undefined`: nobody knows; only the account counts then. */
  readonly peer: Address | undefined;
  /** The prepared user name; `undefined` where the credentials name nobody. */
  readonly account: string | undefined;
  /** What was shown, where it is the same each time: a password. Only a keyed mark of it is kept. */
  readonly secret?: string | undefined;
}

/** An attempt that was let in. Exactly one of the first two ends it, or {@link withdraw} when it told nothing. */
export interface ThrottleTicket {
  /** It was right. After {@link fail} it takes the failure back. */
  succeed(): Promise<void>;
  /** It was wrong, or is held to be until it proves right. */
  fail(): Promise<void>;
  /** It came to nothing: a database was down. */
  withdraw(): void;
}

/** Stands before the portal, and slows down who guesses. All protocols share one. */
export interface LoginThrottle {
  /**
   * Waits for the turn.
   * @throws {LoginError} `throttled`, with the time after which there is a point in coming again; otherwise `signal.reason`
   */
  admit(attempt: LoginTry, options?: Cancellable): Promise<ThrottleTicket>;
  /** Counts a failure that was not let in before. */
  failed(attempt: LoginTry): Promise<void>;
}

/** When and how long logins wait. */
export interface LoginThrottleOptions {
  /** Default: the reactor `node`. */
  readonly reactor?: Reactor | undefined;
  /** Default: one in memory. */
  readonly store?: ThrottleStore | undefined;
  /** Networks that never wait, such as a webmail's, which logs in for everybody: `10.0.0.0/8`, `fd00::/8`. Default: none. */
  readonly trusted?: readonly string[] | undefined;
  /** Failures of one address without a delay. Default 3. */
  readonly free?: number | undefined;
  /** Failures of one account, wherever they come from, without a delay. Default 10. */
  readonly accountFree?: number | undefined;
  /** The first delay; each further failure doubles it. Default 1,000 ms. */
  readonly delayMs?: number | undefined;
  /** The longest delay. Default 15,000 ms. */
  readonly delayMaxMs?: number | undefined;
  /** The longest delay that an attack on an account puts on addresses which have done nothing wrong. Default 4,000 ms. */
  readonly accountDelayMaxMs?: number | undefined;
  /** In this time one failure is forgotten. Default 60,000 ms. */
  readonly forgetMs?: number | undefined;
  /** Who would have to wait longer is sent away. Default 20,000 ms. */
  readonly waitMaxMs?: number | undefined;
  /** Attempts of one address at once. Default 4. */
  readonly parallelMax?: number | undefined;
  /** Attempts of one address that wait for the others. Default 100. */
  readonly waitingMax?: number | undefined;
  /**
   * Attempts at work and waiting, of all addresses together. Beyond it only the first of an address is let in, so that a
   * crowd keeps nobody else out; beyond four times as many nobody. Default 5,000.
   */
  readonly pendingMax?: number | undefined;
}

/**
 * Slows down who guesses passwords, and lets everybody else in.
 *
 * - An address (IPv6: its /64) may fail a few times; then each failure doubles the time until it is heard again. Attempts
 *   side by side gain nothing: few are under way at once, and those that must wait stand in a row.
 * - An account that is guessed at from many addresses makes each of them wait before its attempt, but refuses nobody: its
 *   user still gets in from anywhere, a few seconds late, and without delay from where the last login was.
 * - A wrong password that is repeated counts once. A right one that is repeated does not count at all.
 */
export function loginThrottle(options: LoginThrottleOptions = {}): LoginThrottle {
  return new KeyedThrottle(options.reactor ?? nodeReactor, options);
}

class KeyedThrottle implements LoginThrottle {
  readonly #reactor: Reactor;
  readonly #store: ThrottleStore;
  readonly #gates: ThrottleGates;
  readonly #trusted: readonly IpNetwork[];
  readonly #address: ThrottlePolicy;
  readonly #account: ThrottlePolicy;
  readonly #accountDelayMaxMs: number;
  readonly #waitMaxMs: number;
  readonly #key: Uint8Array;
  /** How often an address may still try an account without being counted in advance: filled up by each success. */
  readonly #familiar = new LeastRecent<string, number>(familiarMax);
  /** Attempts under way, by account. */
  readonly #active = new Map<string, number>();

  constructor(reactor: Reactor, options: LoginThrottleOptions) {
    const { delayMs = 1_000, delayMaxMs = 15_000, forgetMs = 60_000, waitMaxMs = 20_000 } = options;
    this.#reactor = reactor;
    this.#store = options.store ?? memoryThrottleStore(reactor.clock);
    this.#trusted = (options.trusted ?? []).map(parseIpNetwork);
    this.#address = { free: options.free ?? 3, delayMs, delayMaxMs, forgetMs };
    this.#account = { ...this.#address, free: options.accountFree ?? 10 };
    this.#accountDelayMaxMs = Math.min(options.accountDelayMaxMs ?? 4_000, delayMaxMs);
    this.#waitMaxMs = waitMaxMs;
    this.#key = reactor.random.bytes(32);
    this.#gates = new ThrottleGates(reactor.clock, {
      parallelMax: options.parallelMax ?? 4,
      waitingMax: options.waitingMax ?? 100,
      pendingMax: options.pendingMax ?? 5_000,
      waitMaxMs,
    });
  }

  async admit(attempt: LoginTry, { signal }: Cancellable = {}): Promise<ThrottleTicket> {
    signal?.throwIfAborted();
    if (isWithin(this.#trusted, attempt.peer)) return freeTicket;
    const who = this.#identify(attempt);
    if (this.#takeCredit(who)) return this.#ticket(who, () => {});
    const leave = await this.#enter(who, signal);
    try {
      await this.#waitForTurn(who, signal);
      return this.#ticket(who, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  async failed(attempt: LoginTry): Promise<void> {
    if (!isWithin(this.#trusted, attempt.peer)) await this.#countFailure(this.#identify(attempt));
  }

  #identify({ peer, account, secret }: LoginTry): Identity {
    const address = addressKey(peer);
    const mark = secret === undefined ? undefined : this.#mark(account, secret);
    return {
      addressKey: address === undefined ? undefined : `address ${address}`,
      accountKey: account === undefined ? undefined : `account ${account}`,
      pair: `${address ?? ""} ${account ?? ""}`,
      mark,
    };
  }

  #mark(account: string | undefined, secret: string): string {
    const mac = createHmac("sha256", this.#key)
      .update(account ?? "")
      .update("\0")
      .update(secret);
    return mac.digest("base64").slice(0, 12);
  }

  /**
   * Who logged in from the same address a moment ago goes past the gate: with the same password always, otherwise (SCRAM,
   * Digest) a limited number of times, since somebody else may share the address.
   */
  #takeCredit({ pair, mark }: Identity): boolean {
    if (mark !== undefined) return this.#familiar.get(`${pair} ${mark}`) !== undefined;
    const credit = this.#familiar.get(pair) ?? 0;
    if (credit > 0) this.#familiar.set(pair, credit - 1);
    return credit > 0;
  }

  async #enter({ addressKey, accountKey }: Identity, signal: AbortSignal | undefined): Promise<() => void> {
    try {
      const leave = addressKey === undefined ? () => {} : await this.#gates.enter(addressKey, { signal });
      if (accountKey === undefined) return leave;
      this.#active.set(accountKey, (this.#active.get(accountKey) ?? 0) + 1);
      return () => {
        leave();
        const left = this.#active.get(accountKey)! - 1;
        if (left === 0) this.#active.delete(accountKey);
        else this.#active.set(accountKey, left);
      };
    } catch (error) {
      throw error instanceof StateError ? throttled(this.#address.delayMaxMs, error) : error;
    }
  }

  async #waitForTurn(who: Identity, signal: AbortSignal | undefined): Promise<void> {
    const address = await this.#reserve(who.addressKey);
    const account = await this.#accountDelay(who, address.isFresh);
    const wait = Math.max(address.wait, account);
    if (wait > 0) await this.#reactor.clock.sleep(wait, { signal });
  }

  async #reserve(key: string | undefined): Promise<{ readonly wait: number; readonly isFresh: boolean }> {
    if (key === undefined) return { wait: 0, isFresh: false };
    const { wait, isFresh } = await this.#store.update(key, (entry, now) => {
      const reserved = afterReservation(entry, now, this.#address);
      const isFresh = failuresAt(entry, now, this.#address) < this.#address.free;
      const wait = reserved.start - now;
      const isTooLong = wait > this.#waitMaxMs;
      return { entry: entry === undefined || isTooLong ? undefined : reserved.entry, result: { wait, isFresh } };
    });
    if (wait > this.#waitMaxMs) throw throttled(wait);
    return { wait, isFresh };
  }

  /** Each address waits on its own, and not behind the others: an attack from a thousand of them shall not keep the user out. */
  async #accountDelay({ accountKey, pair }: Identity, isFresh: boolean): Promise<number> {
    if (accountKey === undefined || this.#familiar.get(pair) !== undefined) return 0;
    const underWay = this.#active.get(accountKey)! - 1;
    const failures = await this.#store.update(accountKey, (entry, now) => ({
      result: failuresAt(entry, now, this.#account),
    }));
    const delay = delayAfter(failures + underWay, this.#account);
    return isFresh ? Math.min(delay, this.#accountDelayMaxMs) : delay;
  }

  #ticket(who: Identity, leave: () => void): ThrottleTicket {
    let [isInside, isCounted] = [true, false];
    const goOut = (): void => {
      if (isInside) leave();
      isInside = false;
    };
    return {
      succeed: async () => {
        goOut();
        if (isCounted) await this.#pardon(who);
        isCounted = false;
        this.#welcome(who);
      },
      fail: async () => {
        goOut();
        if (!isCounted) await this.#countFailure(who);
        isCounted = true;
      },
      withdraw: goOut,
    };
  }

  async #countFailure({ addressKey, accountKey, pair, mark }: Identity): Promise<void> {
    this.#familiar.delete(pair);
    if (mark !== undefined) this.#familiar.delete(`${pair} ${mark}`);
    await this.#change(addressKey, (entry, now) => afterFailure(entry, now, mark, this.#address));
    await this.#change(accountKey, (entry, now) => afterFailure(entry, now, mark, this.#account));
  }

  async #pardon({ addressKey, accountKey }: Identity): Promise<void> {
    await this.#change(addressKey, (entry, now) => afterPardon(entry, now, this.#address));
    await this.#change(accountKey, (entry, now) => afterPardon(entry, now, this.#account));
  }

  #welcome({ pair, mark }: Identity): void {
    this.#familiar.set(pair, creditMax);
    if (mark !== undefined) this.#familiar.set(`${pair} ${mark}`, creditMax);
  }

  async #change(
    key: string | undefined,
    change: (entry: ThrottleEntry | undefined, now: number) => ThrottleEntry,
  ): Promise<void> {
    if (key === undefined) return;
    await this.#store.update(key, (entry, now) => ({ entry: change(entry, now), result: undefined }));
  }
}

/** An attempt as the throttle sees it. */
interface Identity {
  readonly addressKey: string | undefined;
  readonly accountKey: string | undefined;
  readonly pair: string;
  readonly mark: string | undefined;
}

const freeTicket: ThrottleTicket = { succeed: async () => {}, fail: async () => {}, withdraw: () => {} };

function throttled(retryAfterMs: number, cause?: unknown): LoginError {
  const message = `Cannot log in now: too many attempts, come again in ${Math.ceil(retryAfterMs / 1000)} s`;
  return new LoginError("throttled", message, { cause, retryAfterMs });
}

/** Users that were there of late, by address; about 150 octets each. */
const familiarMax = 20_000;

/** What a browser asks for at once, and some more. */
const creditMax = 20;
