import { memoryUsers, type Portal, portal, realm } from "@hawser/auth";
import type { Reactor } from "@hawser/core";
import { memoryMail } from "../../store/memory/store.ts";
import type { MailAccount, MailStore } from "../../store/store.ts";
import { pop3Accounts } from "../maildrop.ts";

/** Messages that say something about dots, lines and length. */
export const letters: readonly string[] = [
  "Subject: one\r\n\r\nfirst\r\nsecond\r\n",
  "Subject: dots\r\n\r\n.\r\n..\r\n.a\r\nlast line without an end",
  `Subject: long\r\n\r\n${`${"x".repeat(70)}\r\n`.repeat(3_000)}`,
];

/** Mail of Alice, with letters, and of Bob, without; their passwords are "wonderland" and "builder". */
export function alicesMail(reactor: Reactor): { readonly store: MailStore; readonly portal: Portal } {
  const store = memoryMail(reactor);
  let filled: Promise<void> | undefined;
  const find = async (name: string): Promise<MailAccount> => {
    filled ??= fill(store);
    await filled;
    return store.account(name);
  };
  const checkers = [memoryUsers({ alice: "wonderland", bob: "builder" }, { reactor })];
  return { store, portal: portal({ checkers, realms: [realm(pop3Accounts, ({ name }) => find(name))], reactor }) };
}

async function fill(store: MailStore): Promise<void> {
  const account = await store.account("alice");
  for (const text of letters) await account.append("INBOX", [{ content: [Buffer.from(text)] }]);
}
