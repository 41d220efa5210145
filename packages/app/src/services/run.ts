import {
  type Clock,
  ConnectionError,
  type Endpoint,
  type Factory,
  formatEndpoint,
  type Listener,
  listen,
  type Reactor,
  type Service,
  withDeadline,
} from "@hawser/core";
import type { RunningListener } from "../application/application.ts";
import type { ServiceContext, ServiceDefinition } from "./definition.ts";
import type { ServiceGroup } from "./group.ts";
import { HolderReactor } from "./sockets/holder-reactor.ts";
import type { KeptPort } from "./sockets/kept-port.ts";
import type { KeptSockets } from "./sockets/kept-sockets.ts";
import { SocketHolder } from "./sockets/socket-holder.ts";

/** What the runs of a group have in common. */
export interface RunPlace {
  readonly group: ServiceGroup;
  readonly reactor: Reactor;
  readonly sockets: KeptSockets;
  readonly print: ServiceContext["print"];
  readonly openLog: ServiceContext["openLog"];
  readonly users: readonly string[];
  readonly startTimeoutMs: number;
  /** Runs a start apart from reloads and other starts: two runs must not reach for the same sockets. */
  inTurn<Result>(task: () => Promise<Result>): Promise<Result>;
}

/** What became of a stop. */
export interface StopOutcome {
  /** It had not ended when its time was over, and was cut off. */
  readonly isLate: boolean;
  readonly error: unknown;
}

/** How long a run has to stop. */
export interface StopTime {
  /** For what has begun. */
  readonly graceMs: number;
  /** For the rest, after the grace: a service that has not ended then is left behind. */
  readonly lateMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** How long listeners that were cut off may take to notice. */
const letGoMs = 1_000;

/** One life of a service, from its start to its end. A restarted service is another run. */
export class ServiceRun {
  readonly holder: SocketHolder;
  readonly listeners: ListenerRecord[] = [];
  readonly #definition: ServiceDefinition;
  readonly #place: RunPlace;
  readonly #beginnings: (() => void | Promise<void>)[] = [];
  /** Rejects when work that began later breaks. */
  readonly #broken: Promise<never>;
  #break: (error: unknown) => void = () => {};
  #service: Service | undefined;
  #hasBegun = false;
  #stopped: Promise<StopOutcome> | undefined;

  constructor(definition: ServiceDefinition, place: RunPlace) {
    this.#definition = definition;
    this.#place = place;
    this.holder = new SocketHolder(definition.name);
    this.#broken = new Promise((_, reject) => {
      this.#break = reject;
    });
    this.#broken.catch(() => {}); // nobody may be waiting
  }

  get service(): Service | undefined {
    return this.#service;
  }

  /** Binds and opens. A service that starts too late is stopped when it does. */
  async start(signal: AbortSignal): Promise<void> {
    const { startTimeoutMs } = this.#place;
    let isGivenUp = false;
    const starting = async () => {
      const service = await this.#definition.start(this.#context());
      if (isGivenUp) await service.stop({ graceMs: 0 });
      else this.#service = service;
    };
    try {
      await withDeadline(this.#clock, startTimeoutMs, starting, { signal });
    } catch (error) {
      isGivenUp = true;
      await this.#letGo();
      throw error;
    }
  }

  /** Lets connections in. */
  letIn(): void {
    this.#place.sockets.serve(this.holder);
  }

  /** Begins the work that no connection asks for, unless the run is over already. */
  async begin(): Promise<void> {
    this.#hasBegun = true;
    const beginAll = async () => {
      for (const run of this.#beginnings.splice(0)) if (this.#stopped === undefined) await run();
    };
    await withDeadline(this.#clock, this.#place.startTimeoutMs, beginAll);
  }

  /** Resolves when the service ends by itself; rejects when it breaks; neither when it does neither. */
  ended(): Promise<void> {
    return Promise.race([this.#service?.ended ?? this.#broken, this.#broken]);
  }

  /** Stops the service, and lets go of whatever it still holds. Safe to repeat. Never rejects. */
  stop(time: StopTime): Promise<StopOutcome> {
    this.#stopped ??= this.#stop(time);
    return this.#stopped;
  }

  async #stop({ graceMs, lateMs, signal }: StopTime): Promise<StopOutcome> {
    let outcome: StopOutcome = { isLate: false, error: undefined };
    const late = new Error("late");
    const over = new AbortController();
    const deadline = this.#clock.after(graceMs + lateMs, () => over.abort(late));
    try {
      await Promise.race([this.#service?.stop({ graceMs, signal }), rejection(over.signal)]);
    } catch (error) {
      outcome = error === late ? { isLate: true, error: undefined } : { isLate: false, error };
    }
    deadline.cancel();
    await this.#letGo();
    return outcome;
  }

  /** What a service leaves behind when it has ended is cut off. */
  async #letGo(): Promise<void> {
    const left = this.listeners.map(({ listener }) => listener);
    const stops = left.map((listener) => listener.stop({ graceMs: 0 }));
    for (const transport of left.flatMap((listener) => listener.connections)) transport.abort(cutOff());
    if (left.length > 0) await withDeadline(this.#clock, letGoMs, () => Promise.all(stops)).catch(() => {});
    if (!this.holder.keepsSockets) await this.#place.sockets.end(this.holder);
  }

  get #clock(): Clock {
    return this.#place.reactor.clock;
  }

  #context(): ServiceContext {
    const { group, reactor, sockets, print, openLog, users } = this.#place;
    const context: ServiceContext = {
      name: this.#definition.name,
      group,
      reactor: new HolderReactor(reactor, sockets, this.holder),
      print,
      openLog,
      users,
      listen: (endpoint, factory) => this.#listen(endpoint, factory),
      whenServing: (run) => this.#whenServing(run),
    };
    return context;
  }

  async #listen(endpoint: string | Endpoint, factory: Factory): Promise<Listener> {
    const ports: KeptPort[] = [];
    const { reactor, sockets } = this.#place;
    const own = new HolderReactor(reactor, sockets, this.holder, (port) => ports.push(port));
    const listener = await listen(endpoint, factory, { reactor: own });
    const shown = typeof endpoint === "string" ? endpoint : formatEndpoint(endpoint);
    const record = new ListenerRecord(shown, listener, factory, ports);
    this.listeners.push(record);
    void listener.stopped.then(() => this.listeners.splice(this.listeners.indexOf(record), 1));
    return listener;
  }

  /** A service that serves already may begin something more at once. */
  #whenServing(run: () => void | Promise<void>): void {
    if (!this.#hasBegun) this.#beginnings.push(run);
    else queueMicrotask(() => void (async () => run())().catch(this.#break));
  }
}

/** An endpoint of a run, and what its ports count. */
class ListenerRecord implements RunningListener {
  readonly endpoint: string;
  readonly listener: Listener;
  readonly factory: Factory;
  readonly #ports: readonly KeptPort[];

  constructor(endpoint: string, listener: Listener, factory: Factory, ports: readonly KeptPort[]) {
    this.endpoint = endpoint;
    this.listener = listener;
    this.factory = factory;
    this.#ports = ports;
  }

  get accepted(): number {
    return this.#ports.reduce((sum, port) => sum + port.accepted, 0);
  }

  get octetsIn(): number {
    return this.#ports.reduce((sum, port) => sum + port.octetsIn, 0);
  }

  get octetsOut(): number {
    return this.#ports.reduce((sum, port) => sum + port.octetsOut, 0);
  }
}

function cutOff(): ConnectionError {
  return new ConnectionError("aborted", "The service ended before this connection had finished");
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}
