import { type AnyCommand, type Command, quote, type Subcommand, suggestion, type Tool, UsageError } from "@hawser/core";

/** What a word names that follows the name of a command. */
export function subcommand(command: AnyCommand | undefined, word: string): Subcommand | undefined {
  const table = command !== undefined && "start" in command ? (command.commands ?? {}) : {};
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** A command, what stands before its name, and the words after it. */
export interface ResolvedCommand {
  readonly command: Command | Tool;
  /** `hawser`, or `hawser user`. */
  readonly parent: string;
  readonly words: readonly string[];
}

/**
 * Follows the words after a command's name to what they name below it, or else leaves them to the command.
 * @throws {UsageError} for a word that names nothing, where it could
 */
export async function resolveBelow(resolved: ResolvedCommand): Promise<ResolvedCommand> {
  const { command, parent, words } = resolved;
  const [word, ...rest] = words;
  const names = Object.keys(("start" in command && command.commands) || {});
  if (names.length === 0 || word === undefined || word.startsWith("-")) return resolved;
  const found = await subcommand(command, word)?.load();
  const path = `${parent} ${command.name}`;
  if (found !== undefined) return resolveBelow({ command: found, parent: path, words: rest });
  throw new UsageError(`${path} has no command ${quote(word)}, ${suggestion(word, names)}`);
}

/** What a command is called where an application has it as a service: `mail local`. */
export function fullName({ command, parent }: Pick<ResolvedCommand, "command" | "parent">): string {
  return `${parent} ${command.name}`.replace(/^hawser /, "");
}
