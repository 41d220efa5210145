// Wrappers fit between any endpoint and any protocol.
import { formatAddress, idleTimeout, limitConnections, limitPerPeer, listen, throttle } from "@hawser/core";
import { httpServer, text } from "@hawser/web";

const site = httpServer(() => text("Slow and steady\n".repeat(64)));
const bounded = limitConnections(1_000, limitPerPeer(20, idleTimeout(60_000, site)));
const slow = throttle({ writeOctetsPerSecond: 1_000_000 }, bounded);

const listener = await listen(process.argv[2] ?? "tcp:8080:interface=127.0.0.1", slow);
console.log(`listening on http://${formatAddress(listener.address)}/`);
