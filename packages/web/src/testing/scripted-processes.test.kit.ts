import { type ChildProcess, Connection, type ProcessExit, type Processes, type SpawnOptions } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { connectPair } from "@hawser/core/testing";

/** What a scripted program is given. */
export interface ScriptedProgram {
  readonly program: string;
  readonly options: SpawnOptions;
  /** Its standard input and output. */
  readonly io: Connection;
  /** Its standard error. */
  readonly errors: Connection;
}

/** Child processes that are functions of the test. */
export interface ScriptedProcesses extends Processes {
  /** Every program started, with the signals it got. */
  readonly started: readonly { readonly program: string; readonly options: SpawnOptions; readonly signals: string[] }[];
}

/** Runs `main` as every program. It ends when `main` does, or when it is killed. */
export function scriptedProcesses(main: (program: ScriptedProgram) => Promise<void>): ScriptedProcesses {
  const started: { program: string; options: SpawnOptions; signals: string[] }[] = [];
  return {
    started,
    async spawn(program, options = {}) {
      const signals: string[] = [];
      started.push({ program, options, signals });
      return spawnScripted(program, options, signals, main);
    },
  };
}

async function spawnScripted(
  program: string,
  options: SpawnOptions,
  signals: string[],
  main: (program: ScriptedProgram) => Promise<void>,
): Promise<ChildProcess> {
  const reactor = memoryReactor();
  const pipe = await connectPair(reactor, { family: "unix", path: "/pipe" });
  const complaints = await connectPair(reactor, { family: "unix", path: "/errors" });
  const [io, errors] = [new Connection(pipe.server), new Connection(complaints.server)];
  pipe.server.start(io.receiver);
  complaints.server.start(errors.receiver);
  let exit!: (how: ProcessExit) => void;
  const exited = new Promise<ProcessExit>((resolve) => {
    exit = resolve;
  });
  reactor.clock.after(0, async () => {
    await main({ program, options, io, errors }).catch(() => {}); // killed while it was writing
    io.end();
    errors.end();
    exit({ status: 0, signal: undefined });
  });
  return {
    pid: 1,
    transport: pipe.client,
    errors: complaints.client,
    exited,
    kill(signal = "SIGTERM") {
      signals.push(signal);
      io.abort();
      errors.abort();
    },
    resize() {},
  };
}
