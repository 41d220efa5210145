// A connection that comes back by itself. Start phone-book.js, then this; stop that and start it again.
import { keepConnected } from "@hawser/core";

const service = keepConnected(process.argv[2] ?? "tcp:127.0.0.1:1079", {
  backoff: { initialMs: 200, maxMs: 5_000 },
  connected: async (peer, signal) => {
    peer.write("alice\r\n");
    for await (const line of peer.lines({ signal })) console.log(`alice: ${line}`);
    peer.end(); // the server says no more
  },
  onState: (state) => console.log(state.name),
});

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void service.stop());
