import { type Command, type CommandData, type CommandOption, quote, UsageError } from "@hawser/core";

/** Turns the data of a description into what a command's `start` gets, each piece read as if it were typed. */
export function commandValues(
  command: Command,
  data: Readonly<Record<string, CommandData>>,
): Readonly<Record<string, never>> {
  const unknown = Object.keys(data).find((name) => !Object.hasOwn(command.options, name));
  if (unknown !== undefined) throw new UsageError(`${command.name} has no option ${quote(unknown)}`);
  const values = Object.entries(command.options).map(([name, option]) => [
    name,
    optionValueOf(name, option, data[name]),
  ]);
  return Object.fromEntries(values);
}

function optionValueOf(name: string, option: CommandOption, data: CommandData | undefined): unknown {
  if (option.kind === "flag") return data === true;
  if (option.repeatable) return data === undefined ? [] : [data].flat().map((piece) => parsed(name, option, piece));
  return data === undefined ? undefined : parsed(name, option, data);
}

function parsed(name: string, option: CommandOption, piece: unknown): unknown {
  if (typeof piece === "string" || typeof piece === "number") return option.parse(String(piece));
  throw new UsageError(`The option ${quote(name)} takes text or a number`);
}
