// A protocol of your own, written as a person would speak it.        printf 'alice\r\n' | nc 127.0.0.1 1079
import { connection, formatAddress, listen } from "@hawser/core";

const book = new Map([
  ["alice", "+49 30 1234"],
  ["bob", "+31 20 5678"],
]);

const phoneBook = connection(async (peer) => {
  for await (const name of peer.lines({ octetsMax: 512 })) peer.write(`${book.get(name) ?? "No such person"}\r\n`);
});

const listener = await listen(process.argv[2] ?? "tcp:1079:interface=127.0.0.1", phoneBook);
console.log(`listening on ${formatAddress(listener.address)}`);
