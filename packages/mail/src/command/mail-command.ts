import { type Command, command } from "@hawser/core";
import { mailEndpoints, mailEndpointsDetails } from "./endpoints.ts";
import { type MailCommandOptions, mailCommandOptions } from "./options.ts";
import { requireMailSense } from "./sense.ts";
import { mailSubcommands } from "./subcommands.ts";

/** `hawser mail`: a whole mail domain, from port 25 to the mailboxes of its users. */
export const mailCommand: Command<MailCommandOptions> = command({
  name: "mail",
  summary: "Serve the mail of domains: SMTP, submission, POP3, IMAP, and a queue",
  options: mailCommandOptions,
  details: mailEndpointsDetails,
  commands: mailSubcommands,
  examples: [
    ["hawser mail quickstart alice@example.org", "make a folder with all that a domain needs"],
    ["hawser mail --domain example.org --auth file:users", "to be tried on this machine"],
    ["hawser mail --domain example.org --auth file:users --tls-cert mail.pem", "for everybody, on the ports of mail"],
    ["hawser mail --domain example.org=/var/mail/org --domain example.net --auth file:users", "two domains"],
    ["hawser mail --domain example.org --auth file:users --relay smtp.example.net", "send by a smart host"],
    ["hawser mail --domain example.org --auth file:users --imap tcp:143 --lmtp unix:lmtp.sock", "behind Postfix"],
  ],
  personal: {
    options: {
      domain: { "home.arpa": "mail" },
      smtp: ["tcp:2525:interface=127.0.0.1"],
      submission: ["tcp:2587:interface=127.0.0.1"],
      pop3: ["tcp:1110:interface=127.0.0.1"],
      imap: ["tcp:1143:interface=127.0.0.1"],
      localOnly: true, // nobody's machine is to send mail to the Internet unasked,
      noSenderChecks: true, // nor to ask the DNS about what one writes to oneself
    },
  },
  async start(given, context) {
    requireMailSense(given, context.reactor);
    const { startMail } = await import("./service.ts");
    return startMail(given, context);
  },
  async preview(given, { reactor }) {
    requireMailSense(given, reactor);
    const { requireMailFiles } = await import("./files.ts");
    await requireMailFiles(given, reactor);
    const { requireUsers } = await import("./users.ts");
    for (const database of given.auth) await requireUsers(database, reactor);
    return { listens: mailEndpoints(given).map(({ endpoint }) => endpoint) };
  },
});
