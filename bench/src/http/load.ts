import { fileURLToPath } from "node:url";
import { findProgram, runLoad } from "../harness/process.ts";

export interface HttpLoad {
  readonly path: string;
  readonly connections: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Requests in one write. Default 1. */
  readonly pipelined?: number | undefined;
}

/** Requests answered, and for how long they were asked for. */
export interface HttpLoadResult {
  readonly operations: number;
  readonly seconds: number;
}

/** Asks as fast as the server answers, with wrk where it is installed and with our own client elsewhere. Wrong answers are an error. */
export async function loadHttp(port: number, load: HttpLoad, seconds: number): Promise<HttpLoadResult> {
  const wrk = findProgram("wrk");
  return wrk === undefined ? loadByOwnClient(port, load, seconds) : loadByWrk(wrk, port, load, seconds);
}

async function loadByWrk(wrk: string, port: number, load: HttpLoad, seconds: number): Promise<HttpLoadResult> {
  const headers = Object.entries(load.headers ?? {}).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const script =
    load.pipelined === undefined ? [] : ["-s", fileURLToPath(new URL("../../http/pipeline.lua", import.meta.url))];
  const output = await runLoad([
    wrk,
    "-t1",
    `-c${load.connections}`,
    `-d${Math.max(1, Math.round(seconds))}s`,
    ...headers,
    ...script,
    `http://127.0.0.1:${port}${load.path}`,
  ]);
  const wrong = /Non-2xx or 3xx responses: (\d+)|Socket errors: connect (\d+), read (\d+), write (\d+)/.exec(output);
  if (wrong !== null) throw new Error(`Wrong answers under load of ${load.path}:\n${output}`);
  const counted = /(\d+) requests in ([\d.]+)(m?s|m)/.exec(output);
  if (counted === null) throw new Error(`wrk printed no count:\n${output}`);
  return { operations: Number(counted[1]), seconds: Number(counted[2]) * (counted[3] === "ms" ? 0.001 : 1) };
}

async function loadByOwnClient(port: number, load: HttpLoad, seconds: number): Promise<HttpLoadResult> {
  const client = fileURLToPath(new URL("./load-client.js", import.meta.url));
  const output = await runLoad([process.execPath, client, JSON.stringify({ ...load, port, seconds })]);
  return JSON.parse(output) as HttpLoadResult;
}
