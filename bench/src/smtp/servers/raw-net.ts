import { type AddressInfo, createServer, type Socket } from "node:net";

// What the machine and Node's sockets allow at the most: answers by the first letter of a chunk, and reads nothing else.
const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => answer(socket, chunk));
  socket.write("220 bench ESMTP\r\n", "latin1");
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
});

/** The load says one command a chunk, and lines of `X` in its messages. */
function answer(socket: Socket, chunk: Buffer): void {
  if (isContent(chunk)) {
    if (chunk.latin1Slice(chunk.length - 5, chunk.length) === "\r\n.\r\n") socket.write("250 2.0.0 Ok\r\n", "latin1");
  } else if (chunk[0] === 0x44) socket.write("354 Go on\r\n", "latin1");
  else if (chunk[0] === 0x51) socket.end("221 2.0.0 Bye\r\n", "latin1");
  else socket.write("250 2.0.0 Ok\r\n", "latin1");
}

/** Of commands, HELO, EHLO, MAIL, RCPT, DATA and QUIT are said: one line each, and none that begins as a header or a body does. */
function isContent(chunk: Buffer): boolean {
  const first = chunk[0]!;
  return chunk.length > 512 || first === 0x58 || first === 0x0d || first === 0x0a || first === 0x2e;
}
