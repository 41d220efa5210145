import type { Reactor } from "@hawser/core";
import { newCounts } from "../../client/exchange/counters.ts";
import { Dialer } from "../../client/exchange/dialer.ts";
import { HttpsPool } from "../../client/https/pool.ts";
import { readBytes } from "../text-file.ts";
import type { DigServer, DigWay } from "./carrier.ts";

/** Where and until when a question over HTTPS is put. */
export interface DigHttpsOptions {
  readonly reactor: Reactor;
  readonly signal: AbortSignal;
}

/** Puts one question over HTTPS (RFC 8484), on a connection of its own. @throws {ConnectionError} */
export async function askByHttps(
  octets: Uint8Array,
  { host, port, called }: DigServer,
  { tlsVerify: verify, tlsCa, tlsHostname: serverName = called, httpPath: path, httpGet }: DigWay,
  { reactor, signal }: DigHttpsOptions,
): Promise<Uint8Array> {
  const ca = tlsCa === undefined ? undefined : [await readBytes(reactor, tlsCa, "read the certificates")];
  const dialer = new Dialer(
    reactor,
    { connectionsMax: 1, idleTimeoutMs: 1, tls: { verify, ca }, localHosts: {} },
    newCounts(),
  );
  const pool = new HttpsPool(dialer);
  try {
    const place = { transport: "https", host, port, serverName, path } as const;
    return await pool.ask(place, octets, httpGet ? "GET" : "POST", signal);
  } finally {
    pool.abort(new Error("The answer has come"));
  }
}
