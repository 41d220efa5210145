import { channel } from "node:diagnostics_channel";
import type { Clock, Instant } from "@hawser/core";
import type { RunningListener, RunningService, ServiceState } from "../application/application.ts";
import type { ServiceDefinition } from "./definition.ts";
import { reasonOf } from "./errors.ts";
import type { ServiceGroup } from "./group.ts";
import { RestartBudget } from "./restart-budget.ts";
import { type RunPlace, ServiceRun, type StopOutcome, type StopTime } from "./run.ts";
import type { SocketHolder } from "./sockets/socket-holder.ts";

/** Published on `hawser:service` whenever a service enters another state. */
export interface ServiceEvent {
  readonly service: RunningService;
  readonly state: ServiceState;
  /** What broke it, when it is `restarting` or `failed`. */
  readonly failure: unknown;
  readonly group: ServiceGroup;
}

const events = channel("hawser:service");

/** What a broken service has to finish what it can before it starts anew. */
const brokenStop: StopTime = { graceMs: 2_000, lateMs: 1_000 };

/** A service of a group: runs it, and runs it again when it breaks, as its policy says. */
export class SupervisedService implements RunningService {
  readonly definition: ServiceDefinition;
  restarts = 0;
  since: Instant;
  failure: unknown;
  readonly #place: RunPlace;
  readonly #budget: RestartBudget;
  readonly #onGiveUp: (service: SupervisedService, cause: unknown) => void;
  readonly #onEnd: () => void;
  readonly #stopping = new AbortController();
  #run: ServiceRun;
  #state: ServiceState = "starting";
  /** When the last predecessor has ended: until then nothing begins. */
  #predecessor: Promise<unknown> | undefined;
  /** The restart under way. */
  #returning: Promise<void> | undefined;
  #stopped: Promise<StopOutcome> | undefined;

  /** @param watch `onGiveUp`: it broke too often; `onEnd`: it has ended by itself */
  constructor(
    definition: ServiceDefinition,
    place: RunPlace,
    watch: {
      readonly onGiveUp: (service: SupervisedService, cause: unknown) => void;
      readonly onEnd: () => void;
    },
  ) {
    this.definition = definition;
    this.#place = place;
    this.#onGiveUp = watch.onGiveUp;
    this.#onEnd = watch.onEnd;
    this.#budget = new RestartBudget(definition.restart ?? {}, this.#clock, place.reactor.random);
    this.#run = new ServiceRun(definition, place);
    this.since = this.#clock.now();
  }

  get name(): string {
    return this.definition.name;
  }

  get command(): string {
    return this.definition.command ?? this.definition.name;
  }

  get state(): ServiceState {
    return this.#state;
  }

  get listeners(): readonly RunningListener[] {
    return this.#run.listeners;
  }

  get services(): readonly RunningService[] | undefined {
    const inner = this.#run.service as { readonly services?: readonly RunningService[] } | undefined;
    return inner?.services;
  }

  /** Binds and opens. @throws what the service throws */
  async start(signal: AbortSignal): Promise<void> {
    this.#become("starting");
    try {
      await this.#run.start(signal);
    } catch (error) {
      this.#become("failed", error);
      throw error;
    }
  }

  /** Lets connections in. */
  letIn(): void {
    this.#run.letIn();
  }

