import type { Reactor } from "@hawser/core";
import type { Application, ApplicationEnvironment } from "../application/application.ts";
import type { ApplicationDescription, CommandFinder } from "../application/description.ts";
import type { ApplicationSource } from "../config/source.ts";

export type { ApplicationSource };

/** What reading an application may need beside its source. */
export interface LoadSurroundings {
  readonly reactor: Reactor;
  readonly findCommand: CommandFinder;
  /** The passphrase of an encrypted file, asked for once and remembered. */
  passphrase(): Promise<string>;
}

/** How applications are read and started: what `hawser run` has of the command line that it belongs to. */
export interface RunParts {
  /** The module that exports these parts as `runParts`. The workers of a cluster load it; without it there are none. */
  readonly module?: URL | undefined;
  readonly findCommand: CommandFinder;
  load(source: ApplicationSource, surroundings: LoadSurroundings): Promise<ApplicationDescription>;
  start(description: ApplicationDescription, environment: ApplicationEnvironment): Promise<Application>;
}
