// A command of your own, and an application of which it is a service.     printf 'ahoy\r\n' | nc 127.0.0.1 8080
import { type ApplicationDescription, startApplication } from "@hawser/app";
import { command, connection, formatAddress, optionValue, optionValues } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";

// In a package of its own it is found by name: docs/tap-files.md says how. Then this is `hawser echo --prefix 'You said '`.
const echo = command({
  name: "echo",
  summary: "Say every line again",
  options: {
    listen: optionValues("ENDPOINT", "where to listen; repeatable"),
    prefix: optionValue("TEXT", "what stands before each line", { defaultText: "> " }),
  },
  async start({ listen, prefix = "> " }, context) {
    const factory = connection(async (peer) => {
      for await (const line of peer.lines({ octetsMax: 512 })) peer.write(`${prefix}${line}\r\n`);
    });
    const listeners = await Promise.all(listen.map((endpoint) => context.listen(endpoint, factory)));
    for (const { address } of listeners) context.print(`listening on ${formatAddress(address)}`);
    return { stop: async (options) => void (await Promise.all(listeners.map((one) => one.stop(options)))) };
  },
});

const listen = [process.argv[2] ?? "tcp:8080:interface=127.0.0.1"];
const description: ApplicationDescription = {
  name: "echoes",
  services: [{ command: "echo", name: "echo", options: { listen, prefix: "You said " } }],
};
const application = await startApplication(description, {
  reactor: nodeReactor,
  findCommand: async (name) => (name === "echo" ? echo : undefined),
  print: console.log,
  openLog: () => Promise.reject(new Error("There is no log")),
});
process.once("SIGTERM", () => application.stop());
