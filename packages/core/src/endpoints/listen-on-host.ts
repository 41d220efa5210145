import { ipAddress } from "../address.ts";
import { ConnectionError } from "../errors.ts";
import type { Port } from "../network.ts";
import type { Transport } from "../transport.ts";
import type { ListenContext } from "./listen-plan.ts";

/** Opens a listening socket on one interface, or on all of them: IPv6 and IPv4 together, IPv4 alone where IPv6 is absent. */
export async function listenOnHost(
  where: { readonly host?: string | undefined; readonly port: number; readonly backlog?: number | undefined },
  context: ListenContext,
  accept: (transport: Transport) => void,
): Promise<Port> {
  const { network } = context.reactor;
  const options = where.backlog === undefined ? context.options : { ...context.options, backlog: where.backlog };
  const open = (host: string) => network.listen(ipAddress(host, where.port), options, accept);
  return where.host === undefined ? onEveryInterface(open) : open(await addressOf(where.host, context));
}

/** Calls `open` with `::`, which takes IPv4 too, then with `0.0.0.0` when it is IPv6 that is missing. */
export async function onEveryInterface<Opened>(open: (host: string) => Promise<Opened>): Promise<Opened> {
  try {
    return await open("::");
  } catch (error) {
    if (saysSomethingElse(error)) throw error;
    return open("0.0.0.0").catch(() => {
      throw error;
    });
  }
}

/** The literal address of an interface that is given by name, such as `localhost`. */
export async function addressOf(host: string, context: ListenContext): Promise<string> {
  const [first] = await context.reactor.names.lookup(host, { signal: context.options.signal });
  if (first === undefined) throw new ConnectionError("name-not-found", `Cannot find the address of "${host}"`);
  return first.host;
}

/** The port is the trouble, not the address family. */
function saysSomethingElse(error: unknown): boolean {
  return error instanceof ConnectionError && (error.code === "address-in-use" || error.code === "not-permitted");
}
