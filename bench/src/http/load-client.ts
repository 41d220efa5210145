// A small load client for machines without wrk: `node load-client.js '{"port":…,"path":…,"connections":…,"seconds":…}'`.
import { connect, type Socket } from "node:net";
import type { HttpLoad } from "./load.ts";

const load = JSON.parse(process.argv[2]!) as HttpLoad & { readonly port: number; readonly seconds: number };
const depth = load.pipelined ?? 1;
const fields = Object.entries({ host: `127.0.0.1:${load.port}`, ...load.headers }).map(
  ([name, value]) => `${name}: ${value}\r\n`,
);
const batch = `GET ${load.path} HTTP/1.1\r\n${fields.join("")}\r\n`.repeat(depth);

let answers = 0;
const startedAt = performance.now();
const endsAt = startedAt + load.seconds * 1000;
const sockets = Array.from({ length: load.connections }, ask);

function ask(): Socket {
  const socket = connect({ port: load.port, host: "127.0.0.1", noDelay: true });
  let expected = 0; // octets of one answer, known after the first
  let received = 0;
  socket.on("connect", () => socket.write(batch));
  socket.on("data", (chunk) => {
    if (expected === 0) expected = octetsOfAnswer(chunk);
    received += chunk.length;
    if (received < expected * depth) return;
    received -= expected * depth;
    answers += depth;
    if (performance.now() < endsAt) socket.write(batch);
    else finish();
  });
  socket.on("error", (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  return socket;
}

/** Head and announced length. The answers of one path are alike, so the first tells how long each is. */
function octetsOfAnswer(chunk: Buffer): number {
  const text = chunk.toString("latin1");
  const head = text.indexOf("\r\n\r\n");
  const length = /^content-length: *(\d+)/im.exec(text.slice(0, head))?.[1];
  if (!text.startsWith("HTTP/1.1 200") || head < 0 || length === undefined) {
    process.stderr.write(`Wrong answer: ${text.slice(0, 200)}\n`);
    process.exit(1);
  }
  return head + 4 + Number(length);
}

function finish(): void {
  for (const socket of sockets) socket.destroy();
  process.stdout.write(JSON.stringify({ operations: answers, seconds: (performance.now() - startedAt) / 1000 }));
  process.exit(0);
}
