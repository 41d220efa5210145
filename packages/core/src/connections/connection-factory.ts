import { Connection, type ConnectionOptions } from "../connection.ts";
import { ConnectionError } from "../errors.ts";
import type { Factory } from "../factory.ts";
import { reportFault } from "../faults.ts";
import { FramingError } from "../framing/errors.ts";

/** What serves one connection. The connection is closed when it returns, aborted when it throws. */
export type ConnectionHandler = (peer: Connection, signal: AbortSignal) => void | Promise<void>;

/**
 * Makes a factory out of an async function: the small way to write a protocol.
 *
 *     await listen("tcp:1079", connection(async (peer) => {
 *       peer.write(`Hello, ${await peer.readLine({ octetsMax: 512 })}\r\n`);
 *     }));
 *
 * The signal aborts when the server is stopping. What the peer does wrong (an early end, a line too long, a reset) ends
 * the connection quietly; any other error is a reported fault.
 */
export function connection(handler: ConnectionHandler, options: ConnectionOptions = {}): Factory {
  return {
    accept(transport) {
      const stopping = new AbortController();
      const peer = new Connection(transport, options);
      void serve(handler, peer, stopping.signal);
      return { ...peer.receiver, drain: () => stopping.abort() };
    },
  };
}

async function serve(handler: ConnectionHandler, peer: Connection, signal: AbortSignal): Promise<void> {
  try {
    await handler(peer, signal);
    await peer.close();
  } catch (error) {
    if (!isExpected(error, signal)) reportFault(error, "connection handler");
    peer.abort(error instanceof Error ? error : undefined);
  }
}

function isExpected(error: unknown, signal: AbortSignal): boolean {
  if (error instanceof ConnectionError || error instanceof FramingError) return true;
  return signal.aborted && error === signal.reason;
}
