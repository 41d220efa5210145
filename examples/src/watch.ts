// What a server does, told as it happens; docs/events.md lists all channels.     curl 127.0.0.1:8080/lighthouse
import { subscribe } from "node:diagnostics_channel";
import { type ConnectionEvent, formatAddress, listen, type RequestEvent } from "@hawser/core";
import { httpServer, text } from "@hawser/web";

let open = 0;

subscribe("hawser:connection", (message) => {
  const { type } = message as ConnectionEvent;
  open += type === "opened" ? 1 : type === "closed" ? -1 : 0;
  console.log(`${type}, ${open} open`);
});
subscribe("hawser:request", (message) => {
  const { method, target, status, durationMs } = message as RequestEvent;
  console.log(`${method} ${target} ${status} in ${durationMs.toFixed(1)} ms`);
});

const listener = await listen(
  process.argv[2] ?? "tcp:8080:interface=127.0.0.1",
  httpServer((request) => text(`You asked for ${request.path}\n`)),
);
console.log(`listening on http://${formatAddress(listener.address)}/`);
