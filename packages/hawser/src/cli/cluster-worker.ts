import { commandValues } from "@hawser/app/commands";
import { serviceCommand } from "@hawser/app/config";
import { type CommandContext, type CommandData, listen, type Reactor, type Service } from "@hawser/core";
import type { ClusterApplication } from "@hawser/core/cluster";
import { tellFaults } from "./faults.ts";
import { commandsIn } from "./installed.ts";
import { openLog } from "./log-file.ts";

/** What the supervisor tells each worker: which command, and its options as plain data. */
export interface ClusterParameters {
  readonly command: string;
  readonly options: Readonly<Record<string, CommandData>>;
}

/**
 * Starts a command's service in a worker. What it would print is told to the supervisor, which prints it once.
 */
export async function start(parameters: ClusterParameters, reactor: Reactor): Promise<ClusterApplication> {
  tellFaults(`hawser ${parameters.command}`);
  const command = await serviceCommand(parameters.command, commandsIn());
  const listening: string[] = [];
  const context: CommandContext = {
    reactor,
    print: (line) => void listening.push(line),
    openLog,
    listen: (endpoint, factory) => listen(endpoint, factory, { reactor }),
    users: [],
  };
  const service: Service = await command.start(commandValues(command, parameters.options), context);
  return { listening, stop: (options) => service.stop(options) };
}
