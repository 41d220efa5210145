/**
 * The command line (DESIGN §3.7): tables of options and operands become a parser, help, completion and plain data.
 *
 * @packageDocumentation
 */

export { commandValues, OptionError } from "../application/values.ts";
export {
  type CommandLineSyntax,
  commandSyntax,
  describeService,
  type GivenCommandLine,
  type PrintHelp,
  readCommandLine,
} from "./command-line.ts";
export {
  type CommandDirectory,
  type CommandFinderOptions,
  type CommandSource,
  type CommandTable,
  commandFinder,
} from "./finder.ts";
export { formatColumns } from "./help.ts";
export type { PluginProblem } from "./manifest.ts";
export { isGroup, resolveCommand } from "./resolve.ts";
export { dashed } from "./spelling.ts";
export { fullName, type ResolvedCommand } from "./subcommands.ts";
export { readToolLine, type ToolValues } from "./tool-line.ts";
