import { argv, exit, stdin } from "node:process";
import { listen } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { smtpServer } from "../../smtp/server.ts";
import { deliverMail } from "../../store/deliver.ts";
import { maildirMail } from "../../store/maildir/store.ts";

/** A process that takes mail into a Maildir: `node mailbox.test.fixture.js PORT FOLDER`. */
const [, , port, folder] = argv as [string, string, string, string];
const store = maildirMail(nodeReactor, folder);
const backend = {
  recipient: () => undefined,
  async message(_: unknown, content: AsyncIterable<Uint8Array>) {
    await deliverMail(await store.account("bob@example.net"), content);
  },
};
await listen(`tcp:${port}:host=127.0.0.1`, smtpServer(backend, { name: "mailbox.example" }), { reactor: nodeReactor });
stdin.resume().once("end", () => exit()); // whoever started it is gone
process.stdout.write("ready\n");
