// HTTP that becomes a protocol of your own on the same connection (Upgrade, RFC 9110 §7.8).
import { Connection, formatAddress, listen, type Receiver, type Transport } from "@hawser/core";
import { httpServer, text, upgrade } from "@hawser/web";

function shout(transport: Transport, rest: Uint8Array): Receiver {
  const peer = new Connection(transport);
  peer.receiver.data(rest);
  void answer(peer);
  return peer.receiver;
}

async function answer(peer: Connection): Promise<void> {
  try {
    for await (const line of peer.lines({ octetsMax: 512 })) peer.write(`${line.toUpperCase()}\r\n`);
    await peer.close();
  } catch {
    peer.abort(); // the line was too long, or the peer is gone
  }
}

const listener = await listen(
  process.argv[2] ?? "tcp:8080:interface=127.0.0.1",
  httpServer((request) => {
    if (request.upgrades.includes("shout")) return upgrade("shout", shout);
    return text("Say Upgrade: shout\n", { status: 426, headers: { upgrade: "shout" } });
  }),
);
console.log(`listening on http://${formatAddress(listener.address)}/`);
