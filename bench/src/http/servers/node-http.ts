import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const folder = process.env["BENCH_FILES"]!;

const server = createServer((request, response) => {
  if (request.url === "/hello") {
    response.setHeader("content-type", "text/plain; charset=utf-8");
    response.end("Hello, world!");
  } else void sendFile(request.url!.slice("/files/".length), response);
});
server.keepAliveTimeout = 120_000;
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
});

async function sendFile(name: string, response: ServerResponse): Promise<void> {
  const path = `${folder}/${name}`;
  const { size, mtime } = await stat(path);
  response.setHeader("content-type", "application/octet-stream");
  response.setHeader("content-length", size);
  response.setHeader("last-modified", mtime.toUTCString());
  createReadStream(path).pipe(response);
}
