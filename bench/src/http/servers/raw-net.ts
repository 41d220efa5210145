import { type AddressInfo, createServer } from "node:net";

// A fixed answer for every chunk, without reading it: what the machine and Node's sockets allow at the most.
const answer =
  "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ndate: Thu, 01 Jan 2026 00:00:00 GMT\r\ncontent-length: 13\r\n\r\nHello, world!";

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("data", () => socket.write(answer, "latin1"));
  socket.on("error", () => socket.destroy());
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
});
