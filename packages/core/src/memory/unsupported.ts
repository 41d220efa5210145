import { ConnectionError } from "../errors.ts";
import type { Processes } from "../processes.ts";
import type { Threads } from "../threads.ts";

/** What a reactor without child processes says. */
export const unsupportedProcesses: Processes = {
  spawn: async (program) => {
    throw unsupported(`Cannot start ${program}: this reactor has no child processes`);
  },
};

/** What a reactor without worker threads says. */
export const unsupportedThreads: Threads = {
  run: async (_module, name) => {
    throw unsupported(`Cannot run ${name} in a thread: this reactor has none`);
  },
  close: async () => {},
};

function unsupported(message: string): ConnectionError {
  return new ConnectionError("unsupported", message);
}
