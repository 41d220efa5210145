import { ipAddress } from "../address.ts";
import {
  closePair,
  connectPair,
  datagramContract,
  transportContract,
  type WithTransportPair,
} from "../testing/index.ts";
import { plainKeyPair, type SimulationOptions, simulate } from "./index.ts";

function pairsIn(options: SimulationOptions, secured = false): WithTransportPair {
  return (body, marks) =>
    simulate({ seed: 1, faultsFail: false, ...options }, async (world) => {
      const security = secured ? plainPair : undefined;
      const pair = await connectPair(world.reactor, ipAddress("127.0.0.1", 0), { ...marks, security });
      await body(pair);
      await closePair(pair);
    });
}

const plainPair = {
  client: { side: "client", serverName: "example.org" },
  server: { side: "server", keyPair: () => plainKeyPair("example.org") },
} as const;

const badNetwork = { latencyMs: [5, 300], cuts: true } as const;

transportContract("a simulated connection", pairsIn({}));
transportContract("a simulated connection, slow and cut anywhere", pairsIn(badNetwork), { coalesces: false });
transportContract("a simulated connection of little bandwidth", pairsIn({ octetsPerSecond: 20_000 }));
transportContract("plain security", pairsIn({}, true));
transportContract("plain security, slow and cut anywhere", pairsIn(badNetwork, true), { coalesces: false });

datagramContract("a simulated network", async (body) => {
  await simulate({ seed: 1, latencyMs: [5, 300] }, (world) => body(world.reactor));
});
