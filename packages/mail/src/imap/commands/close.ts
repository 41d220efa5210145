import { type ImapServerCommand, imapCommand } from "../server/command.ts";

/** RFC 9051 §6.4.1: what is marked as deleted goes without a word. */
export const closeCommand: ImapServerCommand<unknown> = imapCommand({
  state: "selected",
  parse: () => undefined,
  async run({ session }) {
    const { folder } = session.open;
    const deleted = folder.messages.filter(({ flags }) => flags.has("\\Deleted")).map(({ uid }) => uid);
    if (!folder.readOnly && deleted.length > 0) await folder.expunge(deleted);
    await session.unselect();
    return undefined;
  },
});

/** RFC 9051 §6.4.2, RFC 3691. */
export const unselectCommand: ImapServerCommand<unknown> = imapCommand({
  state: "selected",
  parse: () => undefined,
  async run({ session }) {
    await session.unselect();
    return undefined;
  },
});
