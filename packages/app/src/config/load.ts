import { basename, dirname, resolve } from "node:path";
import { type AnyCommand, type Command, quote, suggestion, UsageError } from "@hawser/core";
import {
  type ApplicationDescription,
  type CommandFinder,
  isServiceCommand,
  type ServiceDescription,
} from "../application/description.ts";
import { type HasOptions, normalizeOptions, type OptionData, optionProblems } from "../application/values.ts";
import { describeService } from "../commands/command-line.ts";
import type { CommandDirectory } from "../commands/finder.ts";
import { fullName, type ResolvedCommand, resolveBelow } from "../commands/subcommands.ts";
import { understandApplication } from "./describe-application.ts";
import type { ServiceForm } from "./describe-service.ts";
import type { ConfigurationDocument, DataPath } from "./document.ts";
import { ConfigurationError, type ConfigurationProblem } from "./errors.ts";
import { readConfiguration } from "./read.ts";
import type { ApplicationSource, LoadContext } from "./source.ts";

/** An application with everything that was found wrong with it, and with the place of each of its options. */
export interface ExaminedApplication {
  /** As far as it was understood; its options are in their canonical form where they are right. */
  readonly description: ApplicationDescription;
  readonly problems: readonly ConfigurationProblem[];
  /** Where an option of a service stands. */
  placeOf(service: number, path: DataPath): ConfigurationProblem["place"];
}

/**
 * Reads an application from wherever it is described, checks its options by the tables of its commands, and brings them
 * into their canonical form. Nothing is executed but a configuration, or a `tas`, that is a program.
 * @throws {ConfigurationError} with everything that is wrong
 * @throws {UsageError} when the words ask for help only, or a file cannot be read
 */
export async function loadApplication(
  source: ApplicationSource,
  context: LoadContext,
): Promise<ApplicationDescription> {
  return requireSound(await examineApplication(source, context));
}

/** The application of a document that was read before. @throws {ConfigurationError} with everything that is wrong */
export async function loadDocument(read: ReadDocument, findCommand: CommandFinder): Promise<ApplicationDescription> {
  return requireSound(await examineDocument(read, findCommand));
}

function requireSound({ description, problems: [first, ...more] }: ExaminedApplication): ApplicationDescription {
  if (first !== undefined) throw new ConfigurationError([first, ...more]);
  return description;
}

/** Reads an application as {@link loadApplication} does, and gives what is wrong with it instead of throwing it. */
export async function examineApplication(
  source: ApplicationSource,
  context: LoadContext,
): Promise<ExaminedApplication> {
  if ("words" in source) return describeWords(source.words, context);
  try {
    return await examineDocument(await readDocument(source, context), context.findCommand);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { description: { name: "", services: [] }, problems: error.problems, placeOf: () => undefined };
  }
}

/** A document, and how its services are written. */
interface ReadDocument {
  readonly document: ConfigurationDocument;
  readonly form: ServiceForm;
}

async function readDocument(
  source: Exclude<ApplicationSource, { words: readonly string[] }>,
  context: LoadContext,
): Promise<ReadDocument> {
  if ("config" in source) return { document: await readConfiguration(source.config, context), form: "keyed" };
  const { readTapDocument } = await import("../tap/read.ts");
  return readTapDocument(source.file, context);
}

/** Fills in what the place of the file tells: where relative paths begin, and a name. */
function settle(description: ApplicationDescription, file: string, form: ServiceForm): ApplicationDescription {
  const home = dirname(resolve(file));
  const { name, directory } = description;
  return {
    ...description,
    name: name === "" ? basename(home) || "hawser" : name,
    ...(form === "keyed" ? { directory: resolve(home, directory ?? ".") } : {}),
  };
}

async function describeWords(words: readonly string[], context: LoadContext): Promise<ExaminedApplication> {
  const { command, parent, words: rest } = await serviceOfWords(words, context.findCommand);
  const service = describeService(command, rest, context.print, parent);
  if (service === undefined) throw new UsageError(`The help of ${quote(command.name)} is no application`);
  return { description: { name: service.name, services: [service] }, problems: [], placeOf: () => undefined };
}

