// The real server on a bad network, in virtual time. A seed prints the same on every run.      node examples/dist/simulation.js 42
import { connectTo } from "@hawser/core";
import { simulate, traceText } from "@hawser/core/simulation";
import { httpServer, text } from "@hawser/web";

const site = httpServer((request) => text(`You asked for ${request.path}\n`));

await simulate({ seed: process.argv[2] ?? 42, latencyMs: [5, 300], cuts: true }, async (world) => {
  await world.listen("tcp:80", site, { reactor: world.host("server") });
  await using peer = await connectTo("tcp:server:80", { reactor: world.host("client") });
  world.partition("client", "server");
  world.clock.after(5_000, () => world.heal());
  peer.write("GET /knots HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n");
  await peer.readAll();
  console.log(traceText(world.trace).split("\n").slice(0, 24).join("\n"));
  console.log(`All of it took ${(world.clock.now() / 1_000).toFixed(1)} s there, and ${world.steps} steps here`);
});
