/** What Node's socket costs by itself: the question comes back with one address behind it, whatever it was. */
import { createSocket } from "node:dgram";

/** A pointer to the question's name, A, IN, 300 s, 192.0.2.1. */
const record = Buffer.from("c00c000100010000012c0004c0000201", "hex");
const socket = createSocket({ type: "udp4", lookup: (host, _options, found) => found(null, host, 4) });
socket.on("message", (question, { port, address }) => {
  const answer = Buffer.allocUnsafe(question.length + record.length);
  answer.set(question);
  answer.set(record, question.length);
  answer[2] = question[2]! | 0x84;
  answer[7] = 1;
  socket.send(answer, port, address);
});
socket.bind(0, "127.0.0.1", () => process.stdout.write(`listening ${socket.address().port}\n`));
