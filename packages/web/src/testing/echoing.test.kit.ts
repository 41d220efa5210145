import type { Receiver } from "@hawser/core";
import type { HttpUpgrade } from "../http/response.ts";

/** Another protocol for tests: sends back what it hears, changed, and ends when the client does. */
export function echoing(change: (heard: string) => string): HttpUpgrade {
  return (transport, rest): Receiver => {
    const answer = (octets: Uint8Array) => void transport.writeLatin1(change(Buffer.from(octets).toString("latin1")));
    answer(rest);
    return { data: answer, end: () => transport.end(), closed: () => {} };
  };
}
