import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram, type RunningServer, startServer } from "../harness/process.ts";

/** What a server answers from: a zone in a file, or another server that it asks once for each name. */
export interface DnsSource {
  readonly zoneFile: string;
  readonly upstreamPort: number | undefined;
}

/** How to start a server; a reason when this machine does not have it, or it has no such job. */
export type DnsContender = (source: DnsSource) => Promise<RunningServer | string>;

/** Who is compared. The first is ours. */
export const dnsServers: Readonly<Record<string, DnsContender>> = {
  hawser: (source) => startScript("hawser", source),
  nsd: startNsd,
  bind9: startBind,
  unbound: startUnbound,
  twisted: startTwisted,
  dns2: async (source) => (source.upstreamPort === undefined ? startScript("dns2", source) : "it has no cache"),
  "raw-dgram": (source) => startScript("raw-dgram", source),
};

/** Starts one of the scripts beside this file. */
export function startScript(name: string, source: DnsSource): Promise<RunningServer> {
  const script = fileURLToPath(new URL(`./servers/${name}.js`, import.meta.url));
  return startServer([process.execPath, script], environmentOf(source));
}

async function startTwisted(source: DnsSource): Promise<RunningServer | string> {
  if (findProgram("python3") === undefined) return "python3 is not installed";
  const script = fileURLToPath(new URL("../../dns/names-server.py", import.meta.url));
  try {
    return await startServer(["/usr/bin/python3", script], environmentOf(source));
  } catch (error) {
    return `it did not start (Debian: python3-twisted): ${(error as Error).message.split("\n").at(-2) ?? ""}`;
  }
}

async function startNsd({ zoneFile, upstreamPort }: DnsSource): Promise<RunningServer | string> {
  if (upstreamPort !== undefined) return "it has no cache";
  return startDaemon(
    "nsd",
    (folder, port) => `server:
  ip-address: 127.0.0.1
  port: ${port}
  server-count: 1
  username: ""
  zonesdir: "${folder}"
  database: ""
  pidfile: ""
  xfrdfile: ""
  xfrdir: "${folder}"
  zonelistfile: "${folder}/zone.list"
  rrl-ratelimit: 0
  minimal-responses: yes
remote-control:
  control-enable: no
zone:
  name: bench.example
  zonefile: ${zoneFile}
`,
    ["-d", "-c"],
  );
}

async function startBind({ zoneFile, upstreamPort }: DnsSource): Promise<RunningServer | string> {
  const role =
    upstreamPort === undefined
      ? `recursion no; };\nzone "bench.example" { type primary; file "${zoneFile}"; };`
      : `recursion yes; forward only; forwarders { 127.0.0.1 port ${upstreamPort}; }; };`;
  return startDaemon(
    "named",
    (folder, port) => `controls {};
options { directory "${folder}"; pid-file none; session-keyfile none; listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; }; dnssec-validation no; minimal-responses yes; ${role}
`,
    ["-f", "-n", "1", "-c"],
  );
}

async function startUnbound({ upstreamPort }: DnsSource): Promise<RunningServer | string> {
  if (upstreamPort === undefined) return "it has no zones";
  return startDaemon(
    "unbound",
    (folder, port) => `server:
  interface: 127.0.0.1
  port: ${port}
  num-threads: 1
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: ""
  use-syslog: no
  do-not-query-localhost: no
  module-config: "iterator"
  minimal-responses: yes
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@${upstreamPort}
`,
    ["-d", "-c"],
  );
}

/** Runs a daemon in the foreground, and tells its port when it takes connections: all of these speak TCP too. */
async function startDaemon(
  name: string,
  configure: (folder: string, port: number) => string,
  words: readonly string[],
): Promise<RunningServer | string> {
  const program = findProgram(name);
  if (program === undefined) return `${name} is not installed`;
  const folder = mkdtempSync(join(tmpdir(), `hawser-bench-${name}-`));
  const port = await freePort();
  const file = join(folder, `${name}.conf`);
  writeFileSync(file, configure(folder, port));
  const announce = `"$@" >&2 & until (: > /dev/tcp/127.0.0.1/${port}) 2> /dev/null; do kill -0 $! || exit 1; sleep 0.02; done; echo "listening ${port}"; trap 'kill $!' TERM; wait; wait`;
  return startServer(["bash", "-c", announce, "sh", program, ...words, file]);
}

function environmentOf({ zoneFile, upstreamPort }: DnsSource): Readonly<Record<string, string>> {
  return { BENCH_ZONE: zoneFile, ...(upstreamPort !== undefined && { BENCH_UPSTREAM: String(upstreamPort) }) };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
