import type { LoginEvent } from "@hawser/auth";
import {
  type Address,
  type Clock,
  type ConnectionEvent,
  every,
  type Fault,
  formatAddress,
  type Instant,
  type Listener,
  type Repetition,
  type RequestEvent,
  type Transport,
} from "@hawser/core";
import type { Application } from "../application/application.ts";
import type { ProcessEvent } from "../services/process.ts";
import type { ServiceEvent } from "../services/supervised.ts";
import { EventLog } from "./event-log.ts";
import type { ProcessGauge, ProcessReadings } from "./process-readings.ts";
import { RateSeries } from "./rate-series.ts";
import { subscribeAll } from "./subscriptions.ts";

/** An open connection, as it was seen to come. */
export interface ObservedConnection {
  readonly id: number;
  readonly transport: Transport;
  readonly openedAt: Instant;
  readonly listener: Listener;
}

/** What was counted since the observer began. */
export interface ObservedTotals {
  readonly accepted: number;
  readonly requests: number;
  /** Requests answered with 5xx, and errors that nobody was waiting for. */
  readonly errors: number;
  readonly logins: number;
  readonly refusedLogins: number;
}

/** How often rates are taken. */
const tickMs = 1_000;

/** Watches an application for people: counts, rates of the last minutes, the last events, who is connected. */
export class ApplicationObserver {
  readonly application: Application;
  readonly log: EventLog;
  readonly rates: RateSeries = new RateSeries();
  readonly #clock: Clock;
  readonly #gauge: ProcessGauge;
  readonly #connections = new Map<Transport, ObservedConnection>();
  readonly #totals = { accepted: 0, requests: 0, errors: 0, logins: 0, refusedLogins: 0 };
  readonly #ticking: Repetition;
  readonly #unsubscribe: () => void;
  #readings: ProcessReadings;
  #nextId = 1;

  /** @param onTick called after every tick */
  constructor(application: Application, gauge: ProcessGauge, onTick: () => void) {
    this.application = application;
    this.#gauge = gauge;
    this.#clock = application.environment.reactor.clock;
    this.log = new EventLog(this.#clock);
    this.#readings = gauge.read();
    this.#unsubscribe = subscribeAll(this.#takers());
    this.rates.add(this.#sums(), this.#readings);
    this.#ticking = every(this.#clock, tickMs, () => this.#tick(onTick), { idle: true });
    this.#ticking.done.catch(() => {}); // a tick throws nothing
  }

  get readings(): ProcessReadings {
    return this.#readings;
  }

  get totals(): ObservedTotals {
    return this.#totals;
  }

  /** In the order in which they came. Those that were open before the observer began are not known. */
  get connections(): Iterable<ObservedConnection> {
    return this.#connections.values();
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Aborts a connection. @returns false when it is gone already */
  abort(id: number): boolean {
    for (const connection of this.#connections.values()) {
      if (connection.id !== id) continue;
      connection.transport.abort();
      return true;
    }
    return false;
  }

  close(): void {
    this.#ticking.stop();
    this.#unsubscribe();
    this.#gauge.close();
  }

  #tick(onTick: () => void): void {
    this.#readings = this.#gauge.read();
    this.rates.add(this.#sums(), this.#readings);
    this.log.newSecond();
    onTick();
  }

  #sums(): Parameters<RateSeries["add"]>[0] {
    let [octetsIn, octetsOut] = [0, 0];
    for (const service of this.application.services)
      for (const listener of service.listeners) {
        octetsIn += listener.octetsIn;
        octetsOut += listener.octetsOut;
      }
    const { accepted, requests, errors } = this.#totals;
    return { at: this.#clock.now(), accepted, requests, errors, octetsIn, octetsOut };
  }

  #takers(): Readonly<Record<string, (message: never) => void>> {
    return {
      "hawser:connection": (event: ConnectionEvent) => this.#connection(event),
      "hawser:request": (event: RequestEvent) => this.#request(event),
      "hawser:login": (event: LoginEvent) => this.#login(event),
      "hawser:service": (event: ServiceEvent) => this.#service(event),
      "hawser:process": (event: ProcessEvent) => this.#process(event),
      "hawser:fault": (fault: Fault) => this.#fault(fault),
      "hawser:descriptors": ({ state }: { readonly state: string }) =>
        this.log.add(state === "exhausted" ? "error" : "info", `file descriptors ${state}`),
    };
  }

  #connection(event: ConnectionEvent): void {
    const { transport, listener } = event;
    if (event.type === "opened") {
      this.#totals.accepted++;
      this.#connections.set(transport, { id: this.#nextId++, transport, openedAt: this.#clock.now(), listener });
    } else if (event.type === "closed") this.#connections.delete(transport);
    else this.log.add("warn", `connection from ${host(transport.peer)} failed: ${message(event.error)}`);
  }

  #request({ method, target, status, durationMs, complete, transport }: RequestEvent): void {
    this.#totals.requests++;
    if (status >= 500) this.#totals.errors++;
    const outcome = complete ? status : `${status} cut short`;
    const line = `${method} ${target} ${outcome} ${formatMs(durationMs)} ${host(transport.peer)}`;
    this.log.addOften(status >= 500 ? "error" : status >= 400 ? "warn" : "info", line);
  }

  #login({ protocol, peer, user, outcome }: LoginEvent): void {
    const isGood = outcome === "accepted" || outcome === "partial";
    if (isGood) this.#totals.logins++;
    else this.#totals.refusedLogins++;
    const who = user === undefined ? "somebody" : user;
    this.log.addOften(isGood ? "info" : "warn", `${protocol} login of ${who} from ${peer ?? "nowhere"}: ${outcome}`);
  }

  #service({ service, state, failure }: ServiceEvent): void {
    const isBad = state === "restarting" || state === "failed";
    this.log.add(isBad ? "error" : "info", `${service.name} is ${state}${isBad ? `: ${message(failure)}` : ""}`);
  }

  #process({ type, program, pid, exit, error }: ProcessEvent): void {
    if (type === "started") this.log.add("info", `${program} started as ${pid}`);
    else if (type === "failed") this.log.add("error", `${program} could not be started: ${message(error)}`);
    else this.log.add("warn", `${program} (${pid}) ended: ${exit?.signal ?? `status ${exit?.status}`}`);
  }

  #fault({ error, where }: Fault): void {
    this.#totals.errors++;
    this.log.addOften("error", `${where}: ${message(error)}`);
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function host(address: Address): string {
  return address.family === "ipv4" || address.family === "ipv6" ? address.host : formatAddress(address);
}

function formatMs(ms: number): string {
  if (ms < 0.1) return "<0.1 ms";
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
