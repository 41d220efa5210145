import type { MailQuota } from "../../store/store.ts";
import { imapNo } from "../errors.ts";
import { type ImapServerCommand, imapCommand } from "../server/command.ts";
import type { ImapSession } from "../server/session.ts";
import { formatMailbox } from "../wire/format.ts";

/** RFC 9208 §4.1.2: there is one root, and it has no name. */
export const getquotaCommand: ImapServerCommand<unknown> = imapCommand({
  state: "authenticated",
  parse(scanner) {
    scanner.space();
    return scanner.astring();
  },
  async run({ session }, root) {
    if (root !== "") throw imapNo("NONEXISTENT", "There is no such quota root");
    await tellQuota(session);
    return undefined;
  },
});

/** RFC 9208 §4.1.3. */
export const getquotarootCommand: ImapServerCommand<unknown> = imapCommand({
  state: "authenticated",
  parse(scanner) {
    scanner.space();
    return scanner.mailbox();
  },
  async run({ session }, name) {
    await session.account.status(name);
    session.untagged(`QUOTAROOT ${formatMailbox(name, session.isUtf8)} ""`);
    await tellQuota(session);
    return undefined;
  },
});

async function tellQuota(session: ImapSession): Promise<void> {
  const quota = await session.account.quota?.();
  if (quota === undefined) throw imapNo("CANNOT", "There are no quotas");
  session.untagged(`QUOTA "" (${resourcesOf(quota).join(" ")})`);
}

/** Storage is counted in 1,024 octets (RFC 9208 §5.1). */
function resourcesOf({ octetsUsed, octetsMax, messagesUsed, messagesMax }: MailQuota): readonly string[] {
  const storage =
    octetsMax === undefined ? [] : [`STORAGE ${Math.ceil(octetsUsed / 1_024)} ${Math.floor(octetsMax / 1_024)}`];
  const message = messagesMax === undefined ? [] : [`MESSAGE ${messagesUsed} ${messagesMax}`];
  return [...storage, ...message];
}