async function examineDocument(
  { document, form }: ReadDocument,
  findCommand: CommandFinder,
): Promise<ExaminedApplication> {
  const { description, optionPaths, problems } = understandApplication(document, form);
  const placeOf = (service: number, path: DataPath) => document.placeOf([...(optionPaths[service] ?? []), ...path]);
  const services: ServiceDescription[] = [];
  const more: ConfigurationProblem[] = [];
  for (const [index, service] of description.services.entries()) {
    const examined = await examineService(service, findCommand, (path) => placeOf(index, path));
    services.push(examined.service);
    more.push(...examined.problems);
  }
  const settled = settle({ ...description, services }, document.file, form);
  return { description: settled, problems: [...problems, ...more], placeOf };
}

interface ExaminedService {
  readonly service: ServiceDescription;
  readonly problems: readonly ConfigurationProblem[];
}

/** A service with its options in canonical form, less those that are wrong. */
async function examineService(
  service: ServiceDescription,
  findCommand: CommandFinder,
  placeOf: (path: DataPath) => ConfigurationProblem["place"],
): Promise<ExaminedService> {
  const { name } = service;
  if (service.command === "") return { service, problems: [] }; // that was told before
  const command = await serviceCommand(service.command, findCommand).catch(asProblem);
  if (command instanceof UsageError) {
    return { service, problems: [{ place: placeOf([]), service: name, fault: command.message }] };
  }
  const wrong = optionProblems(command, service.options);
  const problems = wrong.map(({ option, path, fault }) => {
    const place = placeOf([option, ...path]);
    return { place, service: name, option: spellOption(option, path), fault };
  });
  return { service: { ...service, options: normalizeRight(command, service.options, wrong) }, problems };
}

function normalizeRight(
  command: HasOptions,
  options: OptionData,
  wrong: readonly { readonly option: string }[],
): OptionData {
  const names = new Set(wrong.map(({ option }) => option));
  return normalizeOptions(command, Object.fromEntries(Object.entries(options).filter(([name]) => !names.has(name))));
}

/** Finds a command that serves. @throws {UsageError} */
export async function serviceCommand(name: string, findCommand: CommandFinder): Promise<Command> {
  if (name === "") throw new UsageError("It is not said which command serves");
  const command = await findCommand(name);
  if (command === undefined)
    throw new UsageError(`There is no command ${quote(name)}${await meant(name, findCommand)}`);
  return requireServing(command, name);
}

/** The command that the first of these words name, and the words after them. @throws {UsageError} when it does not serve */
export async function serviceOfWords(
  [name = "", ...rest]: readonly string[],
  findCommand: CommandFinder,
): Promise<ResolvedCommand & { readonly command: Command }> {
  const above = await serviceCommand(name, findCommand);
  const resolved = await resolveBelow({ command: above, parent: "hawser", words: rest });
  return { ...resolved, command: requireServing(resolved.command, fullName(resolved)) };
}

function requireServing(command: AnyCommand, name: string): Command {
  if (isServiceCommand(command)) return command;
  throw new UsageError(`The command ${quote(name)} does not serve: it cannot be a service of an application`);
}

/** What was probably meant by a misspelt command. */
async function meant(name: string, findCommand: CommandFinder): Promise<string> {
  const { all } = findCommand as Partial<CommandDirectory>;
  return all === undefined ? "" : `, ${suggestion(name, Object.keys(await all()))}`;
}

function asProblem(error: unknown): UsageError {
  if (error instanceof UsageError) return error;
  throw error;
}

/** An option and a part of its data: `mount["/doc"]`, `listen[1]`. */
export function spellOption(option: string, path: DataPath): string {
  return option + path.map((part) => `[${JSON.stringify(part)}]`).join("");
}
