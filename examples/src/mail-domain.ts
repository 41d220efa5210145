// Mail for a domain in your own program: aliases, a queue, mailboxes in memory, and IMAP to read them.
// swaks --server 127.0.0.1:2525 --to team@example.org, and then curl -u alice@example.org:wonderland imap://127.0.0.1:1143/INBOX
import { loginWith, memoryUsers, realm } from "@hawser/auth";
import { formatAddress, listen } from "@hawser/core";
import { nodeReactor as reactor } from "@hawser/core/node";
import { mailAccounts, memoryMail } from "@hawser/mail";
import { localDelivery, mailDomain, mailRouter, memoryMailAliases } from "@hawser/mail/domain";
import { imapServer } from "@hawser/mail/imap";
import { chooseMailTransport, mailQueue, memoryMailQueueStore, mxTransport } from "@hawser/mail/queue";
import { smtpServer } from "@hawser/mail/smtp";

const name = "mail.example.org";
const users = { "alice@example.org": "wonderland", "bob@example.org": "builder" };
const store = memoryMail(reactor); // or maildirMail(reactor, "mail")
const router = mailRouter({
  domains: ["example.org"],
  hasUser: (user) => user in users,
  aliases: memoryMailAliases("postmaster: alice\nteam: alice, bob\nfar: carol@elsewhere.example\n"),
});

const local = localDelivery({ reactor, name, router, store, queue: () => queue });
const elsewhere = mxTransport({ reactor, name });
const transport = chooseMailTransport((domain) => (router.isLocal(domain) ? local : elsewhere));
const queue = await mailQueue({ reactor, store: memoryMailQueueStore(), transport, name });

const domain = mailDomain({ reactor, name, router, store, queue });
const portal = loginWith(
  realm(mailAccounts, (user) => store.account(user.name)),
  memoryUsers(users),
);
const smtp = await listen(process.argv[2] ?? "tcp:2525:interface=127.0.0.1", smtpServer(domain, { name }));
const imap = await listen(process.argv[3] ?? "tcp:1143:interface=127.0.0.1", imapServer(portal));
console.log(`smtp on ${formatAddress(smtp.address)}, imap on ${formatAddress(imap.address)}`);

process.once("SIGTERM", async () => {
  await Promise.all([smtp.stop(), imap.stop()]);
  await Promise.all([queue.stop(), portal.close()]);
});
