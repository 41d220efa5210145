import { type Reactor, type Service, type StopOptions, UsageError } from "@hawser/core";
import type { RunningService } from "../application/application.ts";
import type { ServiceDefinition, ServiceGroupOptions } from "./definition.ts";
import { cannot, reasonOf, ServiceError } from "./errors.ts";
import type { RunPlace } from "./run.ts";
import { KeptSockets } from "./sockets/kept-sockets.ts";
import { StopShares } from "./stop-shares.ts";
import { SupervisedService } from "./supervised.ts";

const startTimeoutMsDefault = 60_000;
const graceMsDefault = 10_000;

/**
 * Starts services in their order, as one: all bind their sockets, then all serve. When one cannot start, those that have
 * are stopped again.
 * @throws {ServiceError} `start-failed`, naming the service
 */
export async function startServices(
  definitions: readonly ServiceDefinition[],
  options: ServiceGroupOptions = {},
): Promise<ServiceGroup> {
  const reactor = options.reactor ?? options.context?.reactor ?? (await nodeReactor());
  const group = new ServiceGroup(reactor, options);
  await group.start(definitions);
  return group;
}

async function nodeReactor(): Promise<Reactor> {
  return (await import("@hawser/core/node")).nodeReactor;
}

/** Services that run as one tree: started in order, watched over, stopped in reverse (Twisted's MultiService). */
export class ServiceGroup implements Service, AsyncDisposable {
  /** Resolves when it was stopped, or all its services have ended; rejects when one has broken too often. */
  readonly ended: Promise<void>;
  readonly #options: ServiceGroupOptions;
  readonly #place: RunPlace;
  readonly #stopping = new AbortController();
  /** Those of earlier configurations that finish what they have begun, and when they have. */
  readonly #leaving = new Map<SupervisedService, Promise<void>>();
  #services: readonly SupervisedService[] = [];
  /** Reloads and restarts take turns. */
  #turns: Promise<unknown> = Promise.resolve();
  #stopped: Promise<void> | undefined;
  #failure: ServiceError | undefined;
  #settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void };

