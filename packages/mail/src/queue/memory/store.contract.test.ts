import { queueStoreContract } from "../testing/store-contract.test.kit.ts";
import { memoryMailQueueStore } from "./store.ts";

queueStoreContract("Memory", { make: async () => memoryMailQueueStore() });
