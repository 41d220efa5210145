import { imapBad } from "../errors.ts";
import { type ImapServerCommand, imapCommand } from "../server/command.ts";

/**
 * RFC 9051 §6.2.1. Octets that came along in clear would be taken for protected ones: the session ends instead (CVE-2011-1926).
 */
export const starttlsCommand: ImapServerCommand<unknown> = imapCommand({
  state: "not-authenticated",
  parse: () => undefined,
  async run({ session, tag }) {
    const { transport, options, machine } = session;
    if (options.tls === undefined) throw imapBad("TLS is not offered");
    if (transport.security !== undefined) throw imapBad("TLS is there already");
    if (machine.unreadOctets > 0) {
      session.bye("[CLIENTBUG] Octets in clear came along with STARTTLS");
      return "later";
    }
    await Promise.resolve(); // the driver has left its turn: what we say is written at once
    session.finish(tag, "OK Begin TLS now");
    await transport.startTls({ side: "server", ...options.tls });
    return "later";
  },
});
