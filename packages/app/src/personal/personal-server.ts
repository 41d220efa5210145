import { addUser, listUsers, makePassword, setPassword } from "@hawser/auth";
import { type FileTree, type Reactor, UsageError } from "@hawser/core";
import { type ApplicationDescription, isServiceCommand, type ServiceDescription } from "../application/description.ts";
import { normalizeOptions } from "../application/values.ts";
import type { CommandDirectory } from "../commands/finder.ts";
import { fileAt, fileFault } from "../config/path.ts";
import { findConfigurations } from "../config/read.ts";
import { formatTas } from "../tap/tas-write.ts";
import { copyTree, makeFolders } from "./skeleton.ts";

/** What a personal server is made of. */
export interface PersonalServerOptions {
  readonly reactor: Reactor;
  /** Its folder, which is made where there is none: `/home/alice/.hawser`. */
  readonly directory: string;
  /** What its folder holds at first. Files that are there already stay as they are. */
  readonly skeleton: FileTree;
  /** Each that has `personal` takes part. */
  readonly commands: CommandDirectory;
  /** Commands with a maker of their own in the package `hawser`. */
  readonly makers: readonly string[];
  /** The name of its one user. */
  readonly user: string;
}

/** A personal server, ready to run. */
export interface PersonalServer {
  /** The path of its configuration. */
  readonly config: string;
  /** Its one user, when the server was made just now: the password stands nowhere else. */
  readonly login: { readonly user: string; readonly password: string } | undefined;
}

/**
 * Finds the personal server of a folder, or makes one: a configuration that is there to be edited, a users file with one
 * user, and something to serve. The configuration is written last: what was interrupted is done again.
 * @throws {UsageError} when the folder cannot be written, or has several configurations
 */
export async function personalServer(options: PersonalServerOptions): Promise<PersonalServer> {
  const { reactor, directory } = options;
  const [found, ...others] = await findConfigurations(directory, reactor);
  if (others.length > 0) throw new UsageError(`Cannot choose between ${[found, ...others].join(" and ")}`);
  if (found !== undefined) return { config: `${directory}/${found}`, login: undefined };
  try {
    return await makePersonalServer(options);
  } catch (error) {
    throw new UsageError(`Cannot make a personal server in ${JSON.stringify(directory)}: ${fileFault(error)}`, {
      cause: error,
    });
  }
}

async function makePersonalServer(options: PersonalServerOptions): Promise<PersonalServer> {
  const { reactor, directory, skeleton, user } = options;
  await makeFolders(reactor, directory);
  const home = fileAt(reactor, ".", directory);
  await copyTree(skeleton, home.tree.at(home.path));
  const password = makePassword(reactor.random);
  await setUser(`${directory}/users`, user, password, reactor);
  const config = `${directory}/hawser.config.ts`;
  const file = fileAt(reactor, config);
  await file.tree.writeFile(file.path, configuration(await personalServices(options), options.makers));
  return { config, login: { user, password } };
}

/** A server that was interrupted while it was made has its user already, with a password that nobody was told. */
async function setUser(path: string, user: string, password: string, reactor: Reactor): Promise<void> {
  const known = await listUsers(path, { reactor }).catch(() => []);
  if (known.some(({ name }) => name === user)) await setPassword(path, user, password, { reactor });
  else await addUser(path, user, password, { reactor });
}

/** Every command that takes part, in the order of the commands. */
async function personalServices({ commands }: PersonalServerOptions): Promise<readonly ServiceDescription[]> {
  const services: ServiceDescription[] = [];
  for (const [name, source] of Object.entries(await commands.all())) {
    if (source.package !== undefined) continue; // what others bring is not started unasked
    const command = await source.load();
    if (!isServiceCommand(command) || command.personal === undefined) continue;
    services.push({ command: name, name, options: normalizeOptions(command, command.personal.options) });
  }
  return services;
}

function configuration(services: readonly ServiceDescription[], makers: readonly string[]): string {
  const application: ApplicationDescription = { name: "personal", users: ["file:users"], services };
  return formatTas(application, { makers, header: configurationHeader });
}

const configurationHeader = [
  '// Your personal server. Edit this file as you like; "hawser check" tells what is wrong with it, "hawser up" starts it.',
  "// Paths begin in this folder. It listens on this machine alone: leave out interface=127.0.0.1 to let others in.",
  "// Its mail stays here, too: leave out localOnly, or name a relay instead, and it is sent wherever it is for.",
].join("\n");
