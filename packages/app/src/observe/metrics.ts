import type { LoginEvent } from "@hawser/auth";
import { type Clock, formatAddress, type RequestEvent } from "@hawser/core";
import type { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Application, RunningListener, RunningService } from "../application/application.ts";
import type { ProcessGauge } from "./process-readings.ts";
import { subscribeAll } from "./subscriptions.ts";

/** The metrics of a running application, for Prometheus and whatever reads its format. */
export interface ApplicationMetrics {
  /** For metrics of your own. */
  readonly registry: Registry;
  /** All of them as text: Prometheus' own form, or OpenMetrics 1.0. */
  text(format: "prometheus" | "openmetrics"): Promise<string>;
  /** Counts no more. */
  close(): void;
}

/** Verbs that make a label of their own; a client can make up any others, and would fill our memory with them. */
const knownMethods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"]);

const services = ["starting", "running", "stopping", "stopped", "restarting", "failed"] as const;

/** The media types of the two formats. */
export const prometheusType = "text/plain; version=0.0.4; charset=utf-8";
export const openMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** Seconds. */
const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts what an application does. prom-client is loaded here and nowhere else. */
export async function applicationMetrics(application: Application, gauge: ProcessGauge): Promise<ApplicationMetrics> {
  const prom = await import("prom-client");
  const registry = new prom.Registry();
  const make: Maker = {
    counter: (name, help, labelNames = [], collect) =>
      new prom.Counter({ name, help, labelNames, registers: [registry], ...(collect && { collect }) }),
    gauge: (name, help, labelNames = [], collect) =>
      new prom.Gauge({ name, help, labelNames, registers: [registry], ...(collect && { collect }) }),
    histogram: (name, help, labelNames) =>
      new prom.Histogram({ name, help, labelNames, buckets: durationBuckets, registers: [registry] }),
  };
  listenerMetrics(make, application);
  serviceMetrics(make, application);
  processMetrics(make, gauge, application.environment.reactor.clock);
  return { registry, text: textOf(registry), close: countEvents(make) };
}

/** A registry has one format at a time, so those who want another wait for their turn. */
function textOf(registry: Registry): ApplicationMetrics["text"] {
  let turn: Promise<unknown> = Promise.resolve();
  return (format) => {
    const own = turn.then(() => {
      registry.setContentType((format === "openmetrics" ? openMetricsType : prometheusType) as never);
      return registry.metrics();
    });
    turn = own.catch(() => {});
    return own;
  };
}

/** How metrics are made in one registry; those with `collect` are asked when somebody reads. */
interface Maker {
  counter(name: string, help: string, labels?: string[], collect?: (this: Counter) => void): Counter;
  gauge(name: string, help: string, labels?: string[], collect?: (this: Gauge) => void): Gauge;
  histogram(name: string, help: string, labels: string[]): Histogram;
}

function listenerMetrics(make: Maker, application: Application): void {
  const labels = ["service", "listener"];
  const each = (tell: (labels: Record<string, string>, listener: RunningListener) => void) => {
    for (const { name, listeners } of flat(application.services))
      for (const one of listeners) tell({ service: name, listener: formatAddress(one.listener.address) }, one);
  };
  const counted = (name: string, help: string, count: (listener: RunningListener) => number) =>
    make.counter(name, help, labels, function () {
      this.reset();
      each((own, one) => this.inc(own, count(one)));
    });
  make.gauge("hawser_connections_open", "Connections that have their protocol now", labels, function () {
    this.reset();
    each((own, one) => this.inc(own, one.listener.connectionCount));
  });
  counted("hawser_connections_accepted_total", "Connections taken from the system", ({ accepted }) => accepted);
  counted(
    "hawser_connections_failed_total",
    "Connections lost before their protocol: bad handshakes and the like",
    ({ listener }) => listener.failedArrivalCount,
  );
  counted("hawser_received_bytes_total", "Octets that came from clients", ({ octetsIn }) => octetsIn);
  counted("hawser_sent_bytes_total", "Octets that were written to clients", ({ octetsOut }) => octetsOut);
}

