// Opens many connections, asks once on each, and reads the server's memory while all are open.
import { connect, type Socket } from "node:net";
import { residentOctetsOf } from "../harness/process.ts";

const [port, count, pid] = process.argv.slice(2).map(Number) as [number, number, number];
const request = "GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
const sockets: Socket[] = [];

await openOne(); // what the first request loads is not a connection's cost
const residentBefore = residentOctetsOf(pid);
const startedAt = performance.now();
for (let opened = 0; opened < count; opened += 100) {
  await Promise.all(Array.from({ length: Math.min(100, count - opened) }, openOne));
}
const seconds = (performance.now() - startedAt) / 1000;
await new Promise((resolve) => setTimeout(resolve, 500));
const closed = sockets.filter((socket) => socket.destroyed).length;
if (closed > 0) throw new Error(`${closed} of ${count} connections were closed`);
process.stdout.write(JSON.stringify({ seconds, residentBefore, residentAfter: residentOctetsOf(pid) }));
process.exit(0);

function openOne(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    sockets.push(socket);
    socket.once("error", reject);
    socket.once("data", () => resolve());
    socket.write(request);
  });
}
