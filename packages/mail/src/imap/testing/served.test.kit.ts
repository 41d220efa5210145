import { loginWith, memoryUsers, realm } from "@hawser/auth";
import type { Factory, Reactor } from "@hawser/core";
import { mailAccounts } from "../../store/accounts.ts";
import { memoryMail } from "../../store/memory/store.ts";
import type { MailAccount, MailStore } from "../../store/store.ts";
import type { ImapServerOptions } from "../server/options.ts";
import { imapServer } from "../server/server.ts";

/** A message as tests write it: lines, and its flags. */
export interface WrittenMail {
  readonly lines: readonly string[];
  readonly flags?: readonly string[];
  readonly receivedAt?: number;
}

/** 17 July 1996, 02:44:25 UTC: RFC 3501's. */
const receivedThen: number = Date.UTC(1996, 6, 17, 2, 44, 25);

export const hello: WrittenMail = {
  lines: [
    "Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)",
    "From: Terry Gray <gray@cac.washington.edu>",
    "Subject: IMAP4rev2 WG mtg summary and minutes",
    "To: imap@cac.washington.edu",
    "Cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>",
    "Message-Id: <B27397-0100000@cac.washington.ed>",
    "MIME-Version: 1.0",
    "Content-Type: TEXT/PLAIN; CHARSET=US-ASCII",
    "",
    "Hello, world",
    "",
  ],
};

export const mixed: WrittenMail = {
  lines: [
    "From: =?UTF-8?Q?Zo=C3=AB?= <zoe@example.org>",
    "To: Team: ann@example.net, joe@example.net;",
    "Subject: =?UTF-8?Q?Caf=C3=A9?=",
    "Content-Type: multipart/mixed; boundary=b",
    "",
    "--b",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: quoted-printable",
    "",
    "Gr=C3=BC=C3=9Fe",
    "--b",
    "Content-Type: application/octet-stream; name=x.bin",
    "Content-Transfer-Encoding: base64",
    "Content-Disposition: attachment; filename=x.bin",
    "",
    "AAEC",
    "--b",
    "Content-Type: message/rfc822",
    "",
    "Subject: inside",
    "From: a@example.org",
    "",
    "within",
    "--b--",
    "",
  ],
};

/** Puts messages into a folder. */
export async function fill(account: MailAccount, name: string, mails: readonly WrittenMail[]): Promise<void> {
  await account.append(
    name,
    mails.map(({ lines, flags, receivedAt = receivedThen }) => ({
      content: [Buffer.from(lines.join("\r\n"))],
      flags,
      receivedAt,
    })),
  );
}

/** A server with users alice and bob, and what alice has in her INBOX. */
export function served(
  reactor: Reactor,
  mails: readonly WrittenMail[] = [],
  options: Partial<ImapServerOptions> & { readonly store?: MailStore } = {},
): Factory {
  const { store = memoryMail(reactor), ...rest } = options;
  const filled = store.account("alice").then((account) => fill(account, "INBOX", mails));
  const accounts = realm(
    mailAccounts,
    async (user) => {
      await filled;
      return store.account(user.name);
    },
    { logout: () => {} },
  );
  const portal = loginWith({
    checkers: [memoryUsers({ alice: "wonderland", bob: "builder" }, { reactor })],
    realms: [accounts],
    reactor,
    throttle: false,
  });
  return imapServer(portal, { allowPlainText: true, ...rest });
}
