import { mailAccounts } from "../../store/accounts.ts";
import { imapNo } from "../errors.ts";
import { type ImapServerCommand, imapCommand } from "../server/command.ts";
import { commandString, type ImapPiece } from "../wire/format.ts";
import { octetText, textOfOctets } from "../wire/octet-text.ts";
import { loggedIn, refuse } from "./authenticate.ts";

/** RFC 9051 §6.2.3. Never over a line that others can read (LOGINDISABLED). */
export const loginCommand: ImapServerCommand<unknown> = imapCommand({
  state: "not-authenticated",
  parse(scanner) {
    scanner.space();
    const user = textOfOctets(scanner.astring());
    scanner.space();
    return { user, password: textOfOctets(scanner.astring()) };
  },
  async run({ session, tag }, { user, password }) {
    if (!session.isPrivate) throw imapNo("PRIVACYREQUIRED", "Passwords are taken over TLS only");
    try {
      const login = await session.portal.login({ kind: "password", user, password }, mailAccounts, session.context);
      loggedIn(session, tag, login);
    } catch (error) {
      refuse(session, tag, error);
    }
    return "later";
  },
});

/** The command as clients send it. */
export function formatLogin(user: string, password: string): readonly ImapPiece[] {
  return ["LOGIN ", commandString(octetText(user)), " ", commandString(octetText(password))];
}
