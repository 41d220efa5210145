import { type ImapServerCommand, imapCommand } from "../server/command.ts";

/** RFC 9051 §6.3.5. */
export const deleteCommand: ImapServerCommand<unknown> = imapCommand({
  state: "authenticated",
  parse(scanner) {
    scanner.space();
    return scanner.mailbox();
  },
  async run({ session }, name) {
    await session.account.delete(name);
    return undefined;
  },
});

/** RFC 9051 §6.3.6. */
export const renameCommand: ImapServerCommand<unknown> = imapCommand({
  state: "authenticated",
  parse(scanner) {
    scanner.space();
    const from = scanner.mailbox();
    scanner.space();
    return { from, to: scanner.mailbox().replace(/\/$/, "") };
  },
  async run({ session }, { from, to }) {
    await session.account.rename(from, to);
    return undefined;
  },
});

function subscribes(wanted: boolean): ImapServerCommand<unknown> {
  return imapCommand<string>({
    state: "authenticated",
    parse(scanner) {
      scanner.space();
      return scanner.mailbox();
    },
    async run({ session }, name) {
      await session.account.subscribe(name, wanted);
      return undefined;
    },
  });
}

/** RFC 9051 §6.3.7. */
export const subscribeCommand: ImapServerCommand<unknown> = subscribes(true);

/** RFC 9051 §6.3.8. */
export const unsubscribeCommand: ImapServerCommand<unknown> = subscribes(false);
