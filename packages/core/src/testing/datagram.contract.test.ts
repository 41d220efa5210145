import { memoryReactor } from "../memory/index.ts";
import { datagramContract } from "./datagram-contract.ts";

datagramContract("memory", (body) => body(memoryReactor()));
