import type { MailFolderUse } from "../../store/store.ts";
import { imapNo } from "../errors.ts";
import { type ImapServerCommand, imapCommand } from "../server/command.ts";
import { formatMailbox, type ImapPiece } from "../wire/format.ts";
import { mailboxPiece } from "./select.ts";

const uses: ReadonlySet<string> = new Set<MailFolderUse>([
  "all",
  "archive",
  "drafts",
  "flagged",
  "junk",
  "sent",
  "trash",
]);

/** RFC 9051 §6.3.4, with a use (RFC 6154 §3). */
export const createCommand: ImapServerCommand<unknown> = imapCommand({
  state: "authenticated",
  parse(scanner) {
    scanner.space();
    const name = scanner.mailbox().replace(/\/$/, ""); // a name that others will lie below
    if (!scanner.skip(" (USE ")) return { name, wanted: [] };
    const wanted = scanner.list(() => scanner.flag());
    scanner.expect(")");
    return { name, wanted };
  },
  async run({ session }, { name, wanted }) {
    const words = wanted.map((flag) => flag.slice(1).toLowerCase());
    if (words.length > 1 || words.some((word) => !uses.has(word))) throw imapNo("USEATTR", "No folder has such a use");
    await session.account.create(name, { use: words[0] as MailFolderUse | undefined });
    const { id } = await session.account.status(name);
    if (session.isRev2 && name.normalize("NFC") !== name)
      session.untagged(
        `LIST () "/" ${formatMailbox(name.normalize("NFC"), true)} ("OLDNAME" (${formatMailbox(name, true)}))`,
      );
    return `[MAILBOXID (${id})] CREATE completed`;
  },
});

/** The command as clients send it. */
export function formatCreate(name: string, use: MailFolderUse | undefined, isUtf8: boolean): readonly ImapPiece[] {
  const what = use === undefined ? "" : ` (USE (\\${use[0]!.toUpperCase()}${use.slice(1)}))`;
  return ["CREATE ", mailboxPiece(name, isUtf8), what];
}
