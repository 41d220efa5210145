import type { CommandContext, CommandLog, Reactor, Service } from "@hawser/core";
import type { RestartPolicy } from "../application/description.ts";
import type { ServiceGroup } from "./group.ts";

/** What a service is given. It is what commands are given, so that `command.start` is one way to make a service. */
export interface ServiceContext extends CommandContext {
  /** The service's own name. */
  readonly name: string;
  /** The group it runs in. */
  readonly group: ServiceGroup;
  whenServing(run: () => void | Promise<void>): void;
}

/**
 * Starts a service: binds what it listens on, opens what it needs, and returns. Connections come when all services have
 * got so far; other work begins in {@link ServiceContext.whenServing}.
 */
export type ServiceStart = (context: ServiceContext) => Promise<Service>;

/** One service of a group. */
export interface ServiceDefinition {
  /** Unique in its group; for logs and the dashboard. */
  readonly name: string;
  /** What kind of service it is, for the dashboard: `web`. Default: the name. */
  readonly command?: string | undefined;
  readonly start: ServiceStart;
  readonly restart?: RestartPolicy | undefined;
  /**
   * Tells one configuration of the service from another, in text: on a reload the service is started anew when it has
   * changed. Default: that of the function `start`, which is another whenever it is another function.
   */
  readonly version?: string | undefined;
}

/** What a group of services needs from where it runs. */
export interface ServiceGroupOptions {
  /** Default: that of {@link context}, or else the `node` reactor. */
  readonly reactor?: Reactor | undefined;
  /** For people. Default: nobody reads it. */
  readonly print?: ((line: string) => void) | undefined;
  /** Default: that of {@link context}, or else none: it throws. */
  readonly openLog?: ((path: string) => Promise<CommandLog>) | undefined;
  readonly users?: readonly string[] | undefined;
  /** Called once, when every service has bound its sockets and before the first connection is served. */
  readonly bound?: (() => void | Promise<void>) | undefined;
  /** The context of the service that this group is: it then begins to serve when that one does. */
  readonly context?: CommandContext | undefined;
  /** How long one service may take to start. Default 60,000 ms. */
  readonly startTimeoutMs?: number | undefined;
  /** Gives the start up; what was started is stopped again. */
  readonly signal?: AbortSignal | undefined;
}
