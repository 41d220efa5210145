import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench, Contestant, Workload } from "../harness/bench.ts";
import type { RunningServer } from "../harness/process.ts";
import { idleWorkload } from "./idle.ts";
import { type HttpLoad, loadHttp } from "./load.ts";
import { httpServers } from "./servers.ts";
import { startUpWorkload } from "./start-up.ts";

const files = mkdtempSync(join(tmpdir(), "hawser-bench-files-"));
chmodSync(files, 0o755); // nginx reads as another user
writeFileSync(join(files, "10k.bin"), Buffer.alloc(10_240, "Hawser. "));
writeFileSync(join(files, "1m.bin"), Buffer.alloc(1_048_576, "Hawser. "));

/** What a browser sends with every request. */
const browserHeaders = {
  "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "Accept-Language": "en-GB,en;q=0.7,de;q=0.3",
  "Accept-Encoding": "gzip, deflate, br",
  "Upgrade-Insecure-Requests": "1",
  "Sec-Fetch-Dest": "document",
  "Sec-Fetch-Mode": "navigate",
  Cookie: "session=0123456789abcdef0123456789abcdef",
};

const loads: readonly {
  readonly name: string;
  readonly question: string;
  readonly load: HttpLoad;
  readonly octets: number;
}[] = [
  {
    name: "hello",
    question: "a small answer, 64 connections kept alive",
    load: { path: "/hello", connections: 64 },
    octets: 13,
  },
  {
    name: "hello-headers",
    question: "the same, with the headers of a browser",
    load: { path: "/hello", connections: 64, headers: browserHeaders },
    octets: 13,
  },
  {
    name: "hello-pipelined",
    question: "the same, 16 requests in one write",
    load: { path: "/hello", connections: 64, pipelined: 16 },
    octets: 13,
  },
  { name: "file-10k", question: "a file of 10 KiB", load: { path: "/files/10k.bin", connections: 64 }, octets: 10_240 },
  { name: "file-1m", question: "a file of 1 MiB", load: { path: "/files/1m.bin", connections: 16 }, octets: 1_048_576 },
];

/** What does a request cost, compared? */
export const httpBench: Bench = {
  name: "http",
  servers: Object.keys(httpServers),
  workloads: [...loads.map(loadWorkload), idleWorkload(files), startUpWorkload(files)],
};

function loadWorkload({ name, question, load, octets }: (typeof loads)[number]): Workload {
  return {
    name,
    question,
    async enter(servers) {
      const contestants: Contestant[] = [];
      const absent: Record<string, string> = {};
      for (const server of servers) {
        if (server === "raw-net" && name !== "hello" && name !== "hello-headers") continue;
        const running = await httpServers[server]!(files);
        if (typeof running === "string") absent[server] = running;
        else contestants.push(await contestant(server, running, load, octets));
      }
      return { contestants, absent };
    },
  };
}

async function contestant(server: string, running: RunningServer, load: HttpLoad, octets: number): Promise<Contestant> {
  const answer = await fetch(`http://127.0.0.1:${running.port}${load.path}`);
  const got = (await answer.arrayBuffer()).byteLength;
  if (answer.status !== 200 || got !== octets)
    throw new Error(`${server} answered ${answer.status} with ${got} octets, not ${octets}`);
  return {
    server,
    async round(seconds) {
      const before = running.cpuMicroseconds();
      const result = await loadHttp(running.port, load, seconds);
      return { ...result, cpuMicroseconds: running.cpuMicroseconds() - before };
    },
    stop: () => running.stop(),
  };
}
