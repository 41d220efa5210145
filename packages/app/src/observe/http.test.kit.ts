import { connectTo, type Reactor } from "@hawser/core";
import type { ProcessGauge, ProcessReadings } from "./process-readings.ts";

/** An answer, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** One request on a connection of its own. The host is `home`, as for a page of the same place. */
export async function request(
  reactor: Reactor,
  method: string,
  path: string,
  { headers = {}, body = "" }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {},
): Promise<HttpAnswer> {
  await using peer = await connectTo("tcp:home:80", { reactor });
  const fields = { host: "home", connection: "close", "content-length": String(body.length), ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  peer.write(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
  const text = Buffer.from(await peer.readAll()).toString();
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [line = "", ...given] = head.split("\r\n");
  const answered = new Headers(given.map((field) => field.split(/: ?(.*)/s).slice(0, 2) as [string, string]));
  return { status: Number(line.split(" ")[1]), headers: answered, body: rest.join("\r\n\r\n") };
}

/** A process that does as the test says. */
export function fakeGauge(readings: Partial<ProcessReadings> = {}): ProcessGauge & { isClosed: boolean } {
  return {
    isClosed: false,
    read: () => ({
      pid: 42,
      nodeVersion: "20.19.0",
      hawserVersion: "0.1.0",
      uptimeMs: 5_000,
      cpuMs: 1_000,
      residentOctets: 100_000_000,
      heapUsedOctets: 50_000_000,
      heapTotalOctets: 60_000_000,
      descriptors: 20,
      descriptorsMax: 1_024,
      loopDelay: { p50Ms: 0.5, p99Ms: 2, maxMs: 8 },
      ...readings,
    }),
    close() {
      this.isClosed = true;
    },
  };
}
