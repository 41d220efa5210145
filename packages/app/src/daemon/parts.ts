import type { Reactor } from "@hawser/core";
import type { Application, ApplicationEnvironment } from "../application/application.ts";
import type { ApplicationDescription, CommandFinder } from "../application/description.ts";

/** What an application is made of: a tap file, a configuration, or the words of a command. Paths are absolute. */
export type ApplicationSource =
  | { readonly file: string }
  | { readonly config: string }
  | { readonly words: readonly string[] };

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
