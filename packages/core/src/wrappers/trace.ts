import type { Factory } from "../factory.ts";
import { type TraceSink, type TraceTextOptions, traceToText } from "../trace.ts";
import { TracedTransport } from "./traced-transport.ts";
import { wrapTransports } from "./wrap-factory.ts";

/** Prints what every connection says, `C: ` and `S: ` before each line: `trace(console.log, smtpServer(backend))`. */
export function trace(print: (line: string) => void, factory: Factory, options: TraceTextOptions = {}): Factory {
  return traceEvents(traceToText(print, options), factory);
}

/** Gives what every connection says to a sink, as data. */
export function traceEvents(sink: TraceSink, factory: Factory): Factory {
  return wrapTransports(factory, (transport) => new TracedTransport(transport, sink, "server"));
}
