// Services that start and stop as one, and follow a new list without losing a connection.     kill -HUP its process
import { type ServiceDefinition, type ServiceStart, startServices, timerService } from "@hawser/app";
import { formatAddress } from "@hawser/core";
import { httpServer, text } from "@hawser/web";

const endpoint = process.argv[2] ?? "tcp:8080:interface=127.0.0.1";
let beats = 0;

const pulse: ServiceDefinition = { name: "pulse", start: timerService(50, () => void beats++) };

function greeter(greeting: string): ServiceStart {
  return async ({ listen, print }) => {
    const listener = await listen(
      endpoint,
      httpServer(() => text(`${greeting}, after ${beats} beats\n`)),
    );
    print(`listening on http://${formatAddress(listener.address)}/`);
    return listener;
  };
}

// Another function is another service: it takes over the socket, and the pulse goes on.
const services = (greeting: string): readonly ServiceDefinition[] => [pulse, { name: "web", start: greeter(greeting) }];

const group = await startServices(services("Hello"), { print: console.log });
process.on("SIGHUP", async () => {
  await group.reload(services("Good evening"));
  console.log("reloaded");
});
process.once("SIGTERM", () => group.stop({ graceMs: 5_000 }));
await group.ended;
console.log("stopped");
