import type { Reactor } from "@hawser/core";
import type { CommandDirectory } from "../commands/finder.ts";
import type { LoadContext } from "../config/source.ts";

/** What the program that has these tools gives to those that work on whole applications. */
export interface ApplicationToolbox {
  /** The commands of an application in this folder (default: the present one), those of packages beside it among them. */
  commandsIn(directory?: string): CommandDirectory;
  readonly reactor: Reactor;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Modules that configurations may import although they are not installed beside them. */
  readonly modules: LoadContext["modules"];
  /** Commands with a maker of their own in the package `hawser`. */
  readonly makers: readonly string[];
  /** The present folder. */
  readonly directory: string;
  /** The folder in whose `node_modules` the program is installed: what packages of an application are collected from. */
  readonly installation: string;
  /** The Node that runs the program, and the machine it is for, as `process.arch` spells it. */
  readonly node: { readonly program: string; readonly machine: string };
}
