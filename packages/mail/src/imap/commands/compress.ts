import { imapBad, imapNo } from "../errors.ts";
import { type ImapServerCommand, imapCommand } from "../server/command.ts";

/** RFC 4978. After the login only: a stranger does not get so much work done. */
export const compressCommand: ImapServerCommand<unknown> = imapCommand({
  state: "authenticated",
  parse(scanner) {
    scanner.space();
    return scanner.keyword();
  },
  async run({ session, tag }, algorithm) {
    const { machine } = session;
    if (algorithm !== "DEFLATE") throw imapBad("This algorithm is unknown");
    if (machine.isCompressed) throw imapNo("COMPRESSIONACTIVE", "What we say is compressed already");
    if (machine.unreadOctets > 0) throw imapBad("Wait for the answer before you say more");
    session.finish(tag, "OK DEFLATE active");
    session.compress();
    return "later";
  },
});
