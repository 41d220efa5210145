import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { type IpAddress, ipAddress, type UnixAddress } from "../address.ts";
import { memoryReactor } from "../memory/index.ts";
import { nodeReactor } from "../node/index.ts";
import type { Reactor } from "../reactor.ts";
import { selfSignedCertificate } from "./certificates.ts";
import { transportContract, type WithTransportPair } from "./transport-contract.ts";
import { closePair, connectPair, type PairSecurity } from "./transport-pair.ts";

const directory = await mkdtemp(join(tmpdir(), "hawser-contract-"));
after(() => rm(directory, { recursive: true }));

const loopback = () => ipAddress("127.0.0.1", 0);
const path = (): UnixAddress => ({ family: "unix", path: join(directory, randomUUID()) });

/** Pairs on a reactor, each at an address of its own. */
function pairsOn(reactor: Reactor, address: () => IpAddress | UnixAddress, security?: PairSecurity): WithTransportPair {
  return async (body, marks) => {
    const pair = await connectPair(reactor, address(), { ...marks, security });
    try {
      await body(pair);
    } finally {
      await closePair(pair);
    }
  };
}

transportContract("TCP", pairsOn(nodeReactor, loopback));
transportContract(
  "TCP over IPv6",
  pairsOn(nodeReactor, () => ipAddress("::1", 0)),
);
transportContract("a UNIX socket", pairsOn(nodeReactor, path), { resets: false });
transportContract("a connection in memory", pairsOn(memoryReactor(), loopback));
transportContract("a path in memory", pairsOn(memoryReactor(), path));

const authority = selfSignedCertificate({ names: ["Hawser tests"], authority: true });
const keyPair = selfSignedCertificate({ names: ["example.org"], ca: authority });
const security: PairSecurity = {
  client: { side: "client", serverName: "example.org", ca: [authority.certificate] },
  server: { side: "server", keyPair: () => keyPair },
};

transportContract("TLS over TCP", pairsOn(nodeReactor, loopback, security), { resets: false });
transportContract("TLS in memory", pairsOn(memoryReactor(), loopback, security), { resets: false });
