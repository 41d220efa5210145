import { fileURLToPath } from "node:url";
import type { Contestant, Workload } from "../harness/bench.ts";
import { type RunningServer, runLoad } from "../harness/process.ts";
import { httpServers } from "./servers.ts";

const connections = 10_000;

/** What does a connection cost that was used once and now waits? Memory is read while all of them are open. */
export function idleWorkload(files: string): Workload {
  return {
    name: "idle",
    question: `${connections} connections kept open after one request each`,
    roundsMax: 1,
    async enter(servers) {
      const contestants: Contestant[] = [];
      const absent: Record<string, string> = {};
      for (const server of servers) {
        if (server === "raw-net") continue;
        const running = await httpServers[server]!(files);
        if (typeof running === "string") absent[server] = running;
        else contestants.push({ server, round: () => hold(running), stop: () => running.stop() });
      }
      return { contestants, absent };
    },
  };
}

async function hold(running: RunningServer) {
  const client = fileURLToPath(new URL("./idle-client.js", import.meta.url));
  const cpu = running.cpuMicroseconds();
  const output = await runLoad([
    process.execPath,
    client,
    String(running.port),
    String(connections),
    String(running.pid),
  ]);
  const { seconds, residentBefore, residentAfter } = JSON.parse(output) as Readonly<Record<string, number>>;
  return {
    operations: connections,
    seconds: seconds!,
    cpuMicroseconds: running.cpuMicroseconds() - cpu,
    extra: { "KiB/connection": (residentAfter! - residentBefore!) / connections / 1024 },
  };
}
