import { argv, exit, stdin } from "node:process";
import { listen } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { smtpServer } from "../../smtp/server.ts";
import { diskMailQueueStore } from "../disk/store.ts";
import { mailQueue } from "../mail-queue.ts";
import { smartHostTransport } from "../transport/smart-host.ts";

/** A process that takes mail into a queue, and sends it on: `node relay.test.fixture.js PORT FOLDER NEXT-PORT`. */
const [, , port, folder, next] = argv as [string, string, string, string, string];
const reactor = nodeReactor;
const transport = smartHostTransport({
  reactor,
  via: `tcp:127.0.0.1:${next}`,
  startTls: "never",
  name: "relay.example",
});
const times = { retryMs: [300, 1_000], blockedMs: 200, blockedMaxMs: 1_000, pollMs: 200, delayReportMs: 3_600_000 };
const store = await diskMailQueueStore(reactor, folder);
const queue = await mailQueue({ reactor, store, transport, times, name: "relay.example" });
const backend = {
  recipient: () => undefined,
  async message(
    { from, to }: { from?: { address: string } | undefined; to: readonly { address: string }[] },
    content: AsyncIterable<Uint8Array>,
  ) {
    const { id } = await queue.submit({
      from: from?.address ?? "",
      to: to.map(({ address }) => ({ address })),
      content,
    });
    return `Queued as ${id}`;
  },
};
await listen(`tcp:${port}:host=127.0.0.1`, smtpServer(backend, { name: "relay.example" }), { reactor });
stdin.resume().once("end", () => exit()); // whoever started it is gone
process.stdout.write("ready\n");
