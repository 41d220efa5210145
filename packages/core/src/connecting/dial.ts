import type { IpAddress } from "../address.ts";
import type { Timer } from "../clock.ts";
import { ConnectionError, type ConnectionErrorCode } from "../errors.ts";
import type { StreamConnectOptions } from "../network.ts";
import type { Reactor } from "../reactor.ts";
import type { Transport } from "../transport.ts";
import { ConnectionRace } from "./race.ts";

/** How a race is run. */
export interface DialOptions extends StreamConnectOptions {
  readonly attemptDelayMs?: number | undefined;
}

/** Of several failures, the one that says most to whoever must mend it. */
const mostTelling: readonly ConnectionErrorCode[] = ["refused", "reset", "not-permitted", "timed-out", "unreachable"];

/**
 * Connects to the first of several addresses that answers (RFC 8305), and gives up the others.
 * @throws {ConnectionError} that names every attempt, with an `AggregateError` as its cause; `signal.reason`
 */
export function dial(reactor: Reactor, addresses: readonly IpAddress[], options: DialOptions): Promise<Transport> {
  return new Promise((resolve, reject) => new Dialing(reactor, addresses, options, resolve, reject).begin());
}

class Dialing {
  readonly #reactor: Reactor;
  readonly #options: DialOptions;
  readonly #race: ConnectionRace<IpAddress>;
  readonly #resolve: (transport: Transport) => void;
  readonly #reject: (error: unknown) => void;
  readonly #losers = new AbortController();
  readonly #failures: unknown[] = [];
  #timer: Timer | undefined;
  #settled = false;

  constructor(
    reactor: Reactor,
    addresses: readonly IpAddress[],
    options: DialOptions,
    resolve: (transport: Transport) => void,
    reject: (error: unknown) => void,
  ) {
    this.#reactor = reactor;
    this.#options = options;
    this.#race = new ConnectionRace(addresses, options.attemptDelayMs);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(): void {
    const { signal } = this.#options;
    if (signal?.aborted) return this.#giveUp();
    signal?.addEventListener("abort", this.#giveUp, { once: true });
    this.#startAttempts();
  }

  readonly #startAttempts = (): void => {
    this.#timer?.cancel();
    const { clock } = this.#reactor;
    for (let next = this.#race.next(clock.now()); next !== undefined; next = this.#race.next(clock.now()))
      this.#attempt(next);
    const { deadline, isLost } = this.#race;
    if (isLost) return this.#lose(allFailed(this.#failures));
    if (deadline !== undefined) this.#timer = clock.after(Math.max(0, deadline - clock.now()), this.#startAttempts);
  };

  #attempt(address: IpAddress): void {
    const options = { ...this.#options, signal: this.#losers.signal };
    this.#reactor.network.connect(address, options).then(
      (transport) => this.#win(transport),
      (error: unknown) => {
        if (this.#settled) return;
        this.#failures.push(error);
        this.#race.failed();
        this.#startAttempts();
      },
    );
  }

  #win(transport: Transport): void {
    if (this.#settled) return transport.abort();
    this.#settle(new ConnectionError("aborted", "Another address answered first"));
    this.#resolve(transport);
  }

  #lose(error: unknown): void {
    this.#settle(error);
    this.#reject(error);
  }

  readonly #giveUp = (): void => this.#lose(this.#options.signal!.reason);

  #settle(reason: unknown): void {
    this.#settled = true;
    this.#timer?.cancel();
    this.#options.signal?.removeEventListener("abort", this.#giveUp);
    this.#losers.abort(reason);
  }
}

function allFailed(failures: readonly unknown[]): unknown {
  if (failures.length === 1) return failures[0];
  const codes = failures.map((failure) => (failure instanceof ConnectionError ? failure.code : "failed"));
  const reasons = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
  const code = mostTelling.find((candidate) => codes.includes(candidate)) ?? "failed";
  return new ConnectionError(code, reasons.join("; "), { cause: new AggregateError(failures) });
}
