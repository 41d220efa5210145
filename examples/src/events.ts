// Server-sent events: a stream that ends when the browser goes.    curl -N 127.0.0.1:8080
import { type Clock, formatAddress, listen } from "@hawser/core";
import { httpServer, octets } from "@hawser/web";

async function* ticks(clock: Clock, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let count = 1; ; count++) {
    yield Buffer.from(`data: tick ${count}\n\n`);
    await clock.sleep(100, { signal });
  }
}

const listener = await listen(
  process.argv[2] ?? "tcp:8080:interface=127.0.0.1",
  httpServer((request) => octets(ticks(request.reactor.clock, request.signal), { type: "text/event-stream" })),
);
console.log(`listening on http://${formatAddress(listener.address)}/`);
