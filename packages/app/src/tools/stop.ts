import { type Clock, optionFlag, optionValue, parseWholeNumber, type Tool, tool } from "@hawser/core";
import { absence, findDaemon, pidFileOption, signalProcess } from "./find-daemon.ts";

const timeoutSecondsDefault = 30;

/** How often it is looked whether the process has ended: a process that is no child tells nobody. */
const lookMs = 50;

/** After SIGKILL the kernel needs a moment. */
const killMs = 5_000;

/** `hawser stop`: ends a daemon in order, and waits for it. One that does not run is stopped already. */
export const stopTool: Tool = tool({
  name: "stop",
  summary: "Stop a daemon, and wait until it has ended",
  options: {
    ...pidFileOption,
    timeout: optionValue("SECONDS", "how long it may take", {
      parse: parseWholeNumber(0, 86_400),
      defaultText: String(timeoutSecondsDefault),
    }),
    kill: optionFlag("end it by force when it takes longer"),
  },
  operands: {},
  examples: [["hawser stop --timeout 10 --kill", "the daemon of this folder, whatever it does"]],
  async run({ pidfile, timeout = timeoutSecondsDefault, kill }, { reactor, terminal, signal }) {
    const daemon = findDaemon(pidfile);
    if (daemon.state?.name !== "running") {
      terminal.print(absence(daemon));
      return 0;
    }
    const { pid } = daemon.state;
    const isGone = () => !runs(pidfile, pid);
    signalProcess(pid, "SIGTERM");
    if (await becomes(isGone, timeout * 1_000, reactor.clock, signal)) return told(`process ${pid} has ended`, 0);
    if (!kill) return complained(`process ${pid} has not ended after ${timeout} s; --kill ends it by force`);
    signalProcess(pid, "SIGKILL");
    if (await becomes(isGone, killMs, reactor.clock, signal)) return told(`process ${pid} was killed`, 0);
    return complained(`process ${pid} cannot be killed`);

    function told(line: string, status: number): number {
      terminal.print(line);
      return status;
    }

    function complained(line: string): number {
      terminal.complain(`hawser stop: ${line}`);
      return 1;
    }
  },
});

function runs(pidfile: string | undefined, pid: number): boolean {
  const { state } = findDaemon(pidfile);
  return state?.name === "running" && state.pid === pid;
}

async function becomes(isSo: () => boolean, ms: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const until = clock.now() + ms;
  while (!isSo()) {
    if (clock.now() >= until) return false;
    await clock.sleep(lookMs, { signal });
  }
  return true;
}
