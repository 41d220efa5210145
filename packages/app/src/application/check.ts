import { type Command, type CommandValues, type Reactor, UsageError } from "@hawser/core";
import type { DataPath } from "../config/document.ts";
import type { ConfigurationProblem, TextPlace } from "../config/errors.ts";
import { type ExaminedApplication, examineApplication, serviceCommand } from "../config/load.ts";
import { reactorIn } from "../config/path.ts";
import { isSecretReference } from "../config/secret-reference.ts";
import { readSecrets, type SecretContext, secretsIn } from "../config/secrets.ts";
import type { ApplicationSource, LoadContext } from "../config/source.ts";
import { certificateNames, endpointFault, endpointPlace } from "./check-endpoint.ts";
import type { ApplicationDescription, CommandFinder, ServiceDescription } from "./description.ts";
import { commandValues, type OptionData, OptionError } from "./values.ts";

/** Where a service would listen. */
export interface CheckedListener {
  readonly endpoint: string;
  readonly service: string;
  readonly command: string;
  /** The names that its certificates are for; empty without TLS. */
  readonly tlsNames: readonly string[];
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
}

/** Reads an application and checks it, and gives everything that is wrong, from its syntax to its certificates. */
export async function checkSource(
  source: ApplicationSource,
  context: LoadContext & Pick<CheckContext, "environment">,
): Promise<CheckReport> {
  const examined: ExaminedApplication = await examineApplication(source, context);
  const report = await checkApplication(examined.description, { ...context, placeOf: examined.placeOf });
  const told = new Set(examined.problems.map(({ service, option, fault }) => `${service} ${option} ${fault}`));
  const more = report.problems.filter(({ service, option, fault }) => !told.has(`${service} ${option} ${fault}`));
  return { ...report, problems: [...examined.problems, ...more] };
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
  const checks = description.services.map(
    (service, index) => new ServiceCheck(service, index, description.directory, context),
  );
  for (const check of checks) await check.run();
  const listeners = checks.flatMap((check) => check.listeners);
  return {
    problems: [...checks.flatMap((check) => check.problems), ...collisions(listeners)],
    warnings: checks.flatMap((check) => check.warnings),
    listeners,
  };
}

class ServiceCheck {
  readonly problems: ConfigurationProblem[] = [];
  readonly warnings: ConfigurationProblem[] = [];
  readonly listeners: CheckedListener[] = [];
  readonly #service: ServiceDescription;
  readonly #index: number;
  readonly #directory: string | undefined;
  readonly #context: CheckContext;

  constructor(service: ServiceDescription, index: number, directory: string | undefined, context: CheckContext) {
    this.#service = service;
    this.#index = index;
    this.#directory = directory;
    this.#context = context;
  }

  /** Relative paths begin in the folder of the application. */
  get #reactor(): Reactor {
    return reactorIn(this.#directory, this.#context.reactor);
  }

  async run(): Promise<void> {
    try {
      const command = await serviceCommand(this.#service.command, this.#context.findCommand);
      this.#worldReadable(command);
      const values = commandValues(command, await this.#secrets());
      for (const endpoint of await this.#listens(command, values)) await this.#endpoint(endpoint);
    } catch (error) {
      this.#tell(error);
    }
  }

  #secrets(): Promise<OptionData> {
    const { reactor, environment } = this.#context;
    const warn = (fault: string) => void this.warnings.push(this.#problem(fault));
    return readSecrets(this.#service.options, { reactor, environment, directory: this.#directory, warn });
  }

  /** A password that stands where everybody who may read the configuration finds it. */
  #worldReadable(command: Command): void {
    for (const [name, data] of Object.entries(this.#service.options)) {
      if (command.options[name]?.secret !== true || isSecretReference(data)) continue;
      if (secretsIn({ [name]: data }).length === 0)
        this.warnings.push(this.#problem("it is written in clear: { secret: { file: … } } keeps it elsewhere", name));
    }
  }

  async #listens(command: Command, values: CommandValues<Command["options"]>): Promise<readonly string[]> {
    if (command.preview !== undefined)
      return (await command.preview(values as never, { reactor: this.#reactor })).listens;
    const { listen } = values as { readonly listen?: unknown };
    return [listen].flat().filter((one) => typeof one === "string");
  }

  async #endpoint(endpoint: string): Promise<void> {
    const fault = endpointFault(endpoint);
    if (fault !== undefined) return void this.problems.push(this.#problem(fault));
    const { name: service, command } = this.#service;
    const tlsNames = await certificateNames(endpoint, this.#context.reactor, this.#directory).catch(
      (error: unknown) => {
        this.#tell(error);
        return [];
      },
    );
    this.listeners.push({ endpoint, service, command, tlsNames });
  }

  #tell(error: unknown): void {
    if (error instanceof OptionError)
      return void this.problems.push(this.#problem(error.fault, error.option, error.path));
    const isExpected = error instanceof UsageError || (error instanceof Error && expected.has(error.name));
    if (!isExpected) throw error;
    this.problems.push(this.#problem((error as Error).message.split("\n", 1)[0]!));
  }

  #problem(fault: string, option?: string, path: DataPath = []): ConfigurationProblem {
    const place = this.#context.placeOf?.(this.#index, option === undefined ? [] : [option, ...path]);
    return { place, service: this.#service.name, option, fault };
  }
}

/** What a command throws for options that it cannot follow. */
const expected: ReadonlySet<string> = new Set(["EndpointError", "ConnectionError", "FileError"]);

/** Endpoints that two would listen on. */
function collisions(listeners: readonly CheckedListener[]): readonly ConfigurationProblem[] {
  const seen = new Map<string, string>();
  return listeners.flatMap(({ endpoint, service }) => {
    const place = endpointPlace(endpoint);
    const other = place && seen.get(place);
    if (place !== undefined) seen.set(place, service);
    if (other === undefined) return [];
    const who = other === service ? "it does already" : `${other} does`;
    return [{ service, fault: `it would listen on ${endpoint}, as ${who}` }];
  });
}
