import { type CommandData, nearestWord, quote, suggestion } from "@hawser/core";
import type { RestartPolicy } from "../application/description.ts";
import type { OptionData } from "../application/values.ts";
import { badKey, type DataPath } from "./document.ts";
import { configurationLimits as limits } from "./limits.ts";
import { madeAt } from "./maker.ts";
import { isObject, type ProblemList } from "./problem-list.ts";
import { serviceNames } from "./service-names.ts";

/**
 * How a service is written: `members` of a tap file name its `command` and its `options`; in a configuration the one key
 * beside `name` and `restart` is the command, and holds the options: `{ web: { port: 80 }, name: "site" }`.
 */
export type ServiceForm = "members" | "keyed";

/** A service whose name may still be missing. */
export interface ServiceDraft {
  readonly command: string;
  readonly name: string | undefined;
  readonly options: OptionData;
  readonly restart: RestartPolicy | undefined;
  readonly optionPath: DataPath;
}

/** Reads a service in either form; what a maker has made is known by its mark. */
export function readService(data: unknown, path: DataPath, form: ServiceForm, list: ProblemList): ServiceDraft {
  const hasMembers = form === "members" || (isObject(data) && madeAt in data);
  return hasMembers ? readMembers(data, path, list) : readKeyed(data, path, list);
}

function readMembers(data: unknown, path: DataPath, list: ProblemList): ServiceDraft {
  const members = list.members(data, path, ["command", "name", "options", "restart"], "a service");
  const command = list.text(members["command"], [...path, "command"], "the command") ?? "";
  if (command === "" && isObject(data)) list.add(path, "a service does not name its command");
  return draft(command, members, members["options"] ?? {}, path, [...path, "options"], list);
}

function readKeyed(data: unknown, path: DataPath, list: ProblemList): ServiceDraft {
  const members = isObject(data) ? data : {};
  const commands = commandKeys(members, path, list);
  if (commands.length !== 1) {
    const named = commands.map((name) => quote(name)).join(", ");
    const fault = !isObject(data) ? "it is no object" : commands.length === 0 ? "it is missing" : `there are ${named}`;
    list.add(path, `a service has one member for its command, such as "web": ${fault}`);
  }
  const command = commands.length === 1 ? commands[0]! : "";
  return draft(command, members, members[command] ?? {}, path, [...path, command], list);
}

/** The keys that can only be commands. */
function commandKeys(members: Readonly<Record<string, unknown>>, path: DataPath, list: ProblemList): readonly string[] {
  const settings = ["name", "restart"];
  const others = Object.keys(members).filter((key) => !settings.includes(key) && members[key] !== undefined);
  if (others.length < 2) return others;
  const misspelt = others.filter((key) => nearestWord(key, settings) !== undefined);
  for (const key of misspelt) list.add([...path, key], `a service has no ${quote(key)}, ${suggestion(key, settings)}`);
  return others.filter((key) => !misspelt.includes(key));
}

function draft(
  command: string,
  members: Readonly<Record<string, unknown>>,
  options: unknown,
  path: DataPath,
  optionPath: DataPath,
  list: ProblemList,
): ServiceDraft {
  const name = list.text(members["name"], [...path, "name"], "the name of a service");
  if (name !== undefined && name.length > 64)
    list.add([...path, "name"], "the name of a service is longer than 64 characters");
  if (!isObject(options)) list.add(optionPath, `the options of ${quote(command)} are not an object`);
  return {
    command,
    name,
    options: isObject(options) ? readOptions(options, optionPath, list) : {},
    restart: readRestart(members["restart"], [...path, "restart"], list),
    optionPath,
  };
}

/** Reads what becomes of a service that ends. */
function readRestart(data: unknown, path: DataPath, list: ProblemList): RestartPolicy | undefined {
  if (data === undefined) return undefined;
  const members = list.members(data, path, ["when", "restartsMax", "withinMs"], "the restart policy");
  const { when, restartsMax, withinMs } = members as RestartPolicy;
  const known = ["always", "failure", "never"];
  if (when !== undefined && !known.includes(when)) {
    list.add([...path, "when"], `"when" is not one of ${known.join(", ")}`);
  }
  for (const [name, number] of [
    ["restartsMax", restartsMax],
    ["withinMs", withinMs],
  ] as const) {
    if (number === undefined || (Number.isSafeInteger(number) && number >= 0 && !Object.is(number, -0))) continue;
    list.add([...path, name], `${JSON.stringify(name)} is not a whole number`);
  }
  return {
    ...(when === undefined ? {} : { when }),
    ...(restartsMax === undefined ? {} : { restartsMax }),
    ...(withinMs === undefined ? {} : { withinMs }),
  };
}

/** Options that are plain data; those that are `undefined` are not there. */
function readOptions(options: Readonly<Record<string, unknown>>, path: DataPath, list: ProblemList): OptionData {
  const read = Object.entries(options).filter(([name, data]) => {
    const fault = data === undefined ? undefined : (badKey(name) ?? dataFault(data, path.length + 1));
    if (fault !== undefined) list.add([...path, name], fault, { option: name });
    return data !== undefined && fault === undefined;
  });
  return Object.fromEntries(read) as Record<string, CommandData>;
}

/** Why something is not plain data, if it is not. */
function dataFault(data: unknown, depth: number): string | undefined {
  if (depth > limits.depthMax) return `it is nested deeper than ${limits.depthMax}`;
  if (typeof data === "string" || typeof data === "boolean") return undefined;
  if (typeof data === "number") return Number.isFinite(data) ? undefined : `${data} is not a number`;
  if (Array.isArray(data)) return firstFault(data, depth);
  if (!isObject(data)) return `${data === null ? "null" : `a ${typeof data}`} is no plain data`;
  const prototype: unknown = Object.getPrototypeOf(data);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    return "it is an instance of a class, and no plain data";
  return (
    Object.keys(data)
      .map(badKey)
      .find((fault) => fault !== undefined) ?? firstFault(Object.values(data), depth)
  );
}

function firstFault(items: readonly unknown[], depth: number): string | undefined {
  for (const item of items) {
    const fault = dataFault(item, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The names of the services; two must not have the same. */
export function uniqueNames(drafts: readonly ServiceDraft[], list: ProblemList): readonly string[] {
  const taken = new Set<string>();
  for (const [index, { name }] of drafts.entries()) {
    if (name === undefined) continue;
    if (taken.has(name)) list.add(["services", index, "name"], `two services are called ${quote(name)}`);
    taken.add(name);
  }
  return serviceNames(drafts);
}
