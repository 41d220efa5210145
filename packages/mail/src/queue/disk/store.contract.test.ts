import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryTree } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { nodeReactor } from "@hawser/core/node";
import type { MailQueueStore } from "../store.ts";
import { queueStoreContract } from "../testing/store-contract.test.kit.ts";
import { diskMailQueueStore } from "./store.ts";

{
  let open: () => Promise<MailQueueStore>;
  queueStoreContract("A disk in memory", {
    make: async () => {
      const tree = memoryTree({}, { now: () => nodeReactor.clock.wall() });
      const reactor = memoryReactor({ files: (root) => tree.at(root.split("/").filter(Boolean)) });
      open = () => diskMailQueueStore(reactor, "/spool/mail");
      return open();
    },
    another: () => open(),
  });
}

{
  let open: () => Promise<MailQueueStore>;
  queueStoreContract("A disk", {
    make: async (context) => {
      const root = mkdtempSync(join(tmpdir(), "hawser-queue-"));
      context.after(() => rmSync(root, { recursive: true }));
      open = () => diskMailQueueStore(nodeReactor, join(root, "spool", "mail"));
      return open();
    },
    another: () => open(),
  });
}
