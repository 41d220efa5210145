import { join, resolve } from "node:path";
import { type FileTree, optionFlag, optionValue, type Reactor, type Tool, tool, UsageError } from "@hawser/core";
import { findConfiguration, findConfigurations } from "../config/read.ts";
import type { RunParts } from "../daemon/parts.ts";
import { runApplication } from "../daemon/run.ts";
import { FreePorts } from "../personal/free-ports.ts";
import { type PersonalServer, personalServer } from "../personal/personal-server.ts";
import type { ApplicationToolbox } from "./context.ts";
import { runOptions } from "./run-options.ts";
import { runSettings } from "./run-settings.ts";

/** What `hawser up` is given beside what `hawser run` is. */
export interface UpParts {
  readonly run: RunParts;
  readonly toolbox: ApplicationToolbox;
  /** What the folder of a new personal server holds. */
  readonly skeleton: () => FileTree;
  /** Whose server it is. */
  readonly person: { readonly name: string; readonly home: string };
}

const { file: _, ...shared } = runOptions;

const options = {
  ...shared,
  dir: optionValue("DIR", "the folder of the personal server, which is made where there is none", {
    defaultText: "~/.hawser",
    completes: "directory",
  }),
  anyPort: optionFlag("where a port is in use, let the system choose another"),
};

/**
 * `hawser up`: runs the application of this folder, or else the personal server, and makes one for somebody who has none.
 */
export function upTool(parts: UpParts): Tool {
  return tool({
    name: "up",
    summary: "Run the application of this folder, or else a personal server",
    options,
    operands: {},
    examples: [
      ["hawser up", "run hawser.config.ts of this folder; without one, the personal server in ~/.hawser"],
      ["hawser up --dir /srv/me --daemon", "another personal server, in the background"],
    ],
    async run({ dir, anyPort, ...values }, context) {
      const here = parts.toolbox.directory;
      const say = (line: string) => context.terminal.print(line);
      const config = await configuration({ dir, config: values.config }, here, parts, context.reactor, say);
      const ports = anyPort ? new FreePorts(context.reactor, say) : undefined;
      return runApplication({
        source: { config },
        settings: runSettings({ ...values, file: undefined }, here),
        parts: ports === undefined ? parts.run : withFreePorts(parts.run, ports),
        context,
      });
    },
  });
}

async function configuration(
  { dir, config }: { readonly dir: string | undefined; readonly config: string | undefined },
  here: string,
  { toolbox, skeleton, person }: UpParts,
  reactor: Reactor,
  print: (line: string) => void,
): Promise<string> {
  if (config !== undefined && dir !== undefined) throw new UsageError("--config and --dir name two applications");
  if (config !== undefined) return resolve(here, config);
  if (dir === undefined && (await findConfigurations(here, reactor)).length > 0)
    return join(here, await findConfiguration(here, reactor));
  const directory = dir === undefined ? join(person.home, ".hawser") : resolve(here, dir);
  const { makers } = toolbox;
  const commands = toolbox.commandsIn(directory);
  const server = await personalServer({
    ...{ reactor, directory, makers, commands },
    skeleton: skeleton(),
    user: person.name,
  });
  for (const line of welcome(server, directory)) print(line);
  return server.config;
}

/** What is told of a new personal server: its password is told once. */
function welcome({ config, login }: PersonalServer, directory: string): readonly string[] {
  if (login === undefined) return [];
  return [
    `made a personal server in ${directory}; edit ${config} as you like`,
    `user ${login.user}, password ${login.password} (told only now; "hawser user password ${login.user} --file ${directory}/users" sets another)`,
  ];
}

function withFreePorts(parts: RunParts, ports: FreePorts): RunParts {
  return { ...parts, load: async (source, surroundings) => ports.applyTo(await parts.load(source, surroundings)) };
}
