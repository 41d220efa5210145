import { memoryUsers, type Portal, portal } from "@hawser/auth";
import type { Factory, Reactor } from "@hawser/core";
import type { LmtpBackend } from "../backend.ts";
import { smtpReject } from "../errors.ts";
import { memorySmtpBackend, type SmtpMemoryBackend } from "../memory.ts";
import { localDomains } from "../relaying.ts";
import { lmtpServer, type SmtpServerOptions, smtpServer } from "../server.ts";

/** A backend of foo.com, as RFC 5321's examples have it: Green is nobody there. */
export function fooBackend(): SmtpMemoryBackend {
  const hasUser = (local: string) => local !== "Green";
  return memorySmtpBackend({ recipient: localDomains(["foo.com", "xyz.com"], { hasUser }) });
}

/** A server of foo.com with that backend. */
export function fooServer(options: SmtpServerOptions = {}): Factory {
  return smtpServer(fooBackend(), { name: "foo.com", ...options });
}

/** One user, `alice@foo.com`, whose password is `wonderland`. */
export function alicePortal(reactor: Reactor): Portal {
  return portal({ reactor, checkers: [memoryUsers({ "alice@foo.com": "wonderland" }, { reactor })], throttle: false });
}

/** A delivery agent where jones is well, full is full, and nobody else is there. */
export function mailboxes(): LmtpBackend & { readonly delivered: string[] } {
  const delivered: string[] = [];
  return {
    delivered,
    recipient: ({ local }) => (local === "nobody" ? smtpReject("550 5.1.1 No such user") : undefined),
    async message(envelope, content) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      delivered.push(Buffer.concat(chunks).toString());
      return envelope.to.map(({ local }) => (local === "full" ? smtpReject("452 4.2.2 Mailbox is full") : undefined));
    },
  };
}

/** Those mailboxes behind LMTP. */
export function mailboxServer(options: SmtpServerOptions = {}): Factory {
  return lmtpServer(mailboxes(), { name: "foo.edu", ...options });
}