  /** Begins all else, and watches over it from here on. */
  async begin(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    await this.#run.begin();
    if (this.#stopping.signal.aborted) return;
    this.#become("running");
    this.#watch(this.#run);
  }

  /** As {@link begin}, for a service that lets connections in while its predecessor finishes. What breaks it counts as any other break. */
  async beginAfter(predecessor: Promise<unknown>): Promise<void> {
    const run = this.#run;
    this.#predecessor = predecessor;
    this.#become("running");
    this.#watch(run);
    await predecessor;
    if (this.#stopping.signal.aborted || run !== this.#run) return;
    await run.begin().catch((error: unknown) => this.#broke(run, error));
  }

  /** Its sockets are there to be taken over by a successor. */
  leave(): void {
    this.#run.holder.leave();
  }

  /** There will be no successor after all. */
  stay(): void {
    this.#run.holder.stay();
  }

  /** Reads its files again. A service that is on its way back reads them anyway. */
  async reload(): Promise<void> {
    if (this.#state === "running") await this.#run.service?.reload?.();
  }

  /** There will be no restart, and one that is under way is given up. */
  hurry(): void {
    this.#stopping.abort();
  }

  /** Safe to repeat. Never rejects. */
  stop(time: StopTime): Promise<StopOutcome> {
    this.#stopped ??= this.#stop(time);
    return this.#stopped;
  }

  async #stop(time: StopTime): Promise<StopOutcome> {
    this.#stopping.abort();
    if (this.#returning !== undefined) await this.#returning;
    if (this.#state === "failed") return { isLate: false, error: undefined };
    this.#become("stopping");
    const outcome = await this.#run.stop(time);
    this.#become("stopped");
    return outcome;
  }

  #watch(run: ServiceRun): void {
    run.ended().then(
      () => this.#endedWell(run),
      (error: unknown) => this.#broke(run, error),
    );
  }

  #endedWell(run: ServiceRun): void {
    if (this.#stopping.signal.aborted || run !== this.#run) return;
    if (this.definition.restart?.when === "always") this.#comeBack(undefined);
    else void this.#finish();
  }

  /** It has ended by itself, and well. */
  async #finish(): Promise<void> {
    await this.stop(brokenStop);
    this.#onEnd();
  }

  #broke(run: ServiceRun, error: unknown): void {
    if (this.#stopping.signal.aborted || run !== this.#run) return;
    this.#comeBack(error ?? new Error("It ended without a word"));
  }

  #comeBack(cause: unknown): void {
    this.#returning ??= this.#return(cause).finally(() => {
      this.#returning = undefined;
    });
  }

  /**
   * Starts it again and again, until it runs, is stopped, or has broken too often. Its sockets stay open all the while: a
   * process that has dropped its privileges would not get them back.
   */
  async #return(cause: unknown): Promise<void> {
    const keepers: SocketHolder[] = [];
    for (let reason = cause; ; ) {
      const waitMs = this.definition.restart?.when === "never" ? undefined : this.#budget.next();
      if (waitMs === undefined) {
        await this.#giveUp(reason);
        break;
      }
      this.#become("restarting", reason);
      const last = this.#run;
      last.holder.keepSockets();
      keepers.push(last.holder);
      await last.stop(brokenStop);
      const failed = await this.#startAgain(waitMs);
      if (failed === undefined) break;
      reason = failed.error;
    }
    for (const holder of keepers) await this.#place.sockets.end(holder);
  }

  /** @returns what went wrong, if anything did */
  async #startAgain(waitMs: number): Promise<{ readonly error: unknown } | undefined> {
    const { signal } = this.#stopping;
    try {
      await this.#clock.sleep(waitMs, { signal });
      await this.#place.inTurn(() => this.#startNext(signal));
      await this.#predecessorGone(signal);
      await this.begin();
    } catch (error) {
      return signal.aborted ? undefined : { error };
    }
    return undefined;
  }

  async #startNext(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted(); // stopped, or succeeded by another, while it waited for its turn
    this.restarts++;
    this.#run = new ServiceRun(this.definition, this.#place);
    await this.#run.start(signal);
    this.#run.letIn();
  }

  async #predecessorGone(signal: AbortSignal): Promise<void> {
    if (this.#predecessor !== undefined) await Promise.race([this.#predecessor, aborted(signal)]);
    this.#predecessor = undefined;
  }

  async #giveUp(cause: unknown): Promise<void> {
    this.#become("failed", cause);
    await this.#run.stop(brokenStop);
    this.#onGiveUp(this, cause);
  }

  #become(state: ServiceState, failure?: unknown): void {
    this.#state = state;
    this.since = this.#clock.now();
    if (failure !== undefined) this.failure = failure;
    if (!events.hasSubscribers) return;
    events.publish({ service: this, state, failure, group: this.#place.group } satisfies ServiceEvent);
  }

  get #clock(): Clock {
    return this.#place.reactor.clock;
  }

  /** For people, such as `web (restarting: no such directory)`. */
  toString(): string {
    return this.failure === undefined
      ? `${this.name} (${this.#state})`
      : `${this.name} (${this.#state}: ${reasonOf(this.failure)})`;
  }
}

/** Resolves when a signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
