/** Serves the Maildir in a folder to alice: `hawser.js imap|pop3 FOLDER`. */
import { loginWith, memoryUsers, realm } from "@hawser/auth";
import { listen } from "@hawser/core";
import { nodeReactor } from "@hawser/core/node";
import { mailAccounts, maildirMail } from "@hawser/mail";
import { imapServer } from "@hawser/mail/imap";
import { pop3Server } from "@hawser/mail/pop3";

const [protocol, folder] = process.argv.slice(2) as [string, string];
const store = maildirMail(nodeReactor, folder);
const portal = loginWith(
  realm(mailAccounts, ({ name }) => store.account(name)),
  memoryUsers({ alice: "wonderland" }),
);
const listener = await listen(
  "tcp:0:interface=127.0.0.1",
  protocol === "imap" ? imapServer(portal) : pop3Server(portal),
);
if (listener.address.family === "ipv4") process.stdout.write(`listening ${listener.address.port}\n`);
