import { type CommandContext, listen, type Reactor, type Service } from "@hawser/core";
import type { ClusterApplication } from "@hawser/core/cluster";
import { commands } from "./commands.ts";
import { tellFaults } from "./faults.ts";
import { openLog } from "./log-file.ts";

/** What the supervisor tells each worker: which command, and its options as they were read. */
export interface ClusterParameters {
  readonly command: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Starts a command's service in a worker. What it would print is told to the supervisor, which prints it once. */
export async function start(parameters: ClusterParameters, reactor: Reactor): Promise<ClusterApplication> {
  tellFaults(`hawser ${parameters.command}`);
  const command = await commands[parameters.command]!.load();
  const listening: string[] = [];
  const context: CommandContext = {
    reactor,
    print: (line) => void listening.push(line),
    openLog,
    listen: (endpoint, factory) => listen(endpoint, factory, { reactor }),
    users: [],
  };
  const service: Service = await command.start(parameters.values as never, context);
  return { listening, stop: (options) => service.stop(options) };
}
