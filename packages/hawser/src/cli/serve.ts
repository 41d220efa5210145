import type { Command, CommandContext, Service } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import type { GivenCommandLine } from "./command-line.ts";
import { openLog } from "./log-file.ts";

/** Starts a command's service and runs it until a signal ends it, in order. */
export async function serve(command: Command, given: GivenCommandLine): Promise<number> {
  const context: CommandContext = {
    reactor: nodeReactor,
    print: (line) => void process.stdout.write(`${line}\n`),
    openLog,
  };
  const service = await command.start(given.values as never, context);
  await stopped(service);
  return 0;
}

/** Waits for SIGTERM or SIGINT and lets the service finish what it has begun; a second signal cuts that short. */
function stopped(service: Service): Promise<void> {
  return new Promise((resolve, reject) => {
    const hurry = new AbortController();
    let stopping: Promise<void> | undefined;
    const onSignal = () => {
      if (stopping !== undefined) return hurry.abort();
      stopping = service.stop({ signal: hurry.signal });
      stopping.then(finish, finish);
    };
    const finish = (error?: unknown) => {
      process.off("SIGTERM", onSignal);
      process.off("SIGINT", onSignal);
      if (error === undefined) resolve();
      else reject(error);
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
}
