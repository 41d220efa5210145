import { type SaslServer, saslServer } from "@hawser/auth/sasl";
import { mailAccounts } from "../../store/accounts.ts";
import type { MailAccount } from "../../store/store.ts";
import type { ImapSession } from "./session.ts";

/** SASL on this connection, as it is now: after STARTTLS it is another. */
export function imapSasl(session: ImapSession): SaslServer<MailAccount> {
  const { mechanisms, allowPlainText } = session.options;
  return saslServer(session.portal, { wanted: mailAccounts, context: session.context, mechanisms, allowPlainText });
}
