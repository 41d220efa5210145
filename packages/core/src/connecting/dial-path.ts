import type { Transport } from "../transport.ts";
import { announce } from "./announce.ts";
import type { ConnectContext } from "./context.ts";

/** Connects to a UNIX socket. */
export async function dialPath(path: string, context: ConnectContext): Promise<Transport> {
  const { reactor, signal, options } = context;
  return announce(await reactor.network.connect({ family: "unix", path }, { ...options, signal }), options);
}
