import type { MailAccount, MailFolderStatus } from "../../store/store.ts";
import { type ImapServerCommand, imapCommand } from "../server/command.ts";
import type { ImapSession } from "../server/session.ts";
import { formatMailbox, type ImapPiece } from "../wire/format.ts";
import type { ImapScanner } from "../wire/scanner.ts";
import { mailboxPiece } from "./select.ts";

/** The name of something that STATUS tells (RFC 9051 §6.3.11, RFC 7162, RFC 7889, RFC 8474). */
export type ImapStatusItem =
  | "APPENDLIMIT"
  | "DELETED"
  | "HIGHESTMODSEQ"
  | "MAILBOXID"
  | "MESSAGES"
  | "RECENT"
  | "SIZE"
  | "UIDNEXT"
  | "UIDVALIDITY"
  | "UNSEEN";

const itemValues: Readonly<
  Record<ImapStatusItem, (status: MailFolderStatus, session: ImapSession) => number | string>
> = {
  MESSAGES: (status) => status.messageCount,
  RECENT: (status, session) => (session.isRev2 ? 0 : status.recentCount),
  UIDNEXT: (status) => status.uidNext,
  UIDVALIDITY: (status) => status.uidValidity,
  UNSEEN: (status) => status.unseenCount,
  DELETED: (status) => status.deletedCount,
  SIZE: (status) => status.octets,
  HIGHESTMODSEQ: (status) => status.highestModSeq,
  MAILBOXID: (status) => `(${status.id})`,
  APPENDLIMIT: (_, session) => session.appendOctetsMax,
};

/** `(MESSAGES UIDNEXT)`. */
export function parseStatusItems(scanner: ImapScanner): readonly ImapStatusItem[] {
  return scanner.list(() => {
    const name = scanner.keyword();
    if (!Object.hasOwn(itemValues, name)) throw scanner.fault("no such item is known");
    return name as ImapStatusItem;
  });
}

/** RFC 9051 §6.3.11. */
export const statusCommand: ImapServerCommand<unknown> = imapCommand({
  state: "authenticated",
  parse(scanner) {
    scanner.space();
    const name = scanner.mailbox();
    scanner.space();
    return { name, items: parseStatusItems(scanner) };
  },
  async run({ session }, { name, items }) {
    if (items.includes("HIGHESTMODSEQ")) session.enabled.add("CONDSTORE"); // RFC 7162 §3.1
    await tellStatus(session, session.account, name, items);
    return undefined;
  },
});

/** Says `* STATUS`. */
export async function tellStatus(
  session: ImapSession,
  account: MailAccount,
  name: string,
  items: readonly ImapStatusItem[],
): Promise<void> {
  const status = await account.status(name);
  const words = items.map((item) => `${item} ${itemValues[item](status, session)}`);
  session.untagged(`STATUS ${formatMailbox(name, session.isUtf8)} (${words.join(" ")})`);
}

/** The command as clients send it. */
export function formatStatus(name: string, items: readonly ImapStatusItem[], isUtf8: boolean): readonly ImapPiece[] {
  return ["STATUS ", mailboxPiece(name, isUtf8), ` (${items.join(" ")})`];
}
