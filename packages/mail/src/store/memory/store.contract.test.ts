import { memoryReactor } from "@hawser/core/memory";
import { storeContract } from "../store-contract.test.kit.ts";
import { memoryMail } from "./store.ts";

storeContract("memory", { make: async (_, limits) => memoryMail(memoryReactor(), limits) });
