import type { Reactor } from "../reactor.ts";
import type { Transport } from "../transport.ts";
import { StreamTransport } from "../transports/stream-transport.ts";
import { PipeLink } from "./pipe-link.ts";

/** Standard input and output as one transport: the endpoint `stdio:`. There is one; taking it twice shares the octets. */
export function stdioTransport(reactor: Reactor): Transport {
  return new StreamTransport(reactor, new PipeLink("stdio", process.stdin, process.stdout));
}