  constructor(reactor: Reactor, options: ServiceGroupOptions) {
    this.#options = options;
    const { context } = options;
    this.#place = {
      group: this,
      reactor,
      sockets: new KeptSockets(reactor),
      print: options.print ?? context?.print.bind(context) ?? (() => {}),
      openLog: options.openLog ?? context?.openLog.bind(context) ?? cannotOpenLogs,
      users: options.users ?? context?.users ?? [],
      startTimeoutMs: options.startTimeoutMs ?? startTimeoutMsDefault,
      inTurn: (task) => this.#inTurn(task),
    };
    let settle!: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
    this.ended = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#settle = settle;
    this.ended.catch(() => {}); // nobody need wait
  }

  get reactor(): Reactor {
    return this.#place.reactor;
  }

  /** In the order in which they start, after those of earlier configurations that have not finished yet. */
  get services(): readonly RunningService[] {
    return [...this.#leaving.keys(), ...this.#services];
  }

  /** True from the call of {@link stop} on. */
  get isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** What {@link startServices} does with a new group. */
  async start(definitions: readonly ServiceDefinition[]): Promise<void> {
    refuseTwins(definitions);
    const { signal } = this.#options;
    const giveUp = () => this.#stopping.abort(signal?.reason);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      signal?.throwIfAborted();
      this.#services = definitions.map((definition) => this.#supervised(definition));
      await startAll(this.#services, this.#stopping.signal);
      if (this.#options.context?.whenServing === undefined) await this.#serve();
      else this.#options.context.whenServing(() => this.#serve());
    } catch (error) {
      await this.stop({ graceMs: 0 }).catch(() => {}); // the first error is the one to tell
      throw error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  /**
   * Without definitions, tells all services to read their files again. With them, makes what runs follow them: services
   * that are the same read their files again, those that are not are started anew with the sockets of their predecessors,
   * which finish what they have begun. Either all of it happens or nothing does. Reloads wait for one another.
   * @throws {ServiceError} `reload-failed`: what ran before still runs
   */
  reload(definitions?: readonly ServiceDefinition[]): Promise<void> {
    return this.#inTurn(() => this.#reload(definitions));
  }

  /**
   * Stops the services in reverse order. Each gets its share of the grace; one that has not ended then is cut off.
   * @throws {ServiceError} `stop-late`, `stop-failed`: all are stopped, but not all well
   */
  stop(options: StopOptions = {}): Promise<void> {
    this.#stopping.abort(new ServiceError("start-failed", [], "The services were stopped while they started"));
    this.#stopped ??= this.#stop(options);
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const turn = this.#turns.then(task);
    this.#turns = turn.catch(() => {});
    return turn;
  }

  async #serve(): Promise<void> {
    await this.#options.bound?.();
    for (const service of this.#services) service.letIn();
    for (const service of this.#services) await orCannot("start", service.name, service.begin());
  }

  async #reload(definitions: readonly ServiceDefinition[] | undefined): Promise<void> {
    if (this.isStopping) throw new ServiceError("reload-failed", [], "Cannot reload: the services are being stopped");
    if (definitions === undefined) return rereadAll(this.#services);
    refuseTwins(definitions);
    const before = this.#services;
    const after = definitions.map((definition) => this.#kept(definition) ?? this.#supervised(definition));
    const leaving = before.filter((service) => !after.includes(service));
    const coming = after.filter((service) => !before.includes(service));
    for (const service of leaving) service.leave();
    try {
      await startAll(coming, this.#stopping.signal);
      await rereadAll(after.filter((service) => before.includes(service)));
    } catch (error) {
      for (const service of leaving) service.stay();
      await this.#stopAll(coming, { graceMs: 0 });
      throw reloadFailed(error);
    }
    this.#services = after;
    this.#succeed(leaving, coming);
  }

  /** Hands over: those that come let connections in first, so that nobody finds the door closed. */
  #succeed(leaving: readonly SupervisedService[], coming: readonly SupervisedService[]): void {
    for (const service of coming) service.letIn();
    for (const service of leaving) this.#leaving.set(service, this.#depart(service));
    for (const service of coming) void service.beginAfter(this.#departed(service.name));
  }

  /** Resolves when all earlier services of a name have ended: there may be several, after several reloads in a row. */
  async #departed(name: string): Promise<void> {
    await Promise.all([...this.#leaving].filter(([service]) => service.name === name).map(([, gone]) => gone));
  }

  async #depart(service: SupervisedService): Promise<void> {
    await this.#stopAll([service], {});
    this.#leaving.delete(service);
  }

  async #stop(options: StopOptions): Promise<void> {
    for (const service of [...this.#leaving.keys(), ...this.#services]) service.hurry();
    await this.#turns;
    const problems = await this.#stopAll([...this.#leaving.keys(), ...this.#services], options);
    if (this.#failure === undefined) this.#settle.resolve();
    else this.#settle.reject(this.#failure);
    if (problems !== undefined) throw problems;
  }

  /** In reverse, each within its share. @returns what did not go well */
  async #stopAll(services: readonly SupervisedService[], options: StopOptions): Promise<ServiceError | undefined> {
    const shares = new StopShares(this.reactor.clock, options.graceMs ?? graceMsDefault, services.length);
    const late: string[] = [];
    const failed: { readonly name: string; readonly error: unknown }[] = [];
    for (const service of [...services].reverse()) {
      const { isLate, error } = await service.stop({ ...shares.next(), signal: options.signal });
      if (isLate) late.push(service.name);
      if (error !== undefined) failed.push({ name: service.name, error });
    }
    if (late.length > 0) return stoppedLate(late);
    const first = failed[0];
    return first && cannot("stop", "stop-failed", first.name, first.error);
  }

  /** The running service that a definition describes already. */
  #kept(definition: ServiceDefinition): SupervisedService | undefined {
    return this.#services.find(
      (service) =>
        service.state !== "stopped" && service.name === definition.name && isSame(service.definition, definition),
    );
  }

  #supervised(definition: ServiceDefinition): SupervisedService {
    return new SupervisedService(definition, this.#place, {
      onGiveUp: (service, cause) => this.#gaveUp(service, cause),
      onEnd: () => this.#checkEnded(),
    });
  }

  #gaveUp(service: SupervisedService, cause: unknown): void {
    this.#failure ??= cannot("go on with", "gave-up", service.name, cause);
    void this.stop().catch(() => {}); // `ended` tells the reason
  }

  #checkEnded(): void {
    if (this.#services.some((service) => service.state !== "stopped")) return;
    void this.stop().catch(() => {});
  }
}

/** One after the other. @throws {ServiceError} `start-failed`, naming the service */
async function startAll(services: readonly SupervisedService[], signal: AbortSignal): Promise<void> {
  for (const service of services) await orCannot("start", service.name, service.start(signal));
}

/** All of them, whatever happens to one. @throws {ServiceError} `reload-failed`, naming the first that could not */
async function rereadAll(services: readonly SupervisedService[]): Promise<void> {
  const results = await Promise.allSettled(services.map((service) => service.reload()));
  const at = results.findIndex(({ status }) => status === "rejected");
  const result = results[at];
  if (result?.status === "rejected") throw cannot("reload", "reload-failed", services[at]!.name, result.reason);
}

async function orCannot(verb: string, name: string, doing: Promise<void>): Promise<void> {
  try {
    await doing;
  } catch (error) {
    throw cannot(verb, "start-failed", name, error);
  }
}

function isSame(one: ServiceDefinition, other: ServiceDefinition): boolean {
  if (one.command !== other.command || JSON.stringify(one.restart) !== JSON.stringify(other.restart)) return false;
  return one.version === undefined ? one.start === other.start : one.version === other.version;
}

function refuseTwins(definitions: readonly ServiceDefinition[]): void {
  const names = definitions.map(({ name }) => name);
  const twin = names.find((name, at) => names.indexOf(name) !== at);
  if (twin !== undefined) throw new UsageError(`Cannot run two services with the name "${twin}"`);
}

function reloadFailed(error: unknown): ServiceError {
  const names = error instanceof ServiceError ? error.services : [];
  const text = reasonOf(error).replace(/^Cannot (start|reload) /, "");
  return new ServiceError("reload-failed", names, `Cannot reload ${text}`, { cause: error });
}

function stoppedLate(late: readonly string[]): ServiceError {
  return new ServiceError("stop-late", late, `Cannot stop in time: ${late.join(", ")}`);
}

function cannotOpenLogs(path: string): never {
  throw new UsageError(`Cannot open the log "${path}": these services were given no way to`);
}
