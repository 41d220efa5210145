import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryTree } from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { nodeReactor } from "@hawser/core/node";
import { type ContractLimits, storeContract } from "../store-contract.test.kit.ts";
import { maildirMail } from "./store.ts";

{
  let last = (): ReturnType<typeof maildirMail> => maildirMail(memoryReactor(), "mail");
  storeContract("Maildir in memory", {
    make: async (_, limits: ContractLimits = {}) => {
      const tree = memoryTree({}, { now: () => nodeReactor.clock.wall() });
      const reactor = memoryReactor({ files: () => tree });
      last = () => maildirMail(reactor, "mail", limits);
      return last();
    },
    another: async () => last(),
  });
}

{
  let last = (): ReturnType<typeof maildirMail> => maildirMail(nodeReactor, tmpdir());
  storeContract("Maildir on the disk", {
    make: async (context, limits: ContractLimits = {}) => {
      const root = mkdtempSync(join(tmpdir(), "hawser-maildir-"));
      context.after(() => rmSync(root, { recursive: true }));
      last = () => maildirMail(nodeReactor, root, limits);
      return last();
    },
    another: async () => last(),
  });
}