function serviceMetrics(make: Maker, application: Application): void {
  make.gauge("hawser_service_state", "1 for the state that a service is in", ["service", "state"], function () {
    this.reset();
    for (const { name, state } of flat(application.services))
      for (const known of services) this.inc({ service: name, state: known }, known === state ? 1 : 0);
  });
  make.counter("hawser_service_restarts_total", "How often a service was started again", ["service"], function () {
    this.reset();
    for (const { name, restarts } of flat(application.services)) this.inc({ service: name }, restarts);
  });
}

/** One reading serves all metrics of one scrape. */
function processMetrics(make: Maker, gauge: ProcessGauge, clock: Clock): void {
  let last = gauge.read();
  make.gauge("process_uptime_seconds", "How long this process has run", [], function () {
    last = gauge.read();
    this.set(last.uptimeMs / 1_000);
  });
  const read = (name: string, help: string, value: () => number | undefined) =>
    make.gauge(name, help, [], function () {
      const now = value();
      if (now !== undefined) this.set(now);
    });
  read(
    "process_start_time_seconds",
    "When this process began, in seconds since 1970",
    () => (clock.wall() - last.uptimeMs) / 1_000,
  );
  read("process_resident_memory_bytes", "Memory that this process holds", () => last.residentOctets);
  read("process_open_fds", "Open descriptors", () => last.descriptors);
  read("process_max_fds", "How many descriptors may be open", () => last.descriptorsMax);
  read("nodejs_heap_size_used_bytes", "What lies on the heap", () => last.heapUsedOctets);
  read("nodejs_heap_size_total_bytes", "How large the heap is", () => last.heapTotalOctets);
  read(
    "hawser_event_loop_delay_p50_seconds",
    "Median lateness of the event loop since the last reading",
    () => last.loopDelay.p50Ms / 1_000,
  );
  read("hawser_event_loop_delay_p99_seconds", "Its 99th percentile", () => last.loopDelay.p99Ms / 1_000);
  read("hawser_event_loop_delay_max_seconds", "Its maximum", () => last.loopDelay.maxMs / 1_000);
  make.counter("process_cpu_seconds_total", "Processor time spent", [], function () {
    this.reset();
    this.inc(last.cpuMs / 1_000);
  });
}

/** Counts what is published. @returns counts no more */
function countEvents(make: Maker): () => void {
  const requests = make.counter("hawser_requests_total", "Requests answered, or given up (status 0)", [
    "protocol",
    "method",
    "status",
  ]);
  const durations = make.histogram(
    "hawser_request_duration_seconds",
    "From a request's head to the last octet of its answer",
    ["protocol"],
  );
  const logins = make.counter("hawser_logins_total", "Logins, right and wrong", ["protocol", "outcome"]);
  const faults = make.counter("hawser_faults_total", "Errors that nobody was waiting for");
  const answers = make.counter("hawser_dns_answers_total", "DNS questions answered", ["transport", "type", "rcode"]);
  const answerDurations = make.histogram("hawser_dns_answer_duration_seconds", "From a DNS question to its answer", [
    "transport",
  ]);
  return subscribeAll({
    "hawser:dns": ({ transport, type, rcode, durationMs }: DnsAnswer) => {
      answers.inc({ transport, type, rcode });
      answerDurations.observe({ transport }, durationMs / 1_000);
    },
    "hawser:request": ({ protocol, method, status, durationMs }: RequestEvent) => {
      requests.inc({ protocol, method: knownMethods.has(method) ? method : "other", status });
      durations.observe({ protocol }, durationMs / 1_000);
    },
    "hawser:login": ({ protocol, outcome }: LoginEvent) => logins.inc({ protocol, outcome }),
    "hawser:fault": () => faults.inc(),
  });
}

/** What is read of the `DnsAnswerEvent` of `@hawser/dns`; few types and rcodes have names, so labels stay few. */
interface DnsAnswer {
  readonly transport: string;
  readonly type: string;
  readonly rcode: string;
  readonly durationMs: number;
}

/** Groups inside groups, all in one row. */
function flat(all: readonly RunningService[]): readonly RunningService[] {
  return all.flatMap((service) => [service, ...flat(service.services ?? [])]);
}
