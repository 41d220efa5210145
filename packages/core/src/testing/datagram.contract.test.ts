import { memoryReactor } from "../memory/index.ts";
import { nodeReactor } from "../node/index.ts";
import { datagramContract } from "./datagram-contract.ts";

datagramContract("UDP", (body) => body(nodeReactor));
datagramContract("memory", (body) => body(memoryReactor()));
