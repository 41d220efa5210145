import { type Tool, type ToolContext, tool } from "@hawser/core";
import { systemProcesses } from "../daemon/process-table.ts";
import { withoutSecrets } from "../logs/index.ts";
import { printableText } from "../logs/printable.ts";
import { absence, findDaemon, pidFileOption } from "./find-daemon.ts";

/** What init scripts answer (LSB 5.0 §22.2). */
const statuses = { running: 0, notRunning: 3, unknown: 4 } as const;

/** `hawser status`: whether a daemon runs, since when, and what it takes. */
export const statusTool: Tool = tool({
  name: "status",
  summary: "Tell whether a daemon runs; the exit status is 0 if so, 3 if not, 4 if nobody knows",
  options: pidFileOption,
  operands: {},
  async run({ pidfile }, context) {
    try {
      return tell(pidfile, context);
    } catch (error) {
      context.terminal.complain(`hawser status: ${error instanceof Error ? error.message : String(error)}`);
      return statuses.unknown;
    }
  },
});

function tell(pidfile: string | undefined, { reactor, terminal }: ToolContext): number {
  const daemon = findDaemon(pidfile);
  if (daemon.state?.name !== "running") {
    terminal.print(absence(daemon));
    return daemon.state?.name === "foreign" ? statuses.unknown : statuses.notRunning;
  }
  const { pid } = daemon.state;
  terminal.print(`running as process ${pid}`);
  const since = systemProcesses.startedAtMs(pid);
  if (since !== undefined) terminal.print(`since    ${spell(since)}, ${ago(reactor.clock.wall() - since)}`);
  const memory = systemProcesses.memoryOctets(pid);
  if (memory !== undefined) terminal.print(`memory   ${(memory / 1_024 ** 2).toFixed(1)} MiB`);
  const words = systemProcesses.commandLine(pid)?.join(" ") ?? "";
  if (words !== "") terminal.print(`command  ${withoutSecrets(printableText(words.replaceAll("\n", " ")))}`);
  return statuses.running;
}

function spell(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/\.\d+Z$/, "Z");
}

function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const units = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
    [1, "s"],
  ] as const;
  const [size, unit] = units.find(([length]) => seconds >= length) ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${unit}`;
}
