import type { AnyCommand, Command, CommandData } from "@hawser/core";

/** What becomes of a service that ends by itself or breaks. */
export interface RestartPolicy {
  /** `always`: whenever it ends; `failure`: when it broke; `never`: the application stops when one breaks. Default `failure`. */
  readonly when?: "always" | "failure" | "never" | undefined;
  /** So many restarts within {@link withinMs} are borne; one more, and the application stops. Default 10. */
  readonly restartsMax?: number | undefined;
  /** Default 60,000 ms. */
  readonly withinMs?: number | undefined;
}

/** One service of an application, as plain data: a command and its options (DESIGN §3.7). */
export interface ServiceDescription {
  /** The command: `web`, or `mail local`. */
  readonly command: string;
  /** Unique in its application; for logs and the dashboard. */
  readonly name: string;
  /** By the names of the command's options. Those left out are not there. */
  readonly options: Readonly<Record<string, CommandData>>;
  readonly restart?: RestartPolicy | undefined;
}

/**
 * A configured server as plain data: what `hawser.config.ts` writes, the command line builds, and a tap file keeps.
 */
export interface ApplicationDescription {
  readonly name: string;
  /** Where relative paths of the options begin: the folder of the configuration, or the one in which the tap was made. */
  readonly directory?: string | undefined;
  /**
   * The user databases of services that ask for a login and name none of their own, spelt as for `--auth`: `file:users`.
   * A site asks for none unless it has an `auth` of its own.
   */
  readonly users?: readonly string[] | undefined;
  /** In the order in which they start. */
  readonly services: readonly ServiceDescription[];
}

/** Finds a command by its name or, below another one, names (`mail local`): built in or brought by a package that is installed beside the application. */
export type CommandFinder = (name: string) => Promise<AnyCommand | undefined>;

/** Whether a command serves, and so can be a service of an application. */
export function isServiceCommand(command: AnyCommand): command is Command {
  return "start" in command;
}
