import type { Application, RunningService } from "../application/application.ts";

/** Whether an application can be sent work, and what keeps it from that. */
export interface Readiness {
  readonly isReady: boolean;
  /** Services that do not run, such as `mail restarting`. One that has ended by itself is missed by nobody. */
  readonly missing: readonly string[];
}

/** Ready is what serves with all its services, and is not being stopped. */
export function readinessOf(application: Pick<Application, "services" | "isStopping">): Readiness {
  const latest = new Map(application.services.map((service) => [service.name, service]));
  const missing = [...latest.values()].flatMap(notRunning);
  return { isReady: !application.isStopping && missing.length === 0, missing };
}

function notRunning({ name, state, services }: RunningService): readonly string[] {
  if (state === "stopped") return [];
  if (state !== "running") return [`${name} ${state}`];
  return (services ?? []).flatMap(notRunning).map((inner) => `${name}/${inner}`);
}
