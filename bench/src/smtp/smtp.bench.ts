import type { Bench, Contestant, Workload } from "../harness/bench.ts";
import { findProgram, type RunningServer, runLoad } from "../harness/process.ts";
import { smtpServers } from "./servers.ts";

/** What does a message cost, compared? */
export const smtpBench: Bench = {
  name: "smtp",
  servers: Object.keys(smtpServers),
  workloads: [
    workload("reused-4k", "messages of 4 KiB over 16 connections that are kept", ["-d", "-s", "16", "-l", "4096"]),
    workload("fresh-4k", "the same, with a connection for each message", ["-s", "16", "-l", "4096"]),
    workload("reused-256k", "messages of 256 KiB over 16 connections that are kept", [
      "-d",
      "-s",
      "16",
      "-l",
      "262144",
    ]),
  ],
};

/** V8 compiles in earnest what has run some thousand times; a server that waits before its greeting gets no further in that time. */
const warmUpMessages = 20_000;
const warmUpSeconds = 20;

function workload(name: string, question: string, words: readonly string[]): Workload {
  return {
    name,
    question,
    async enter(servers) {
      const contestants: Contestant[] = [];
      const absent: Record<string, string> = {};
      const source = findProgram("smtp-source");
      for (const server of servers) {
        const running =
          source === undefined ? "smtp-source is not installed (Debian: postfix)" : await smtpServers[server]!();
        if (typeof running === "string") absent[server] = running;
        else contestants.push(contestant(server, running, [source!, ...words]));
      }
      for (const entered of contestants) await warmUp(entered);
      return { contestants, absent };
    },
  };
}

async function warmUp(contestant: Contestant): Promise<void> {
  for (let messages = 0, seconds = 0; messages < warmUpMessages && seconds < warmUpSeconds; ) {
    const sample = await contestant.round(0.5);
    messages += sample.operations;
    seconds += sample.seconds;
  }
}

/** smtp-source counts messages, not seconds: as many as the last round says that fit. */
function contestant(server: string, running: RunningServer, load: readonly string[]): Contestant {
  let perSecond = 500;
  return {
    server,
    async round(seconds) {
      const operations = Math.max(100, Math.round(perSecond * seconds));
      const before = running.cpuMicroseconds();
      const start = performance.now();
      const output = await runLoad([...load, "-m", String(operations), `inet:127.0.0.1:${running.port}`]);
      if (output.trim() !== "") throw new Error(`smtp-source complains of ${server}:\n${output}`);
      const took = (performance.now() - start) / 1_000;
      perSecond = operations / took;
      return { operations, seconds: took, cpuMicroseconds: running.cpuMicroseconds() - before };
    },
    stop: () => running.stop(),
  };
}
