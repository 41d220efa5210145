import { type Tool, tool } from "@hawser/core";
import { absence, findDaemon, pidFileOption, signalProcess } from "./find-daemon.ts";

/** The init script's status for "not running", where that is a failure (LSB 5.0 §22.2). */
const notRunning = 7;

/** `hawser reload`: a daemon reads its configuration and certificates again, and opens its logs anew. */
export const reloadTool: Tool = tool({
  name: "reload",
  summary: "Tell a daemon to read its configuration and certificates again",
  options: pidFileOption,
  operands: {},
  async run({ pidfile }, { terminal }) {
    const daemon = findDaemon(pidfile);
    if (daemon.state?.name === "running" && signalProcess(daemon.state.pid, "SIGHUP")) {
      terminal.print(`process ${daemon.state.pid} was told; its log says how it went`);
      return 0;
    }
    terminal.complain(`hawser reload: ${absence(daemon)}`);
    return notRunning;
  },
});
