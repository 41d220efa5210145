import type { Reactor } from "@hawser/core";
import type { DataPath } from "../config/document.ts";
import type { ConfigurationProblem, TextPlace } from "../config/errors.ts";
import { examineApplication } from "../config/load.ts";
import type { SecretContext } from "../config/secrets.ts";
import type { ApplicationSource, LoadContext } from "../config/source.ts";
import { endpointPlace } from "./check-endpoint.ts";
import { checkService, ServiceCheck } from "./check-service.ts";
import type { ApplicationDescription, CommandFinder } from "./description.ts";

/** Where a service would listen. */
export interface CheckedListener {
  readonly endpoint: string;
  readonly service: string;
  readonly command: string;
  /** The names that its certificates are for; empty without TLS. */
  readonly tlsNames: readonly string[];
  /** Where that is said. */
  readonly place?: TextPlace | undefined;
}

/** What was found out about an application without starting it. */
export interface CheckReport {
  /** What would keep it from starting. */
  readonly problems: readonly ConfigurationProblem[];
  /** What would not, but should be looked at: a secret that everybody can read. */
  readonly warnings: readonly ConfigurationProblem[];
  readonly listeners: readonly CheckedListener[];
}

/** What checking an application needs. */
export interface CheckContext {
  readonly findCommand: CommandFinder;
  readonly reactor: Reactor;
  readonly environment?: SecretContext["environment"];
  /** Where an option stands, for the report. */
  readonly placeOf?: ((service: number, path: DataPath) => TextPlace | undefined) | undefined;
  /** What is known to be wrong already. It is told with the rest, and nothing that only follows from it is. */
  readonly known?: readonly ConfigurationProblem[] | undefined;
}

/** Reads an application and checks it, and gives everything that is wrong, from its syntax to its certificates. */
export async function checkSource(
  source: ApplicationSource,
  context: LoadContext & Pick<CheckContext, "environment">,
): Promise<CheckReport> {
  const { description, problems, placeOf } = await examineApplication(source, context);
  return checkApplication(description, { ...context, placeOf, known: problems });
}

/**
 * Checks what the services of an application would do, and gives all that is wrong at once: unknown commands, options that
 * cannot be followed, secrets and certificates that cannot be read, folders that are missing, two services on one endpoint.
 * Nothing is started or changed.
 */
export async function checkApplication(
  description: ApplicationDescription,
  context: CheckContext,
): Promise<CheckReport> {
  const { known = [] } = context;
  const broken = new Set(known.map(({ service }) => service));
  const checks: ServiceCheck[] = [];
  for (const [index, service] of description.services.entries()) {
    const check = new ServiceCheck(service, index, description.directory, context);
    const command = await context.findCommand(service.command).catch(() => undefined);
    const isTold = broken.has(service.name) || (service.command === "" && known.length > 0);
    if (command === undefined && isTold) continue;
    await checkService(check, service, context);
    checks.push(check);
  }
  const listeners = checks.flatMap((check) => check.listeners);
  const sound = listeners.filter(({ service }) => !broken.has(service));
  const problems = [...known, ...checks.flatMap((check) => check.problems), ...collisions(sound)];
  return { problems: problems.sort(byPlace), warnings: checks.flatMap((check) => check.warnings), listeners };
}

/** Endpoints that two would listen on. */
function collisions(listeners: readonly CheckedListener[]): readonly ConfigurationProblem[] {
  const seen = new Map<string, string>();
  return listeners.flatMap(({ endpoint, service, place }) => {
    const taken = endpointPlace(endpoint);
    const other = taken && seen.get(taken);
    if (taken !== undefined) seen.set(taken, service);
    if (other === undefined) return [];
    const who = other === service ? "it does already" : `${other} does`;
    return [{ place, service, fault: `it would listen on ${endpoint}, as ${who}` }];
  });
}

function byPlace({ place: one }: ConfigurationProblem, { place: other }: ConfigurationProblem): number {
  const lines = (one?.line ?? 0) - (other?.line ?? 0);
  return lines !== 0 ? lines : (one?.column ?? 0) - (other?.column ?? 0);
}
