// A handler is enough.          node examples/dist/hello.js tcp:8080 ; curl '127.0.0.1:8080/?name=you'
import { formatAddress, listen } from "@hawser/core";
import { httpServer, text } from "@hawser/web";

const listener = await listen(
  process.argv[2] ?? "tcp:8080:interface=127.0.0.1",
  httpServer((request) => text(`Hello, ${request.query.get("name") ?? "world"}\n`)),
);
console.log(`listening on http://${formatAddress(listener.address)}/`);
