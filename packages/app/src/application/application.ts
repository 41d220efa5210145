import type { CommandLog, Factory, Instant, Listener, Reactor, Service } from "@hawser/core";
import type { ApplicationDescription, CommandFinder } from "./description.ts";

/** What an application needs of the process it runs in. */
export interface ApplicationEnvironment {
  readonly reactor: Reactor;
  readonly findCommand: CommandFinder;
  /** Writes a line for the person who started it. */
  print(line: string): void;
  openLog(path: string): Promise<CommandLog>;
  /** The environment variables in which secrets of options may be. Default: none. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Called once, when every service has bound its sockets and before the first connection is served: the moment to drop
   * privileges.
   */
  readonly bound?: (() => void | Promise<void>) | undefined;
}

/** How a service does. */
export type ServiceState = "starting" | "running" | "stopping" | "stopped" | "restarting" | "failed";

/** A service of a running application, as the dashboard shows it. */
export interface RunningService {
  readonly name: string;
  readonly command: string;
  readonly state: ServiceState;
  readonly restarts: number;
  /** When it entered its state, on the reactor's clock. */
  readonly since: Instant;
  /** What broke it last. */
  readonly failure: unknown;
  readonly listeners: readonly RunningListener[];
  /** The services inside it, where it is a group of them. */
  readonly services?: readonly RunningService[] | undefined;
}

/** An endpoint that a service listens on. */
export interface RunningListener {
  readonly endpoint: string;
  readonly listener: Listener;
  readonly factory: Factory;
  /** How many connections its sockets have taken in all, and what these carried: also for predecessors that had the same sockets. */
  readonly accepted: number;
  readonly octetsIn: number;
  readonly octetsOut: number;
}

/** A running application: a tree of services that starts in order and stops in reverse. */
export interface Application extends Service, AsyncDisposable {
  readonly description: ApplicationDescription;
  readonly environment: ApplicationEnvironment;
  /** In their order; those of an earlier description that finish what they have begun come first. */
  readonly services: readonly RunningService[];
  /** True from the call of `stop` on. */
  readonly isStopping: boolean;
  /** Resolves when it was stopped or all its services have ended; rejects with a `ServiceError` when one has broken too often. */
  readonly ended: Promise<void>;
  /**
   * Makes what runs follow a description: services that are the same are told to read their files again, others are
   * started anew with the sockets of their predecessors, so that no connection is lost. Without one, all are told to read
   * again. Either all of it happens or nothing does.
   * @throws {ServiceError} `reload-failed`: what ran before still runs
   */
  reload(description?: ApplicationDescription): Promise<void>;
}
