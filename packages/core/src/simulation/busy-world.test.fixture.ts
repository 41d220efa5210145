import { stdout } from "node:process";
import { ipAddress } from "../address.ts";
import { RecordingReceiver } from "../testing/index.ts";
import { simulation, tracePcap, traceText } from "./index.ts";

/** Everything that chance decides, in one world; two processes print it, and it must be the same. */
const world = simulation({
  latencyMs: [1, 200],
  cuts: true,
  resets: 0.02,
  refusals: 0.1,
  lookupMs: [1, 50],
  datagramLoss: 0.2,
  datagramDuplicates: 0.2,
  datagramReordering: 0.2,
});

await world.run(async () => {
  const server = world.host("server");
  const port = await server.network.listen(ipAddress("::", 7), {}, (transport) =>
    transport.start({ data: (chunk) => transport.write(chunk), end: () => transport.end(), closed: () => {} }),
  );
  await Promise.all(["ada", "grace", "edsger"].flatMap((name) => [talk(name), shout(name)]));
  await port.close();
});

stdout.write(traceText(world.trace));
stdout.write(`${Buffer.from(tracePcap(world.trace)).toString("base64")}\n${world.steps} steps\n`);

/** Connects ten times, says random things and listens to the echo, as long as the network lets it. */
async function talk(name: string): Promise<void> {
  const client = world.host(name);
  for (let n = 0; n < 10; n += 1) {
    const transport = await world.connect("tcp:server:7", undefined, { reactor: client }).catch(() => undefined);
    if (transport === undefined) continue;
    const side = new RecordingReceiver();
    transport.start(side);
    for (let line = 0; line < 5; line += 1) transport.write(client.random.bytes(client.random.integer(1, 200)));
    transport.end();
    await side.untilCalled("closed");
  }
}

async function shout(name: string): Promise<void> {
  const { network, random, clock } = world.host(name);
  const socket = await network.bind(ipAddress("0.0.0.0", 0));
  for (let n = 0; n < 20; n += 1) {
    socket.send(random.bytes(20), ipAddress(world.host("server").address, 53));
    await clock.sleep(random.number() * 20);
  }
  socket.close();
}
