import { ConnectionError, type Reactor, StateError, type Timer } from "@hawser/core";
import type { DnsExchanger } from "../client/exchanger.ts";
import { DnsProtocolError } from "../errors.ts";
import type { DnsMessage } from "../message/message.ts";
import type { ExchangeFailure, RecursionExchange, ResolutionAsk } from "./exchange.ts";
import type { Resolution } from "./resolution.ts";
import type { RecursionResult } from "./response.ts";
import type { ZoneQuota } from "./zone-quota.ts";

/** What resolutions are run with. */
export interface ResolutionTools {
  readonly reactor: Reactor;
  readonly exchanger: DnsExchanger;
  readonly quota: ZoneQuota;
  /** Told of what became of each question. */
  readonly told: (exchange: RecursionExchange) => void;
}

/** Runs one resolution: puts its questions, and tells it the answers, until it has its result. */
export class ResolutionRunner {
  readonly #resolution: Resolution;
  readonly #tools: ResolutionTools;
  readonly #exchanges = new AbortController();
  readonly #timer: Timer;
  #resolve!: (result: RecursionResult) => void;
  #reject!: (reason: unknown) => void;
  /** Rejects when it is given up, and for faults of our own. What is still under way then is given up, too. */
  readonly result: Promise<RecursionResult>;

  constructor(resolution: Resolution, tools: ResolutionTools) {
    this.#resolution = resolution;
    this.#tools = tools;
    this.result = new Promise<RecursionResult>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { clock } = tools.reactor;
    this.#timer = clock.after(resolution.deadline - clock.now(), () => this.#goOn());
    this.#goOn();
  }

  giveUp(reason: unknown): void {
    this.#end();
    this.#reject(reason);
  }

  #goOn(): void {
    const { clock } = this.#tools.reactor;
    while (!this.#exchanges.signal.aborted) {
      const step = this.#resolution.next(clock.now());
      if (step.type === "wait") return;
      if (step.type === "ask") void this.#put(step.ask);
      else {
        this.#end();
        this.#resolve(step.result);
      }
    }
  }

  async #put(ask: ResolutionAsk): Promise<void> {
    try {
      const reply = await exchange(ask, this.#tools, this.#exchanges.signal);
      if (this.#exchanges.signal.aborted) return;
      const now = this.#tools.reactor.clock.now();
      this.#tools.told({ ask, reply, ms: now - ask.askedAt });
      this.#resolution.answered(ask, reply, now);
      this.#goOn();
    } catch (error) {
      this.giveUp(error);
    }
  }

  #end(): void {
    this.#timer.cancel();
    this.#exchanges.abort(new ConnectionError("aborted", "The resolution is over"));
  }
}

async function exchange(
  { place, zone, message, timeoutMs, withEdns, mixedCase }: ResolutionAsk,
  { quota, exchanger }: ResolutionTools,
  signal: AbortSignal,
): Promise<DnsMessage | ExchangeFailure> {
  if (!quota.take(zone)) return busy;
  try {
    return await exchanger.exchange(message, place, { signal, timeoutMs, edns: withEdns, mixedCase });
  } catch (error) {
    return failureOf(error, signal);
  } finally {
    quota.give(zone);
  }
}

function failureOf(error: unknown, signal: AbortSignal): ExchangeFailure {
  if (signal.aborted) return { type: "failure", code: "unreachable", text: "given up" };
  if (error instanceof DnsProtocolError)
    return { type: "failure", code: "broken", text: "its answer is no DNS message" };
  if (error instanceof StateError) return busy; // the line of those who want to ask is full
  if (!(error instanceof ConnectionError)) throw error;
  if (error.code === "timed-out") return { type: "failure", code: "timed-out", text: "no answer in time" };
  return { type: "failure", code: "unreachable", text: error.code };
}

const busy: ExchangeFailure = { type: "failure", code: "busy", text: "too many questions are under way" };
