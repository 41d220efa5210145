import type { Command, CommandContext, StopOptions } from "@hawser/core";
import { quote, UsageError } from "@hawser/core";
import { serviceValues } from "../config/secrets.ts";
import type { ServiceContext, ServiceDefinition } from "../services/definition.ts";
import { ServiceError } from "../services/errors.ts";
import { ServiceGroup } from "../services/group.ts";
import type { Application, ApplicationEnvironment, RunningService } from "./application.ts";
import { type ApplicationDescription, isServiceCommand, type ServiceDescription } from "./description.ts";
import { normalizeOptions } from "./values.ts";

/**
 * Starts what a description describes: all services bind in their order, `environment.bound` is called, then all serve.
 * @throws {UsageError} for a command there is not, or options it does not take: before anything is started
 * @throws {UsageError} naming the service, when it says that its options make no sense; what was started is stopped again
 * @throws {ServiceError} `start-failed`, naming the service, for all else that keeps it from starting
 */
export async function startApplication(
  description: ApplicationDescription,
  environment: ApplicationEnvironment,
): Promise<Application> {
  const application = new DescribedApplication(environment);
  await application.start(description);
  return application;
}

const applications = new WeakMap<ServiceGroup, Application>();

/**
 * The application that a service runs in, for those that show it or look after it, such as the dashboard.
 * @throws {UsageError} when it was started by itself
 */
export function applicationOf(context: CommandContext): Application {
  const { group } = context as Partial<ServiceContext>;
  const found = group && applications.get(group);
  if (found === undefined) throw new UsageError("Cannot show the application: this service was started without one");
  return found;
}

class DescribedApplication implements Application {
  readonly environment: ApplicationEnvironment;
  readonly ended: Promise<void>;
  readonly #group: ServiceGroup;
  #description: ApplicationDescription = { name: "", services: [] };
  #reloading: Promise<void> = Promise.resolve();

  constructor(environment: ApplicationEnvironment) {
    this.environment = environment;
    this.#group = new ServiceGroup(environment.reactor, {
      print: (line) => environment.print(line),
      openLog: (path) => environment.openLog(path),
      bound: () => environment.bound?.(),
    });
    this.ended = this.#group.ended;
    applications.set(this.#group, this);
  }

  get description(): ApplicationDescription {
    return this.#description;
  }

  get services(): readonly RunningService[] {
    return this.#group.services;
  }

  get isStopping(): boolean {
    return this.#group.isStopping;
  }

  async start(description: ApplicationDescription): Promise<void> {
    this.#description = description;
    try {
      await this.#group.start(await this.#define(description));
    } catch (error) {
      throw asUsage(error);
    }
  }

  reload(description?: ApplicationDescription): Promise<void> {
    const reloading = this.#reloading.then(() => this.#reload(description));
    this.#reloading = reloading.catch(() => {});
    return reloading;
  }

  stop(options?: StopOptions): Promise<void> {
    return this.#group.stop(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #reload(description: ApplicationDescription | undefined): Promise<void> {
    if (description === undefined) return this.#group.reload();
    await this.#group.reload(await this.#define(description));
    this.#description = description;
  }

  /** Finds every command and reads every option before anything is started. */
  async #define(description: ApplicationDescription): Promise<readonly ServiceDefinition[]> {
    const found = await Promise.all(description.services.map(({ command }) => this.environment.findCommand(command)));
    return description.services.map((service, at) => {
      const command = found[at];
      if (command === undefined || !isServiceCommand(command))
        throw new UsageError(`Cannot start ${quote(service.name)}: there is no service ${quote(service.command)}`);
      return definitionOf(service, command, description, this.environment);
    });
  }
}

/** A service that says that its options make no sense says it to the person who wrote them. */
function asUsage(error: unknown): unknown {
  const isUsage = error instanceof ServiceError && error.cause instanceof UsageError;
  return isUsage ? new UsageError(error.message, { cause: error }) : error;
}

/** A described service as a definition: it is the same service as long as everything it sees of the description is. */
function definitionOf(
  service: ServiceDescription,
  command: Command,
  description: ApplicationDescription,
  { reactor, variables, print }: ApplicationEnvironment,
): ServiceDefinition {
  normalizeOptions(command, service.options); // says what is wrong with them before anything is started
  const users = description.users ?? [];
  const secrets = {
    reactor,
    environment: variables,
    directory: description.directory,
    warn: (line: string) => print(`${service.name}: ${line}`),
  };
  return {
    name: service.name,
    command: service.command,
    restart: service.restart,
    version: JSON.stringify([description.directory, users, service.options]),
    start: async (context) =>
      command.start(await serviceValues(command, service.options, secrets), { ...context, users }),
  };
}
