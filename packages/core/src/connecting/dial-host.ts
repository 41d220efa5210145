import { ipAddress } from "../address.ts";
import { ConnectionError, quote } from "../errors.ts";
import type { Transport } from "../transport.ts";
import { announce } from "./announce.ts";
import type { ConnectContext } from "./context.ts";
import { dial } from "./dial.ts";
import { interleaveFamilies } from "./race.ts";

/** Finds the addresses of a host and connects to the first that answers. */
export async function dialHost(
  host: string,
  port: number,
  context: ConnectContext,
  localHost?: string | undefined,
): Promise<Transport> {
  const { reactor, signal, options } = context;
  const found = await reactor.names.lookup(host, { signal });
  if (found.length === 0) throw new ConnectionError("name-not-found", `${quote(host)} has no address`);
  const addresses = interleaveFamilies(found).map((address) => ipAddress(address.host, port));
  const local = localHost === undefined ? {} : { localHost };
  return announce(await dial(reactor, addresses, { ...options, ...local, signal }), options);
}
