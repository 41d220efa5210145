import type { ConnectOptions } from "../connect.ts";
import { encodeProxyHeader } from "../proxy-protocol/wire.ts";
import type { Transport } from "../transport.ts";

/** Tells a new connection's server for whom it is made, where that was asked for: before TLS, before everything. */
export function announce(transport: Transport, { proxyHeader }: ConnectOptions): Transport {
  if (proxyHeader !== undefined) transport.write(encodeProxyHeader(proxyHeader));
  return transport;
}
