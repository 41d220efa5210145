import { fileURLToPath } from "node:url";
import { findProgram, runLoad } from "../harness/process.ts";

export interface DnsLoad {
  /** One question a line: `NAME TYPE`, as dnsperf reads them. */
  readonly questionsFile: string;
  /** What every answer must say: `NOERROR`, `NXDOMAIN`. */
  readonly rcode: string;
}

/** Questions answered, and for how long they were asked. */
export interface DnsLoadResult {
  readonly operations: number;
  readonly seconds: number;
}

/** Questions under way at once: enough to keep one server busy, few enough that no socket's buffer overflows. */
const outstanding = 100;

/** Asks as fast as the server answers, with dnsperf where it is installed and our own client elsewhere. Wrong answers are an error. */
export function loadDns(port: number, load: DnsLoad, seconds: number): Promise<DnsLoadResult> {
  const dnsperf = findProgram("dnsperf");
  return dnsperf === undefined ? loadByOwnClient(port, load, seconds) : loadByDnsperf(dnsperf, port, load, seconds);
}

async function loadByDnsperf(
  dnsperf: string,
  port: number,
  { questionsFile, rcode }: DnsLoad,
  seconds: number,
): Promise<DnsLoadResult> {
  const words = ["-s", "127.0.0.1", "-p", String(port), "-d", questionsFile, "-l", String(Math.max(1, seconds))];
  const output = await runLoad([dnsperf, ...words, "-T", "1", "-c", "4", "-q", String(outstanding)]);
  const number = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? Number.NaN);
  const [completed, lost] = [number(/Queries completed:\s+(\d+)/), number(/Queries lost:\s+(\d+)/)];
  const good = number(new RegExp(`${rcode} (\\d+) \\(`));
  if (!(good === completed && completed > 0 && lost <= completed / 1_000))
    throw new Error(`Wrong or lost answers under load:\n${output}`);
  return { operations: completed, seconds: number(/Run time \(s\):\s+([\d.]+)/) };
}

async function loadByOwnClient(port: number, load: DnsLoad, seconds: number): Promise<DnsLoadResult> {
  const client = fileURLToPath(new URL("./load-client.js", import.meta.url));
  const job = { ...load, port, seconds, outstanding };
  const output = await runLoad([process.execPath, client, JSON.stringify(job)]);
  return JSON.parse(output) as DnsLoadResult;
}
