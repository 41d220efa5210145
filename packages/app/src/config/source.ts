import type { Reactor } from "@hawser/core";
import type { CommandFinder } from "../application/description.ts";
import type { PrintHelp } from "../commands/command-line.ts";

/** Where an application is described: in a tap file of any spelling, in a configuration, or in the words of a command line. */
export type ApplicationSource =
  | { readonly file: string }
  | { readonly config: string }
  | { readonly words: readonly string[] };

/** What reading an application needs. */
export interface LoadContext {
  readonly findCommand: CommandFinder;
  readonly reactor: Reactor;
  /** Asked for once, and only when the file is encrypted. Absent: encrypted files are refused. */
  readonly passphrase?: (() => Promise<string>) | undefined;
  /** Modules that a configuration may import although they are not installed beside it: `hawser` itself. */
  readonly modules?: Readonly<Record<string, () => Promise<unknown>>> | undefined;
  /** Takes the help of a command whose words ask for it. Default: standard output. */
  readonly print?: PrintHelp | undefined;
}
