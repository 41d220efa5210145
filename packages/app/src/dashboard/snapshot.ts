import { formatAddress, type Instant, type Listener } from "@hawser/core";
import type { RunningListener, RunningService } from "../application/application.ts";
import type { ApplicationObserver, ObservedConnection, ObservedTotals } from "../observe/observer.ts";
import type { ProcessReadings } from "../observe/process-readings.ts";
import { readinessOf } from "../observe/readiness.ts";

/** How many connections a page shows: the youngest. More would be slow to draw, and nobody reads them. */
const connectionsMax = 100;

/** What the page shows of an application at one moment. */
export interface DashboardSnapshot {
  readonly name: string;
  readonly at: number;
  readonly isReady: boolean;
  readonly isStopping: boolean;
  readonly process: ProcessReadings;
  readonly totals: ObservedTotals;
  readonly services: readonly ServiceRow[];
  readonly connectionCount: number;
  readonly connections: readonly ConnectionRow[];
}

interface ServiceRow {
  readonly name: string;
  readonly command: string;
  readonly state: RunningService["state"];
  /** How deep it lies in groups of services. */
  readonly depth: number;
  readonly forMs: number;
  readonly restarts: number;
  readonly failure: string | undefined;
  readonly listeners: readonly ListenerRow[];
}

interface ListenerRow {
  readonly endpoint: string;
  readonly open: number;
  readonly accepted: number;
  readonly failed: number;
  readonly octetsIn: number;
  readonly octetsOut: number;
}

interface ConnectionRow {
  readonly id: number;
  readonly service: string;
  readonly peer: string;
  readonly security: string | undefined;
  readonly ageMs: number;
  readonly octetsIn: number;
  readonly octetsOut: number;
}

/** Takes a snapshot. Endpoints are shown as addresses: their text may name files that are nobody's business. */
export function snapshotOf(observer: ApplicationObserver): DashboardSnapshot {
  const { application, readings, totals, connectionCount } = observer;
  const { clock } = application.environment.reactor;
  const now = clock.now();
  const services = flat(application.services, 0);
  const owners = new Map(
    services.flatMap(({ service }) => service.listeners.map(({ listener }) => [listener, service])),
  );
  const youngest = [...observer.connections].slice(-connectionsMax).reverse();
  return {
    name: application.description.name,
    at: clock.wall(),
    isReady: readinessOf(application).isReady,
    isStopping: application.isStopping,
    process: readings,
    totals: { ...totals },
    services: services.map(({ service, depth }) => serviceRow(service, depth, now)),
    connectionCount,
    connections: youngest.map((connection) => connectionRow(connection, owners, now)),
  };
}

interface Placed {
  readonly service: RunningService;
  readonly depth: number;
}

function flat(services: readonly RunningService[], depth: number): readonly Placed[] {
  return services.flatMap((service) => [{ service, depth }, ...flat(service.services ?? [], depth + 1)]);
}

function serviceRow(service: RunningService, depth: number, now: Instant): ServiceRow {
  const { name, command, state, restarts, failure } = service;
  return {
    name,
    command,
    state,
    depth,
    forMs: now - service.since,
    restarts,
    failure: failure === undefined ? undefined : failure instanceof Error ? failure.message : String(failure),
    listeners: service.listeners.map(listenerRow),
  };
}

function listenerRow({ endpoint, listener, accepted, octetsIn, octetsOut }: RunningListener): ListenerRow {
  const kind = /^[a-z0-9]+(?=:)/i.exec(endpoint)?.[0] ?? "";
  const shown = `${kind} ${listener.addresses.map(formatAddress).join(", ")}`.trim();
  return {
    endpoint: shown,
    open: listener.connectionCount,
    accepted,
    failed: listener.failedArrivalCount,
    octetsIn,
    octetsOut,
  };
}

function connectionRow(
  { id, transport, openedAt, listener }: ObservedConnection,
  owners: ReadonlyMap<Listener, RunningService>,
  now: Instant,
): ConnectionRow {
  return {
    id,
    service: owners.get(listener)?.name ?? "",
    peer: formatAddress(transport.peer),
    security: transport.security?.version,
    ageMs: now - openedAt,
    octetsIn: transport.octetsIn ?? 0,
    octetsOut: transport.octetsOut ?? 0,
  };
}
